"""Users: who may sign in, as what, and where."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from regulars.ground.accounts import service
from regulars.ground.accounts.access import Capability, requires
from regulars.ground.accounts.models import User
from regulars.ground.org.service import get_node
from regulars.web.parts.excel import as_excel, wants_excel
from regulars.web.parts.forms import Form, ListField
from regulars.web.parts.tables import MOMENT, Column, at, table_of
from regulars.web.parts.who import signed_in


def goods_of(user: User) -> str:
    return ", ".join([*user.category_codes, *user.brand_codes]) or _("all")


COLUMNS = (
    Column(
        "username",
        gettext_lazy("User name"),
        at("username"),
        link=lambda user: reverse("user", args=[user.pk]),
    ),
    Column("display_name", gettext_lazy("Name"), at("display_name")),
    Column("role", gettext_lazy("Role"), lambda user: user.get_role_display()),
    Column(
        "where", gettext_lazy("Place"), lambda user: user.node or _("whole chain"), order="node"
    ),
    Column("goods", gettext_lazy("Goods"), goods_of, is_sortable=False),
    Column(
        "state",
        gettext_lazy("State"),
        lambda user: _("may sign in") if user.is_active else _("shut out"),
        order="is_active",
    ),
    Column(
        "last_login",
        gettext_lazy("Last signed in"),
        at("last_login"),
        MOMENT,
        reason=gettext_lazy("Has never signed in."),
    ),
)


class BoundsForm(Form):
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=User.Role.choices)
    node_code = forms.CharField(
        label=gettext_lazy("Place"),
        required=False,
        help_text=gettext_lazy("The code of a region, branch or store. Empty: the whole chain."),
    )
    category_codes = ListField(
        label=gettext_lazy("Categories"),
        required=False,
        help_text=gettext_lazy("One a line, as “A > B”. Empty: all."),
    )
    brand_codes = ListField(
        label=gettext_lazy("Brands"), required=False, help_text=gettext_lazy("One code a line.")
    )

    def bounds(self) -> dict[str, Any]:
        """What the accounts service asks for. Raises NotFound for an unknown place."""
        code = self.cleaned_data["node_code"].strip()
        return {
            "node": get_node(code) if code else None,
            "category_codes": self.cleaned_data["category_codes"],
            "brand_codes": self.cleaned_data["brand_codes"],
        }


class NewUserForm(BoundsForm):
    username = forms.CharField(label=gettext_lazy("User name"), max_length=150)
    display_name = forms.CharField(label=gettext_lazy("Name"), required=False)
    password = forms.CharField(
        label=gettext_lazy("First password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least ten characters."),
    )
    field_order = ("username", "display_name", "password", "role")


@requires(Capability.MANAGE_USERS)
def show_all(request: HttpRequest) -> HttpResponse:
    find_in = ("username", "display_name", "role", "node__name")
    table = table_of(request, service.list_users(), COLUMNS, sort="username", find_in=find_in)
    if wants_excel(request):
        return as_excel(request, table, "users")
    return render(request, "console/users.html", {"table": table})


@requires(Capability.MANAGE_USERS)
def create(request: HttpRequest) -> HttpResponse:
    form = NewUserForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        with form.explaining():
            user = service.create_user(
                signed_in(request),
                given["username"],
                given["password"],
                given["role"],
                display_name=given["display_name"],
                **form.bounds(),
            )
            messages.success(request, _("%(name)s can sign in now.") % {"name": user})
            return redirect("user", user.pk)
    return render(request, "console/user_new.html", {"form": form})


@requires(Capability.MANAGE_USERS)
def show(request: HttpRequest, user_id: int) -> HttpResponse:
    chosen = service.get_user_by_id(user_id)
    form = BoundsForm(request.POST or None, initial=_bounds_of(chosen))
    if form.is_valid():
        with form.explaining():
            service.change_role(
                signed_in(request), chosen, form.cleaned_data["role"], **form.bounds()
            )
            return _saved(request, chosen, _("Saved. It holds from the next page on."))
    return _page_of(request, chosen, form)


@require_POST
@requires(Capability.MANAGE_USERS)
def deactivate(request: HttpRequest, user_id: int) -> HttpResponse:
    chosen = service.get_user_by_id(user_id)
    service.deactivate(signed_in(request), chosen)
    return _saved(request, chosen, _("%(name)s can no longer sign in.") % {"name": chosen})


@require_POST
@requires(Capability.MANAGE_USERS)
def activate(request: HttpRequest, user_id: int) -> HttpResponse:
    chosen = service.get_user_by_id(user_id)
    service.activate(signed_in(request), chosen)
    return _saved(request, chosen, _("%(name)s can sign in again.") % {"name": chosen})


@require_POST
@requires(Capability.MANAGE_USERS)
def set_password(request: HttpRequest, user_id: int) -> HttpResponse:
    chosen = service.get_user_by_id(user_id)
    service.change_password(signed_in(request), chosen, request.POST.get("password", ""))
    return _saved(request, chosen, _("The new password holds; other sessions have ended."))


@require_POST
@requires(Capability.MANAGE_USERS)
def issue_token(request: HttpRequest, user_id: int) -> HttpResponse:
    """Answers with the page itself, no redirect: the token's text is shown once, kept nowhere."""
    chosen = service.get_user_by_id(user_id)
    token = service.issue_token(signed_in(request), chosen)
    return _page_of(request, chosen, BoundsForm(initial=_bounds_of(chosen)), token=token)


def _page_of(
    request: HttpRequest, chosen: User, form: BoundsForm, *, token: str = ""
) -> HttpResponse:
    page = {"chosen": chosen, "form": form, "token": token}
    return render(request, "console/user.html", page)


def _saved(request: HttpRequest, chosen: User, message: str) -> HttpResponse:
    messages.success(request, message)
    return redirect("user", chosen.pk)


def _bounds_of(user: User) -> dict[str, Any]:
    return {
        "role": user.role,
        "node_code": user.node.code if user.node else "",
        "category_codes": user.category_codes,
        "brand_codes": user.brand_codes,
    }
