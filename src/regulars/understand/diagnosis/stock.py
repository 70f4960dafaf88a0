"""Whether goods were sold out: looked at before anybody is blamed."""

from collections.abc import Sequence
from fractions import Fraction

from django.utils.translation import gettext as _

from regulars.ground.kit.sql import named
from regulars.ground.warehouse.service import query
from regulars.understand.diagnosis.findings import STOCK, Guard
from regulars.understand.metrics.service import Period

MORE_OFTEN = Fraction(5, 100)
"""From so much more of what stores keep being sold out on, it is part of what was found."""


def stock_guard(
    stores: Sequence[int], categories: Sequence[int] | None, period: Period, compared: Period
) -> Guard | None:
    """How much more often goods (of some categories) were sold out at the end of a day than in the
    days compared; None where no stock is on record for both."""
    asked = {
        "stores": list(stores), "categories": None if categories is None else list(categories),
        "start": period.start, "end": period.end,
        "before_start": compared.start, "before_end": compared.end,
    }  # fmt: skip
    rows = query(named(__package__, "sold_out"), asked).to_pylist()
    if not rows or not rows[0]["all_kept_now"] or not rows[0]["all_kept_before"]:
        return None
    now = Fraction(rows[0]["all_out_now"], rows[0]["all_kept_now"])
    before = Fraction(rows[0]["all_out_before"], rows[0]["all_kept_before"])
    facts = {
        "now": _percent(now),
        "before": _percent(before),
        "goods": _(", ").join(row["name"] for row in rows if row["out_now"]),
    }
    is_it = now - before >= MORE_OFTEN
    notes = (_("%(now)s sold out (before: %(before)s), most of all %(goods)s") % facts,)
    return Guard(STOCK, is_it, None, notes if is_it else ())


def _percent(share: Fraction) -> str:
    return f"{float(share) * 100:.0f} %"
