"""The experiments room for other rooms: whom chance holds out, and what being reached was worth."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from regulars.ground.kit import clock
from regulars.ground.kit.errors import UserError
from regulars.ground.org.models import Node, Staff
from regulars.know.catalog.service import get_category
from regulars.know.members.models import Member
from regulars.understand.experiments.drawing import draw, enter, held_out, is_held_out
from regulars.understand.experiments.keeping import (
    Expected,
    Past,
    expected_from,
    keep,
    keep_all,
    kept_outcome,
    kept_outcomes,
    results_like,
)
from regulars.understand.experiments.measuring import measure
from regulars.understand.experiments.models import Experiment, Touch
from regulars.understand.experiments.outcomes import (
    Arm,
    Attributed,
    Interval,
    Method,
    OfOffer,
    OfStaff,
    OfStore,
    Outcome,
    Unknown,
    Uplift,
    Verdict,
)
from regulars.understand.experiments.rules import check_outcome, check_rate, check_window

__all__ = [
    "Arm",
    "Attributed",
    "Expected",
    "Interval",
    "Method",
    "OfOffer",
    "OfStaff",
    "OfStore",
    "Outcome",
    "Past",
    "Unknown",
    "Uplift",
    "Verdict",
    "begin",
    "draw",
    "end",
    "enter",
    "expected_from",
    "held_out",
    "is_held_out",
    "keep",
    "keep_all",
    "kept_outcome",
    "kept_outcomes",
    "measure",
    "note_touch",
    "results_like",
    "take_back_touch",
]


def begin(  # noqa: PLR0917 - all of them are told, in this order
    code: str,
    name: str,
    holdout_rate: Decimal,
    outcome: Mapping[str, Any],
    window_days: int,
    on: date,
    hoped_rate: Decimal | None = None,
) -> Experiment:
    """Begin an experiment. `hoped_rate`: by how much the share of those who do what counts is hoped
    to rise. Raises UserError naming the field that cannot be, NotFound for an unknown category."""
    check_rate(holdout_rate)
    check_window(window_days)
    check_outcome(outcome)
    if outcome["kind"] == "category":
        get_category(outcome["code"])
    if not code.strip() or Experiment.objects.filter(code=code).exists():
        raise UserError(_("An experiment has a code of its own."), field="code")
    return Experiment.objects.create(
        code=code,
        name=name,
        holdout_rate=holdout_rate,
        outcome=dict(outcome),
        window_days=window_days,
        began_on=on,
        hoped_rate=hoped_rate,
        salt=secrets.token_hex(16),
    )


def end(experiment: Experiment, on: date) -> None:
    """Nobody enters any more; what counts is looked at until the last window is over. Ended twice,
    the first day stands. Raises UserError for a day before it began."""
    if on < experiment.began_on:
        raise UserError(_("It cannot end before it began."), field="on")
    if experiment.ended_on is None:
        experiment.ended_on = on
        experiment.save(update_fields=["ended_on"])


def take_back_touch(lead_id: int, channel: str, at: datetime) -> None:
    """What was written down about a lead at that moment was a slip."""
    Touch.objects.filter(lead_id=lead_id, channel=channel, touched_at=clock.on_its_day(at)).delete()


def note_touch(  # noqa: PLR0917 - all of them are told, in this order
    lead_id: int | None,
    experiment: Experiment,
    member: Member,
    store: Node | None,
    staff: Staff | None,
    channel: str,
    offer: str,
    at: datetime,
) -> Touch:
    """Write down that somebody was really reached, at a moment, with an offer (the coupon's code,
    or ""). Where a deployment stands still it was on its day, as its sales are."""
    return Touch.objects.create(
        lead_id=lead_id,
        experiment=experiment,
        member=member,
        store=store,
        staff=staff,
        channel=channel,
        offer=offer,
        touched_at=clock.on_its_day(at),
    )
