"""The one thing to say to her now: pure, from what her card knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from regulars.act.tasks.models import Lead
from regulars.know.orders.service import GoodHere

SOON, LONG_AGO = timedelta(days=7), timedelta(days=60)
SEPARATOR = " > "


@dataclass(frozen=True)
class Due:
    """Something she buys again and again, and when the next time is expected. `category` is its
    name, empty for goods of any kind."""

    name: str
    on: date
    category: str


def suggestion(
    *,
    is_complaint_open: bool,
    lead: Lead | None,
    due: Sequence[Due],
    goods: Sequence[GoodHere],
    has_child: bool,
    today: date,
) -> str:
    """One sentence: what hurts first, then what somebody has thought of, then what she needs."""
    if is_complaint_open:
        return _("A complaint is open: ask how it stands before anything else.")
    if lead is not None:
        return lead.reason or lead.title
    if soon := [each for each in due if each.category and is_due(each.on, today)]:
        return _of_due(min(soon, key=lambda each: each.on), goods)
    if here := [good for good in goods if good.stock]:
        return _("She usually buys %(goods)s: it stands here.") % {"goods": here[0].name}
    return _question(has_child=has_child, has_bought=bool(goods))


def _question(*, has_child: bool, has_bought: bool) -> str:
    if not has_child:
        return _("Ask when the child was born, or is expected: what suits follows from it.")
    if not has_bought:
        return _("Nothing bought within a year: ask what the child needs now.")
    return _("Ask whether what she bought last was right.")


def is_due(on: date, today: date) -> bool:
    return today - LONG_AGO <= on <= today + SOON


def _of_due(due: Due, goods: Sequence[GoodHere]) -> str:
    usual = [good for good in goods if due.category in (good.category or "").split(SEPARATOR)]
    here = [good for good in usual if good.stock]
    facts = {"what": due.category, "day": f"{due.on:%m-%d}"}
    if here:
        return _("%(what)s is due (%(day)s), and her %(goods)s stands here.") % {
            **facts, "goods": here[0].name,
        }  # fmt: skip
    if usual and usual[0].stock_on:
        return _("%(what)s is due (%(day)s), but her %(goods)s is out: offer to order it.") % {
            **facts, "goods": usual[0].name,
        }  # fmt: skip
    return _("%(what)s is due (%(day)s): ask whether she has enough.") % facts
