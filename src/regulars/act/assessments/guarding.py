"""What may be said to a customer: no word that claims an effect on health, no guarded goods."""

from django.utils.translation import gettext_lazy as _

from regulars.act.assessments.content import Content, texts_of
from regulars.act.opportunities.models import Guard
from regulars.act.opportunities.service import guarded_products, list_guards
from regulars.ground.kit.errors import UserError
from regulars.know.catalog.models import Category, Product


def check_content(content: Content) -> None:
    """Raises UserError that names the word or the goods, and where it stands."""
    for kind, message in (
        (Guard.Kind.CLAIM, _("“%(word)s” claims an effect on health: %(where)s.")),
        (Guard.Kind.NO_PUSH, _("“%(word)s” may be neither pushed nor discounted: %(where)s.")),
    ):
        for where, text in texts_of(content).items():
            for word in list_guards(kind):
                if word.casefold() in text.casefold():
                    facts = {"word": word, "where": where}
                    raise UserError(message, field="draft", facts=facts)
    for result in content.results:
        _check_goods(result.goods.category, result.goods.products)


def _check_goods(category: str, products: list[str]) -> None:
    if category and not Category.objects.filter(code=category).exists():
        raise UserError(
            _("There is no category “%(code)s”."), field="draft", facts={"code": category}
        )
    known = set(Product.objects.filter(code__in=products).values_list("code", flat=True))
    if missing := sorted(set(products) - known):
        raise UserError(
            _("There is no product “%(code)s”."), field="draft", facts={"code": missing[0]}
        )
    if found := guarded_products().filter(code__in=products).first():
        raise UserError(
            _("“%(goods)s” may be neither pushed nor discounted."),
            field="draft", facts={"goods": found.name},
        )  # fmt: skip
