"""Months are closed: the trees of all places, of all goods and channels, are kept as they stand.

What is known later (records merged, tickets that came late) changes the numbers as they are known
now; the closed month can still be shown as it was. A member's part is fixed as of the period's
start either way.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from regulars.ground.kit import clock
from regulars.ground.kit.errors import UserError
from regulars.ground.org.models import Node
from regulars.ground.org.service import ensure_head_office
from regulars.know.collect.service import get_backlog
from regulars.know.orders.service import is_derived
from regulars.understand.metrics.answers import answer
from regulars.understand.metrics.identity import CHAIN, RETURNS
from regulars.understand.metrics.models import ClosedPart, Closing
from regulars.understand.metrics.periods import Period, month_of
from regulars.understand.metrics.question import Question
from regulars.understand.metrics.trees import trees_of_places

CLOSED_AFTER = timedelta(days=3)
"""Tills that were offline hand in late; by then they have."""
SOLD = "SELECT min(business_on) AS first FROM tickets"
AT_ONCE = 5_000


def close_due() -> list[Closing]:
    """Close every month that ended at least `CLOSED_AFTER` ago and was not closed yet. Nothing is
    closed while something waits to be loaded: half a month is no month."""
    if get_backlog()["waiting"] or not is_derived():
        return []
    closed = set(Closing.objects.values_list("month_on", flat=True))
    return [close_month(month) for month in _ended() if month.start not in closed]


@transaction.atomic
def close_month(month: Period) -> Closing:
    """Keep the month's trees as they stand now, as the next version of its closing.

    Raises UserError for what is no calendar month, or not over yet.
    """
    if not month.is_calendar_month or month.end > clock.today() + timedelta(days=1):
        raise UserError(_("Only a calendar month that is over can be closed."), field="month")
    before = Closing.objects.filter(month_on=month.start).aggregate(last=Max("version"))["last"]
    closing = Closing.objects.create(month_on=month.start, version=(before or 0) + 1)
    places = list(Node.objects.values_list("pk", flat=True))
    trees, _none = trees_of_places(Question(ensure_head_office(), month), places)
    parts = (
        ClosedPart(
            closing=closing,
            node_id=node,
            part=part,
            **{name: getattr(counts, name) for name in CHAIN},
        )
        for node in trees
        for part, counts in (trees[node].parts | {RETURNS: trees[node].returns}).items()
    )
    ClosedPart.objects.bulk_create(parts, batch_size=AT_ONCE)
    return closing


def _ended() -> Iterator[Period]:
    """The months since the first sale that are to be closed by now."""
    first: date | None = answer(SOLD, {})["first"][0].as_py()
    if first is None:
        return
    month = month_of(first)
    while month.end + CLOSED_AFTER <= clock.today():
        yield month
        month = month_of(month.end)
