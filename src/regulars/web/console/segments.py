"""Segments: listed, looked at, built by clicking or written."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from regulars.ground.accounts.access import Capability, requires, scope_of
from regulars.ground.kit.errors import UserError
from regulars.know.language.errors import TextError
from regulars.know.members.models import Member
from regulars.know.members.service import masked_phone
from regulars.know.segments.models import Segment
from regulars.know.segments.service import (
    Counted,
    Preview,
    count_members,
    get_segment,
    list_member_ids,
    preview,
    refresh,
    save_rule,
    set_active,
)
from regulars.know.tags.service import Subject, defined, name_of
from regulars.web.console.segment_draft import (
    TIMES,
    Line,
    draft_from,
    draft_of,
    signs_of,
    text_of,
    tree_of,
    with_part,
    without,
)
from regulars.web.parts import charts
from regulars.web.parts.excel import as_excel, wants_excel
from regulars.web.parts.tables import COUNT, DATE, MOMENT, Column, at, table_of
from regulars.web.parts.tag_values import group_label
from regulars.web.parts.who import signed_in

NEW = {
    "tag": Line("tag"),
    "did": Line("did", {"action": "bought", "days": "90", "times": "1"}),
    "segment": Line("segment"),
    "text": Line("text"),
    "group": Line("any", parts=(Line("tag"), Line("tag"))),
}
ACTIONS = {
    "bought": gettext_lazy("bought goods"),
    "ordered": gettext_lazy("placed an order"),
    "visited": gettext_lazy("visited page or app"),
    "did": gettext_lazy("did something online"),
    "used": gettext_lazy("used a coupon"),
}
MOST_SHOWN, MOST_CHANGES = 200, 60
COLUMNS = (
    Column("name", gettext_lazy("Segment"), at("segment.name"), link=at("url")),
    Column("code", gettext_lazy("Code"), at("segment.code")),
    Column("kind", gettext_lazy("Made by"), at("kind")),
    Column("size", gettext_lazy("Members"), at("size"), COUNT),
    Column("changed_at", gettext_lazy("Changed"), at("segment.changed_at"), MOMENT),
    Column("state", gettext_lazy("State"), at("state")),
)
MEMBER_COLUMNS = (
    Column("name", gettext_lazy("Member"), str, link=lambda m: reverse("member", args=[m.code])),
    Column("code", gettext_lazy("Number"), at("code")),
    Column("phone", gettext_lazy("Phone"), masked_phone, is_sortable=False),
    Column("level", gettext_lazy("Level"), at("level")),
    Column("home", gettext_lazy("Home store"), at("home_store.name")),
    Column("joined_on", gettext_lazy("Joined"), at("joined_on"), DATE),
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
    scope = scope_of(request.user)
    rows = [
        Row(
            segment,
            str(segment.get_kind_display()),
            count_members(scope, segment),
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
    may_see_members = scope.may(Capability.SEE_MEMBERS)
    ids = list_member_ids(scope, segment, 0, MOST_SHOWN) if may_see_members else []
    members = list(Member.objects.filter(pk__in=ids).select_related("home_store"))
    table = table_of(request, members, MEMBER_COLUMNS, sort="code", find_in=("name", "code"))
    if wants_excel(request) and may_see_members:
        return as_excel(request, table, f"segment-{code}")
    page = {
        "segment": segment,
        "size": count_members(scope, segment),
        "counted": preview(scope, segment.text) if segment.text else None,
        "table": table if may_see_members else None,
        "most": MOST_SHOWN,
        "chart": _trend(segment),
        "versions": segment.versions.select_related("made_by").order_by("-number"),
    }
    return render(request, "console/segment.html", page)


@requires(Capability.DEFINE_TAGS)
def build(request: HttpRequest, code: str = "") -> HttpResponse:
    """The builder: every change of the form comes here and goes back with new counts."""
    segment = get_segment(code) if code else None
    if request.method != "POST":
        text = segment.text if segment else request.GET.get("text", "")
        return _built(request, segment, draft_of(text, _types()))
    draft = draft_from(request.POST)
    if "save" in request.POST:
        return _saved(request, segment, draft)
    try:
        return _built(request, segment, _changed(draft, request.POST))
    except TextError as fault:
        return _built(request, segment, draft, str(fault))


@require_POST
@requires(Capability.DEFINE_TAGS)
def switch(request: HttpRequest, code: str) -> HttpResponse:
    segment = get_segment(code)
    set_active(signed_in(request), segment, is_active=request.POST.get("is_active") == "1")
    return redirect("segment", code)


def _changed(draft: Line, given: QueryDict) -> Line:
    """The draft after the button that was pressed: `add`, `remove` or `write`."""
    what, _mark, place = given.get("do", "").partition("@")
    path = tuple(int(part) for part in place.split(".") if part.isdecimal())
    if what == "remove":
        return without(draft, path)
    if what == "write":
        return draft_of(given.get("written", ""), _types())
    return with_part(draft, path, NEW[what]) if what in NEW else draft


def _saved(request: HttpRequest, segment: Segment | None, draft: Line) -> HttpResponse:
    code = segment.code if segment else request.POST.get("code", "").strip()
    name = request.POST.get("name", "")
    try:
        saved = save_rule(signed_in(request), code, name, text_of(draft, _types()))
    except UserError as error:
        return _built(request, segment, draft, str(error))
    refresh(saved)
    messages.success(request, _("Saved as version %(n)s.") % {"n": saved.version})
    return redirect("segment", saved.code)


def _built(
    request: HttpRequest, segment: Segment | None, draft: Line, error: str = ""
) -> HttpResponse:
    text, counted = "", None
    try:
        text = text_of(draft, _types())
        counted = preview(scope_of(request.user), text) if text else None
    except TextError as fault:
        error = error or str(fault)
    page = {
        "segment": segment,
        "code": request.POST.get("code", segment.code if segment else ""),
        "name": request.POST.get("name", segment.name if segment else ""),
        "root": _shown(draft, "", counted),
        "text": text,
        "counted": counted,
        "error": error,
        "tags": _tag_choices(),
        "actions": ACTIONS.items(),
        "times": TIMES.items(),
        "segments": Segment.objects.exclude(code=segment.code if segment else ""),
    }
    is_part = request.headers.get("HX-Request") and request.method == "POST"
    template = "console/segments/builder.html" if is_part else "console/segment_build.html"
    return render(request, template, page)


def _shown(line: Line, place: str, counted: Preview | None) -> dict[str, Any]:
    """A line as the page draws it, with its own count where it has one."""
    counts = dict(_counts(counted.root)) if counted else {}
    return _drawn(line, place, counts, _types())


def _drawn(line: Line, place: str, counts: dict[str, int], types: Any) -> dict[str, Any]:
    try:
        tree = tree_of(line, types)
        text = text_of(line, types) if tree else ""
    except TextError:
        text = ""
    told = defined(Subject.MEMBER).columns.tags.get(line.said.get("tag", ""))
    parts = [
        _drawn(part, f"{place}.{n}" if place else str(n), counts, types)
        for n, part in enumerate(line.parts)
    ]
    return {
        "line": line,
        "place": place,
        "parts": parts,
        "count": counts.get(text),
        "signs": signs_of(types.get(line.said.get("tag", ""))),
        "type": types.get(line.said.get("tag", "")),
        "choices": _said(told) if told else [],
    }


def _said(tag: Any) -> list[tuple[str, str]]:
    language = "zh" if _("yes") == "是" else "en"
    return [(value, names.get(language, value)) for value, names in tag.values.items()]


def _counts(counted: Counted) -> list[tuple[str, int]]:
    below = [pair for part in counted.parts for pair in _counts(part)]
    return [(counted.text, counted.count), *below]


def _types() -> Any:
    return defined(Subject.MEMBER).checked.types


def _tag_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Tags by their groups, as a select shows them."""
    grouped: dict[str, list[tuple[str, str]]] = {}
    for tag in defined(Subject.MEMBER).checked.tags:
        grouped.setdefault(group_label(tag.group), []).append((tag.code, name_of(tag)))
    return [(group, sorted(own, key=lambda pair: pair[1])) for group, own in grouped.items()]


def _trend(segment: Segment) -> charts.Chart | None:
    changes = list(segment.changes.order_by("-told_at")[:MOST_CHANGES])[::-1]
    if not changes:
        return None
    labels = charts.times_of([change.told_at for change in changes])
    size = charts.Series(_("Members"), [change.size for change in changes])
    return charts.lines("trend", _("Size over time"), "count", labels, size)
