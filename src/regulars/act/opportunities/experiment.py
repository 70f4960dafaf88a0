"""What was tried and what came of it, as the experiments room keeps it."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext_lazy as _

from regulars.act.opportunities.models import Play
from regulars.ground.kit.errors import UserError
from regulars.understand.experiments import service as experiments
from regulars.understand.experiments.models import Experiment
from regulars.understand.experiments.service import Expected, Outcome


def begin_for(play: Play, on: date) -> Experiment | None:
    """What being reached is measured by from a day on; a play that is approved again goes on with
    its own. A play of service keeps nobody out, one of the store is about nobody: they have
    none."""
    if play.is_service or play.is_of_store:
        return None
    if play.experiment is not None:
        return play.experiment
    if Experiment.objects.filter(code=play.code).exists():
        raise UserError(
            _("An experiment is called like this play: copy the play under another code.")
        )
    return experiments.begin(
        play.code, play.name, play.holdout_rate, play.outcome, window_days=play.window_days, on=on
    )


def end_for(play: Play, on: date) -> None:
    """A play that never came to its first day ends on that day."""
    if play.experiment is not None:
        experiments.end(play.experiment, max(on, play.experiment.began_on))


def end_those_over(on: date) -> int:
    """Plays whose last day is past by then end on it: only then can what came of them become
    final. How many."""
    running = Play.objects.filter(state=Play.State.APPROVED, experiment__ended_on=None)
    over = list(running.filter(ends_on__lt=on).select_related("experiment"))
    for play in over:
        end_for(play, play.ends_on or on)
    return len(over)


def outcome_of(play: Play) -> Outcome | None:
    """As last counted; None before the first time, and for a play of service."""
    return experiments.kept_outcome(play.experiment) if play.experiment else None


def outcomes_of(plays: Iterable[Play]) -> dict[int, Outcome]:
    """The same of many, by the play's id; those never counted are not in it."""
    by_experiment = {play.experiment_id: play.pk for play in plays if play.experiment_id}
    kept = experiments.kept_outcomes(Experiment.objects.filter(pk__in=list(by_experiment)))
    return {by_experiment[pk]: outcome for pk, outcome in kept.items()}


def expected_of(play: Play) -> Expected | None:
    """What earlier results of the same play, or of the same outcome, say of the next one."""
    return experiments.expected_from(experiments.results_like(play.outcome, play.code))
