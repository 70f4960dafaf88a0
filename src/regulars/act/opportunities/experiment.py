"""What was tried and what came of it, as the experiments room keeps it."""

from datetime import date
from uuid import uuid4

from regulars.act.opportunities.models import Play
from regulars.understand.experiments.models import Experiment


def begin_for(play: Play, on: date) -> Experiment | None:
    """A play of service keeps nobody out, and has none."""
    if play.is_service:
        return None
    if play.experiment is not None:
        return play.experiment
    return Experiment.objects.create(
        code=play.code, name=play.name, holdout_rate=play.holdout_rate, outcome=play.outcome,
        window_days=play.window_days, salt=uuid4().hex, began_on=on,
    )  # fmt: skip


def end_for(play: Play, on: date) -> None:
    if play.experiment is not None:
        Experiment.objects.filter(pk=play.experiment.pk).update(ended_on=on)
