"""Staff: who works where, as what, and since when."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from regulars.ground.accounts.access import Capability, may_see_node, requires, scope_of
from regulars.ground.kit.errors import NotAllowed
from regulars.ground.org import service
from regulars.ground.org.models import Position, Staff
from regulars.know.collect.service import receive
from regulars.know.tags.service import Subject
from regulars.web.console.org import page_of, visible_node
from regulars.web.parts.dates import since
from regulars.web.parts.excel import as_excel, wants_excel
from regulars.web.parts.forms import DateField, Form, given
from regulars.web.parts.tables import Column, at, table_of
from regulars.web.parts.tags_of import tags_page
from regulars.web.parts.who import signed_in

COLUMNS = (
    Column(
        "name",
        gettext_lazy("Name"),
        at("staff.name"),
        order="staff__name",
        link=lambda position: reverse("staff_member", args=[position.staff.code]),
    ),
    Column("code", gettext_lazy("Id"), at("staff.code"), order="staff__code"),
    Column("kind", gettext_lazy("Position"), lambda position: position.get_kind_display()),
    Column(
        "place",
        gettext_lazy("Place"),
        at("node.name"),
        order="node__name",
        link=lambda position: page_of(position.node.code),
    ),
    Column("since", gettext_lazy("Since"), lambda p: since(p.valid_from), order="valid_from"),
)


class PositionForm(Form):
    kind = forms.ChoiceField(label=gettext_lazy("Position"), choices=Position.Kind.choices)
    node_code = forms.CharField(label=gettext_lazy("Id of the place"))
    from_on = DateField(label=gettext_lazy("From"))


class EndForm(Form):
    position = forms.IntegerField(widget=forms.HiddenInput)
    on = DateField(label=gettext_lazy("First day without it"))


@requires(Capability.SEE_ORG)
def show_all(request: HttpRequest) -> HttpResponse:
    positions = service.list_staff(scope_of(request.user).node_id)
    find_in = ("staff__name", "staff__code", "node__name")
    table = table_of(request, positions, COLUMNS, sort="place", find_in=find_in)
    if wants_excel(request):
        return as_excel(request, table, "staff")
    return render(request, "console/staff.html", {"table": table})


@requires(Capability.SEE_ORG)
def show(request: HttpRequest, code: str) -> HttpResponse:
    staff = visible_staff(request, code)
    page = {
        "staff": staff,
        "positions": service.list_positions(staff),
        "form": PositionForm(),
        "end_form": EndForm(),
        **tags_page(request, Subject.STAFF, staff.pk, staff.code),
    }
    return render(request, "console/staff_member.html", page)


@require_POST
@requires(Capability.EDIT_ORG)
def assign(request: HttpRequest, code: str) -> HttpResponse:
    wish, staff = given(PositionForm(request.POST)), visible_staff(request, code)
    node = visible_node(request, wish["node_code"])
    service.assign_position(signed_in(request), staff, node, wish["kind"], wish["from_on"])
    return _changed(request, staff, _("%(name)s has the position."))


@require_POST
@requires(Capability.EDIT_ORG)
def end(request: HttpRequest, code: str) -> HttpResponse:
    wish, staff = given(EndForm(request.POST)), visible_staff(request, code)
    position = get_object_or_404(service.list_positions(staff), pk=wish["position"])
    service.end_position(signed_in(request), position, wish["on"])
    return _changed(request, staff, _("The position of %(name)s ends."))


def visible_staff(request: HttpRequest, code: str) -> Staff:
    """Raises NotAllowed for someone who has never held a position inside the user's scope."""
    staff, scope = service.get_staff(code), scope_of(request.user)
    places = {position.node_id for position in service.list_positions(staff)}
    if scope.node_id is not None and not any(may_see_node(scope, place) for place in places):
        raise NotAllowed(_("“%(name)s” is outside what you may see.") % {"name": staff.name})
    return staff


def _changed(request: HttpRequest, staff: Staff, message: str) -> HttpResponse:
    receive("changed.org", source="console", body={"ids": []})
    messages.success(request, message % {"name": staff.name})
    return redirect("staff_member", staff.code)
