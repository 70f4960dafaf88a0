"""Segments: listed and looked at; who is in one, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from regulars.ground.accounts.access import Capability, Scope, requires, scope_of
from regulars.ground.kit.errors import UserError
from regulars.know.members.models import Member
from regulars.know.members.service import masked_phone, search_members, visible_members
from regulars.know.segments.models import Segment
from regulars.know.segments.service import (
    count_members,
    count_sizes,
    get_segment,
    list_member_ids,
    refresh,
    restore,
    set_active,
    which_of,
)
from regulars.web.parts import charts
from regulars.web.parts.excel import as_excel, wants_excel
from regulars.web.parts.tables import COUNT, DATE, MOMENT, Column, at, table_of
from regulars.web.parts.who import signed_in

A_PAGE, MOST_FOUND, MOST_CHANGES = 50, 200, 60
COLUMNS = (
    Column("name", gettext_lazy("Segment"), at("segment.name"), link=at("url")),
    Column("code", gettext_lazy("Code"), at("segment.code")),
    Column("kind", gettext_lazy("Made by"), at("kind")),
    Column("size", gettext_lazy("Members"), at("size"), COUNT),
    Column("changed_at", gettext_lazy("Changed"), at("segment.changed_at"), MOMENT),
    Column("state", gettext_lazy("State"), at("state")),
)


MEMBER_COLUMNS = tuple(
    replace(column, is_sortable=False)  # pages follow one another by their members' ids
    for column in (
        Column(
            "name", gettext_lazy("Member"), str, link=lambda m: reverse("member", args=[m.code])
        ),
        Column("code", gettext_lazy("Number"), at("code")),
        Column("phone", gettext_lazy("Phone"), masked_phone),
        Column("level", gettext_lazy("Level"), at("level")),
        Column("home", gettext_lazy("Home store"), at("home_store.name")),
        Column("joined_on", gettext_lazy("Joined"), at("joined_on"), DATE),
    )
)


@dataclass(frozen=True)
class Row:
    """One line of the list of segments."""

    segment: Segment
    kind: str
    size: int
    state: str

    @property
    def url(self) -> str:
        return reverse("segment", args=[self.segment.code])


@requires(Capability.SEE_TAGS)
def show_all(request: HttpRequest) -> HttpResponse:
    sizes = count_sizes(scope_of(request.user))
    rows = [
        Row(
            segment,
            str(segment.get_kind_display()),
            sizes.get(segment.pk, 0),
            _("on") if segment.is_active else _("off"),
        )
        for segment in Segment.objects.all()
    ]
    table = table_of(request, rows, COLUMNS, sort="name", find_in=("segment.name", "segment.code"))
    if wants_excel(request):
        return as_excel(request, table, "segments")
    return render(request, "console/segments.html", {"table": table})


@requires(Capability.SEE_TAGS)
def show(request: HttpRequest, code: str) -> HttpResponse:
    segment, scope = get_segment(code), scope_of(request.user)
    page = {
        "segment": segment,
        "size": count_members(scope, segment),
        "chart": _trend(segment),
        "changes": segment.changes.order_by("-told_at")[:MOST_CHANGES],
        "versions": segment.versions.select_related("made_by", "upload").order_by("-number"),
    }
    if scope.may(Capability.SEE_MEMBERS):
        page |= _members(request, scope, segment)
    return render(request, "console/segment.html", page)


@require_POST
@requires(Capability.DEFINE_TAGS)
def switch(request: HttpRequest, code: str) -> HttpResponse:
    segment = get_segment(code)
    set_active(signed_in(request), segment, is_active=request.POST.get("is_active") == "1")
    return redirect("segment", code)


@require_POST
@requires(Capability.DEFINE_TAGS)
def take_back(request: HttpRequest, code: str) -> HttpResponse:
    """An earlier version is in force again, as a version of its own."""
    number = request.POST.get("version", "")
    is_number = number.isascii() and number.isdecimal() and len(number) < len(str(2**31))
    saved = restore(signed_in(request), get_segment(code), int(number) if is_number else 0)
    transaction.on_commit(partial(refresh, saved), robust=True)
    messages.success(request, _("Saved as version %(n)s.") % {"n": saved.version})
    return redirect("segment", code)


def _members(request: HttpRequest, scope: Scope, segment: Segment) -> dict[str, Any]:
    """A page of who is in it: those after the address's `after`, or those whom `find` names."""
    find = request.GET.get("find", "").strip()
    if find:
        ids = _found(scope, segment, find)
    else:
        ids = list_member_ids(scope, segment, after_of(request), A_PAGE + 1)
    shown = ids[:A_PAGE]
    members = members_of(scope, shown)
    return {
        "table": table_of(request, members, MEMBER_COLUMNS, sort="code"),
        "next": shown[-1] if len(ids) > A_PAGE and not find else None,
        "after": after_of(request),
    }


def members_of(scope: Scope, ids: Sequence[int]) -> QuerySet[Member]:
    """Those of the ids whom the caller may see, in the order of their ids."""
    return visible_members(scope).filter(pk__in=ids).select_related("home_store").order_by("pk")


def after_of(request: HttpRequest) -> int:
    """The id after which a page begins. Raises UserError for what is none."""
    after = request.GET.get("after", "0")
    if not (after.isascii() and after.isdecimal() and len(after) < len(str(2**63))):
        raise UserError(_("“%(cursor)s” is not a page.") % {"cursor": after}, field="after")
    return int(after)


def _found(scope: Scope, segment: Segment, find: str) -> Sequence[int]:
    """Of the members whom a number, a phone or the beginning of a name means, those in it."""
    named = search_members(scope, find).values_list("pk", flat=True)[:MOST_FOUND]
    return which_of(scope, segment, list(named))


def _trend(segment: Segment) -> charts.Chart | None:
    changes = list(segment.changes.order_by("-told_at")[:MOST_CHANGES])[::-1]
    if not changes:
        return None
    labels = [change.changed_on.isoformat() for change in changes]
    size = charts.Series(_("Members"), [change.size for change in changes])
    return charts.lines("trend", _("Size over time"), "count", labels, size)
