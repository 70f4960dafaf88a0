"""The ledger to its end: what plays that answer a finding did at its place, and what it brought."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import hypot

import pyarrow as pa
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regulars.act.opportunities import service as opportunities
from regulars.act.opportunities.models import Play
from regulars.act.tasks.service import ANSWERED, count_served
from regulars.ground.org.service import store_ids_under
from regulars.understand.actions.service import Entry, Ledger
from regulars.understand.diagnosis.models import Finding
from regulars.understand.experiments.service import Interval, Method, Outcome
from regulars.web.parts.templatetags.figures import figure_of

NO_PLAY = _("no play that answers it has been approved")
NO_LEADS = _("a play answers it: no lead of it was opened here within four weeks")
NOT_COUNTED = _("not counted yet: open the play to count it")
NOT_TOGETHER = _("known for each store, not for all of them together before the play is over")
NO_MEASURE = _("a play of service: nothing is measured")


@dataclass(frozen=True)
class Line:
    """A finding, what was done about it, and what came of it: `served` of `opened` leads, and what
    being reached brought, between `low` and `high` at 95 %. What is None is not known, and why is
    said."""

    entry: Entry
    plays: Sequence[Play] = ()
    opened: int | None = None
    served: int | None = None
    gained: Fraction | None = None
    low: Fraction | None = None
    high: Fraction | None = None
    why_no_leads: str | Promise = ""
    why_no_gain: str | Promise = ""

    @property
    def finding(self) -> Finding:
        return self.entry.finding

    @property
    def interval(self) -> str:
        """The two ends as they are read; "" where they are not known."""
        ends = [each for each in (self.low, self.high) if each is not None]
        return " – ".join(figure_of(each, "cents", signed=True).short for each in ends)


def lines_of(ledger: Ledger) -> list[Line]:
    """Each entry of the ledger with what plays that answer it came to; a few questions in all."""
    measured = Play.objects.exclude(approved_at=None).select_related("experiment")
    plays = list(measured.prefetch_related("pilot_stores"))
    answering = {
        found.pk: opportunities.answers_among(plays, found.part, found.factor)
        for found in (entry.finding for entry in ledger.entries)
    }
    counts = count_served(_asked(ledger.entries, answering))
    outcomes = opportunities.outcomes_of(plays)
    below: dict[int, set[int]] = {}
    return [
        _line(entry, answering[entry.finding.pk], counts, outcomes, below)
        for entry in ledger.entries
    ]


def _asked(entries: Iterable[Entry], answering: Mapping[int, Sequence[Play]]) -> pa.Table:
    rows = [
        {"finding_id": found.pk, "node_id": found.node_id, "play_id": play.pk,
         "since": found.made_on}
        for found in (entry.finding for entry in entries)
        for play in answering[found.pk]
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, ANSWERED)


def _line(
    entry: Entry,
    plays: Sequence[Play],
    counts: Mapping[tuple[int, int], tuple[int, int]],
    outcomes: Mapping[int, Outcome],
    below: dict[int, set[int]],
) -> Line:
    finding = entry.finding
    if not plays:
        return Line(entry, why_no_leads=NO_PLAY, why_no_gain=NO_PLAY)
    worked = [play for play in plays if (finding.pk, play.pk) in counts]
    if not worked:
        return Line(entry, plays, why_no_leads=NO_LEADS, why_no_gain=NO_LEADS)
    opened, served = (sum(counts[finding.pk, play.pk][n] for play in worked) for n in (0, 1))
    if finding.node_id not in below:
        below[finding.node_id] = set(store_ids_under(finding.node_id))
    told = [_gain(play, outcomes.get(play.pk), below[finding.node_id]) for play in worked]
    gained, why = together([each for intervals in told for each in intervals[0]],
                           next((each[1] for each in told if each[1]), ""))  # fmt: skip
    return Line(entry, worked, opened, served, *gained, why_no_gain=why)


def _gain(
    play: Play, outcome: Outcome | None, stores: set[int]
) -> tuple[list[Interval], str | Promise]:
    """What a play brought at these stores, as intervals that add up; else why it is not known."""
    if play.experiment is None:
        return [], NO_MEASURE
    if outcome is None:
        return [], NOT_COUNTED
    if {each.store_id for each in outcome.by_store} <= stores:
        return [outcome.uplift.incremental_cents], ""
    return [o.uplift.incremental_cents for o in outcome.by_store if o.store_id in stores], ""


def together(
    intervals: Sequence[Interval], why: str | Promise
) -> tuple[tuple[Fraction | None, Fraction | None, Fraction | None], str | Promise]:
    """The sum of independent estimates with its interval: half widths add as the sides of a right
    angle do, which holds for fixed-horizon ones alone; one stands for itself, whatever it is."""
    nothing = (None, None, None)
    if why or not intervals:
        return nothing, why or NOT_COUNTED
    if unknown := next((each.unknown for each in intervals if each.unknown), None):
        return nothing, unknown.label
    if len(intervals) > 1 and any(each.method != Method.FIXED_HORIZON for each in intervals):
        return nothing, NOT_TOGETHER
    estimate = sum(each.estimate or 0 for each in intervals)
    low = estimate - hypot(*((each.estimate or 0) - (each.low or 0) for each in intervals))
    high = estimate + hypot(*((each.high or 0) - (each.estimate or 0) for each in intervals))
    return (Fraction(estimate), Fraction(round(low)), Fraction(round(high))), ""
