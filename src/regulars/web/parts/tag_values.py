"""Values of tags as people read them."""

from datetime import date
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from regulars.know.language.types import Type
from regulars.web.parts.templatetags.figures import figure_of

UNITS = {Type.MONEY: "cents", Type.COUNT: "count", Type.SHARE: "rate", Type.NUMBER: "ratio"}
GROUPS = {
    "profile": gettext_lazy("Profile"),
    "family": gettext_lazy("Family"),
    "purchase": gettext_lazy("Purchases"),
    "value": pgettext_lazy("group of tags", "Value"),
    "goods": gettext_lazy("Goods"),
    "rhythm": gettext_lazy("Rhythm"),
    "lifecycle": gettext_lazy("Lifecycle"),
    "price": gettext_lazy("Price"),
    "online": gettext_lazy("Online"),
    "coupon": gettext_lazy("Coupons"),
    "score": gettext_lazy("Scores"),
    "service": gettext_lazy("Service"),
    "sales": gettext_lazy("Sales"),
    "members": gettext_lazy("Members"),
    "stock": gettext_lazy("Stock"),
}


def value_text(value: Any, kind: Type | None, said: str = "") -> str:
    """One value; `said` is what a coded text says. Empty for what is unknown."""
    match value:
        case None:
            return ""
        case bool():
            return pgettext("answer", "yes") if value else pgettext("answer", "no")
        case date():
            return value.isoformat()
        case str():
            return said or value
        case _:
            return figure_of(Fraction(value), UNITS.get(kind or Type.COUNT, "count")).short


def group_label(group: str) -> str:
    return str(GROUPS.get(group, group or _("Others")))
