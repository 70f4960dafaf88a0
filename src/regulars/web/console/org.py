"""The organisation: a place, what hangs below it, who works there, and since when."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from regulars.ground.accounts.access import Capability, may_see_node, requires, scope_of
from regulars.ground.kit.errors import NotAllowed
from regulars.ground.org import service
from regulars.ground.org.models import Node, Store
from regulars.know.collect.service import receive
from regulars.know.tags.service import Subject
from regulars.web.parts.excel import as_excel, wants_excel
from regulars.web.parts.forms import DateField, Form, given
from regulars.web.parts.tables import COUNT, DATE, Column, at, table_of
from regulars.web.parts.tags_of import tags_page
from regulars.web.parts.who import signed_in

KIND_BELOW = {
    Node.Kind.HEAD_OFFICE: Node.Kind.REGION,
    Node.Kind.REGION: Node.Kind.BRANCH,
    Node.Kind.BRANCH: Node.Kind.STORE,
}
PLACES = (
    Column("name", gettext_lazy("Name"), at("name"), link=lambda node: page_of(node.code)),
    Column("code", gettext_lazy("Id"), at("code")),
    Column("kind", gettext_lazy("Kind"), lambda node: node.get_kind_display()),
)
STORES = (
    Column(
        "name",
        gettext_lazy("Store"),
        at("node.name"),
        order="node__name",
        link=lambda store: page_of(store.node.code),
    ),
    Column("code", gettext_lazy("Id"), at("node.code"), order="node__code"),
    Column("format", gettext_lazy("Format"), at("format")),
    Column("area_m2", gettext_lazy("Selling area m²"), at("area_m2"), COUNT),
    Column("opened_on", gettext_lazy("Opened"), at("opened_on"), DATE),
    Column("closed_on", gettext_lazy("Closed"), at("closed_on"), DATE),
)


class MoveForm(Form):
    parent_code = forms.CharField(label=gettext_lazy("Id of the branch it goes to"))
    from_on = DateField(label=gettext_lazy("From"))


class AddForm(Form):
    code = forms.CharField(label=gettext_lazy("Id"))
    name = forms.CharField(label=gettext_lazy("Name"))
    from_on = DateField(label=gettext_lazy("From (empty: since always)"), required=False)


class CloseForm(Form):
    closed_on = DateField(label=gettext_lazy("First day closed"))


@requires(Capability.SEE_ORG)
def show(request: HttpRequest, code: str = "") -> HttpResponse:
    node = visible_node(request, code)
    columns = STORES if request.GET.get("view") == "stores" else PLACES
    if columns is STORES:
        table = table_of(
            request, service.list_stores(node.pk), STORES, sort="name",
            find_in=("node__name", "node__code"),
        )  # fmt: skip
    else:
        table = table_of(
            request, service.list_children(node), PLACES, sort="name", find_in=("name", "code")
        )
    if wants_excel(request):
        return as_excel(request, table, f"places-{node.code}")
    kind_below = KIND_BELOW.get(Node.Kind(node.kind))
    page = {
        "node": node,
        "path": visible_path(request, node),
        "table": table,
        "headcount": service.count_headcount(node),
        "kind_below": kind_below.label if kind_below else None,
        "add_form": AddForm(),
    }
    if node.kind == Node.Kind.STORE:
        return render(request, "console/store.html", page | _of_store(request, node))
    return render(request, "console/org.html", page)


@require_POST
@requires(Capability.EDIT_ORG)
def add(request: HttpRequest, code: str) -> HttpResponse:
    parent = visible_node(request, code)
    new = given(AddForm(request.POST))
    node = service.add_node(
        signed_in(request),
        KIND_BELOW[Node.Kind(parent.kind)],
        new["code"],
        new["name"],
        parent=parent,
        from_on=new["from_on"],
    )
    return _changed(request, node.code, _("“%(name)s” is part of the organisation now."), node)


@require_POST
@requires(Capability.EDIT_ORG)
def rename(request: HttpRequest, code: str) -> HttpResponse:
    node = visible_node(request, code)
    service.rename_node(signed_in(request), node, request.POST.get("name", ""))
    return _changed(request, code, _("It is called “%(name)s” now."), node)


@require_POST
@requires(Capability.EDIT_ORG)
def move(request: HttpRequest, code: str) -> HttpResponse:
    wish = given(MoveForm(request.POST))
    store, parent = _store(request, code), visible_node(request, wish["parent_code"])
    service.move_store(signed_in(request), store, parent, wish["from_on"])
    return _changed(
        request, code, _("“%(name)s” moves; what was before stays as it was."), store.node
    )


@require_POST
@requires(Capability.EDIT_ORG)
def close(request: HttpRequest, code: str) -> HttpResponse:
    wish, store = given(CloseForm(request.POST)), _store(request, code)
    service.close_store(signed_in(request), store, wish["closed_on"])
    return _changed(request, code, _("“%(name)s” has its closing day."), store.node)


def page_of(code: str) -> str:
    return reverse("org_node", args=[code])


def visible_node(request: HttpRequest, code: str) -> Node:
    """The place named, or the top of what this user sees. Raises NotFound and NotAllowed."""
    scope = scope_of(request.user)
    if not code:
        return service.get_place(scope.node_id)
    node = service.get_node(code)
    if not may_see_node(scope, node.pk):
        raise NotAllowed(_("“%(name)s” is outside what you may see.") % {"name": node.name})
    return node


def visible_path(request: HttpRequest, node: Node) -> list[Node]:
    """The way down to a place, from where this user's scope begins."""
    path, top = service.path_of(node), scope_of(request.user).node_id
    starts = next((i for i, step in enumerate(path) if step.pk == top), 0)
    return path[starts:]


def _of_store(request: HttpRequest, node: Node) -> dict[str, object]:
    return {
        "store": service.get_store(node.code),
        "positions": service.list_staff(node.pk),
        "placements": service.list_placements(node),
        "move_form": MoveForm(),
        "close_form": CloseForm(),
        **tags_page(request, Subject.STORE, node.pk, node.code),
    }


def _store(request: HttpRequest, code: str) -> Store:
    visible_node(request, code)
    return service.get_store(code)


def _changed(request: HttpRequest, code: str, message: str, node: Node) -> HttpResponse:
    receive("changed.org", source="console", body={"ids": [node.pk]})
    messages.success(request, message % {"name": node.name})
    return redirect("org_node", code)
