"""The catalogue: categories from the top down, their products, how soon each is bought again."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.ground.accounts.access import (
    Capability,
    check,
    may_see_brand,
    may_see_category,
    requires,
    scope_of,
)
from regulars.ground.kit.errors import NotAllowed
from regulars.know.catalog import service
from regulars.know.catalog.models import Category, Product
from regulars.know.tags.service import Subject
from regulars.web.parts.excel import as_excel, wants_excel
from regulars.web.parts.forms import Form
from regulars.web.parts.tables import CENTS, COUNT, Column, at, table_of
from regulars.web.parts.tags_of import tags_page
from regulars.web.parts.who import signed_in

NEVER_SAID = gettext_lazy("The source does not say.")
COLUMNS = (
    Column(
        "name",
        gettext_lazy("Product"),
        at("name"),
        link=lambda product: reverse("product", args=[product.code]),
    ),
    Column("code", gettext_lazy("Id"), at("code")),
    Column("category", gettext_lazy("Category"), at("category.code"), order="category__code"),
    Column("brand", gettext_lazy("Brand"), at("brand.name"), order="brand__name"),
    Column("list_cents", gettext_lazy("List price"), at("list_cents"), CENTS, reason=NEVER_SAID),
    Column(
        "replenish_days",
        gettext_lazy("Bought again after (days)"),
        at("replenish_days"),
        COUNT,
        reason=gettext_lazy("Nobody has set it yet."),
    ),
)


class ReplenishForm(Form):
    replenish_days = forms.IntegerField(
        label=gettext_lazy("Bought again after (days)"),
        required=False,
        min_value=1,
        help_text=gettext_lazy("Empty: not known."),
    )


@requires(Capability.SEE_CATALOG)
def show_all(request: HttpRequest) -> HttpResponse:
    scope, code = scope_of(request.user), request.GET.get("category", "")
    category = service.get_category(code) if code else None
    products = service.list_products(scope, category=code, brand=request.GET.get("brand"))
    table = table_of(
        request, products, COLUMNS, sort="name", find_in=("name", "code", "barcode", "brand__name")
    )
    if wants_excel(request):
        return as_excel(request, table, "catalogue")
    page = {
        "table": table,
        "category": category,
        "path": service.path_of(category) if category else [],
        "below": [c for c in service.list_categories(category) if _leads_inside(request, c)],
    }
    return render(request, "console/catalog.html", page)


@requires(Capability.SEE_CATALOG)
def show(request: HttpRequest, code: str) -> HttpResponse:
    product = visible_product(request, code)
    initial = {"replenish_days": product.replenish_days}
    form = ReplenishForm(request.POST or None, initial=initial)
    if form.is_valid():
        check(request.user, Capability.EDIT_CATALOG)
        with form.explaining():
            service.change_replenish_days(
                signed_in(request), product, form.cleaned_data["replenish_days"]
            )
            messages.success(request, _("Saved."))
            return redirect("product", code)
    page = {
        "product": product,
        "path": service.path_of(product.category),
        "form": form,
        **tags_page(request, Subject.PRODUCT, product.pk, product.code),
    }
    return render(request, "console/product.html", page)


def visible_product(request: HttpRequest, code: str) -> Product:
    """Raises NotFound, and NotAllowed for goods outside the user's categories and brands."""
    product, scope = service.get_product(code), scope_of(request.user)
    brand = product.brand.code if product.brand else None
    if may_see_category(scope, product.category.code) and may_see_brand(scope, brand):
        return product
    raise NotAllowed(_("“%(name)s” is outside what you may see.") % {"name": product.name})


def _leads_inside(request: HttpRequest, category: Category) -> bool:
    """Whether a category lies inside the user's scope, or on the way down to it."""
    scope = scope_of(request.user)
    inside = may_see_category(scope, category.code)
    above = category.code + service.SEPARATOR
    return inside or any(own.startswith(above) for own in scope.category_codes)
