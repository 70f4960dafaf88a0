"""Identities that wait for a person's eyes: seen with too many, or two that may be one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from regulars.ground.accounts.access import Capability, requires
from regulars.know.identities import service
from regulars.know.identities.models import Identity, Link
from regulars.web.parts.tables import MOMENT, Column, at, table_of
from regulars.web.parts.who import signed_in

COLUMNS = (
    Column("kind", gettext_lazy("Kind"), lambda each: each.get_kind_display()),
    Column("hint", gettext_lazy("Identity"), at("hint"), is_sortable=False),
    Column("source", gettext_lazy("Source"), at("source")),
    Column("first", gettext_lazy("First seen"), at("first_seen_at"), MOMENT, order="first_seen_at"),
    Column("last", gettext_lazy("Last seen"), at("last_seen_at"), MOMENT, order="last_seen_at"),
)


@requires(Capability.MANAGE_PERSONS)
def show_all(request: HttpRequest) -> HttpResponse:
    is_decided = request.GET.get("state") == "decided"
    shared = service.list_shared(is_reviewed=is_decided)
    table = table_of(request, shared, COLUMNS, sort="-last")
    page = {
        "table": table,
        "is_decided": is_decided,
        "suggestions": service.list_suggestions(),
    }
    return render(request, "console/identities.html", page)


@require_POST
@requires(Capability.MANAGE_PERSONS)
def set_apart(request: HttpRequest, identity_id: int) -> HttpResponse:
    """It is nobody's in particular."""
    service.set_apart(signed_in(request), get_object_or_404(Identity, pk=identity_id))
    messages.success(request, _("It stands alone from now on."))
    member = request.POST.get("member")
    return redirect("member", member) if member else redirect("identities")


@require_POST
@requires(Capability.MANAGE_PERSONS)
def let_link(request: HttpRequest, identity_id: int) -> HttpResponse:
    """It may link, however many it was seen with."""
    service.let_link(signed_in(request), get_object_or_404(Identity, pk=identity_id))
    messages.success(request, _("It links again from now on."))
    return redirect("identities")


@require_POST
@requires(Capability.MANAGE_PERSONS)
def dismiss(request: HttpRequest, one: int, other: int) -> HttpResponse:
    link = get_object_or_404(Link, follower_id=one, followed_id=other)
    service.dismiss_suggestion(signed_in(request), link)
    messages.success(request, _("The two stay apart."))
    return redirect("identities")
