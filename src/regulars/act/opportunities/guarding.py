"""The rules of the trade: goods that are neither pushed nor discounted, words that no text to a
customer may have."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from regulars.act.opportunities.models import Guard, Play
from regulars.ground.accounts.models import User
from regulars.ground.audit.service import record
from regulars.ground.kit.errors import NotFound, UserError
from regulars.know.catalog.models import Category, Product

Kind = Guard.Kind
TO_CUSTOMERS = {
    "name": _("the name"), "name_en": _("the English name"), "reason": _("the reason"),
    "talk": _("the talking points"), "coupon": _("the coupon"),
}  # fmt: skip
LONGEST_WORD = 60


@cache
def defaults() -> dict[str, tuple[str, ...]]:
    told = tomllib.loads(files(__package__).joinpath("guards.toml").read_text("utf-8"))
    return {kind: tuple(words) for kind, words in told.items()}


def list_guards(kind: str) -> list[str]:
    """The words in force: those that the chain keeps, the defaults where it keeps none."""
    kept = Guard.objects.filter(kind=kind).order_by("pk").values_list("value", flat=True)
    return list(kept) or list(defaults()[kind])


@transaction.atomic
def add_guard(actor: User, kind: str, value: str, note: str = "") -> Guard:
    """Raises UserError for a word that is none, or stands there already."""
    word = value.strip()
    if not word or len(word) > LONGEST_WORD:
        raise UserError(
            _("A word has 1 to %(most)s letters."), field="value", facts={"most": LONGEST_WORD}
        )
    _keep_own(actor, kind)
    guard, is_new = Guard.objects.get_or_create(
        kind=kind, value=word, defaults={"note": note, "made_by": actor}
    )
    if not is_new:
        raise UserError(
            _("“%(word)s” is in the list already."), field="value", facts={"word": word}
        )
    record(actor, "guard.added", "guard", guard.pk, kind=kind, value=word)
    return guard


@transaction.atomic
def drop_guard(actor: User, kind: str, value: str) -> None:
    """Raises NotFound. The last word of a list stays: an empty list guards nobody."""
    _keep_own(actor, kind)
    own = Guard.objects.filter(kind=kind)
    found = own.filter(value=value).first()
    if found is None:
        raise NotFound(_("“%(word)s” is not in the list."), facts={"word": value})
    if own.count() == 1:
        raise UserError(_("The last word of a list stays: an empty list would guard nobody."))
    record(actor, "guard.dropped", "guard", found.pk, kind=kind, value=value)
    found.delete()


def _keep_own(actor: User, kind: str) -> None:
    """From the first change on the chain keeps the whole list itself."""
    if kind not in Kind.values:
        raise NotFound(_("There is no such list."))
    if not Guard.objects.filter(kind=kind).exists():
        Guard.objects.bulk_create(
            [Guard(kind=kind, value=word, made_by=actor) for word in defaults()[kind]],
            ignore_conflicts=True,
        )


def check_texts(told: Play | Mapping[str, Any]) -> None:
    """Raises UserError that names the word or the goods, and where it stands. A play of service (a
    recall, say) may name any goods: it offers none."""
    play = told if isinstance(told, Mapping) else _said(told)
    texts = {field: str(play.get(field) or "") for field in TO_CUSTOMERS}
    _refuse_words(
        texts, list_guards(Kind.CLAIM), _("“%(word)s” claims an effect on health: %(where)s.")
    )
    if play.get("is_service"):
        return
    guarded = list_guards(Kind.NO_PUSH)
    offered = {field: texts[field] for field in ("name", "name_en", "talk", "coupon")}
    _refuse_words(
        offered, guarded, _("“%(word)s” may be neither pushed nor discounted: %(where)s.")
    )
    _refuse_goods(play, guarded)


def _said(play: Play) -> dict[str, Any]:
    fields = (*TO_CUSTOMERS, "goods", "outcome", "is_service")
    return {field: getattr(play, field) for field in fields}


def _refuse_words(texts: Mapping[str, str], words: list[str], message: Any) -> None:
    for field, text in texts.items():
        for word in words:
            if word.casefold() in text.casefold():
                facts = {"word": word, "where": TO_CUSTOMERS[field]}
                raise UserError(message, field=field, facts=facts)


def _refuse_goods(play: Mapping[str, Any], guarded: list[str]) -> None:
    goods, outcome = play.get("goods") or {}, play.get("outcome") or {}
    named = [goods.get("category", ""), outcome.get("code", "")]
    for field, code in zip(("goods", "outcome"), named, strict=True):
        if code and (word := _word_in(code, guarded)):
            facts = {"goods": code, "word": word}
            raise UserError(
                _("“%(goods)s” may be neither pushed nor discounted (“%(word)s”)."),
                field=field, facts=facts,
            )  # fmt: skip
    products = goods.get("products", [])
    if found := guarded_products().filter(code__in=products).first():
        raise UserError(
            _("“%(goods)s” may be neither pushed nor discounted."),
            field="goods", facts={"goods": found.name},
        )  # fmt: skip
    code = goods.get("category", "")
    if play.get("coupon") and code and (below := _guarded_below(code)):
        raise UserError(
            _("A coupon on “%(goods)s” would discount “%(below)s”."),
            field="coupon", facts={"goods": code, "below": below},
        )  # fmt: skip


def _word_in(text: str, words: list[str]) -> str:
    return next((word for word in words if word.casefold() in text.casefold()), "")


def _guarded_below(code: str) -> str:
    below = Category.objects.filter(code__startswith=f"{code} > ").filter(_of_guarded("code"))
    return below.values_list("code", flat=True).first() or ""


def guarded_products() -> QuerySet[Product]:
    """Goods that nobody may be offered, whatever she usually buys: what a list of goods for a
    member leaves out."""
    return Product.objects.filter(_of_guarded("category__code"))


def _of_guarded(field: str) -> Q:
    condition = Q(pk__in=[])
    for word in list_guards(Kind.NO_PUSH):
        condition |= Q(**{f"{field}__icontains": word})
    return condition
