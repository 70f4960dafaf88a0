"""What every morning asks of leads, once: what is over ends, what is late is told."""

from datetime import date

from regulars.act.opportunities import service as opportunities
from regulars.act.tasks.at_stores import open_in_empty_hours
from regulars.act.tasks.ending import end_by_sales, lapse
from regulars.act.tasks.escalating import escalate
from regulars.act.tasks.finding import ask_stores
from regulars.act.tasks.following_up import follow_up
from regulars.act.tasks.launching import launch
from regulars.act.tasks.models import Launch
from regulars.ground.kit import clock
from regulars.ground.kit.deployment import chain
from regulars.ground.messages.service import begin_round
from regulars.know.tags.service import Subject, state_of

ROUND = "leads"


def begin_day() -> Launch | None:
    """What the hour asks for and is not done yet: None before the chain's hour, where the day is
    launched, while no play runs (the first that is approved today is still launched today), and
    while tags are still those of another day: a play is launched once a day, on today's."""
    day = clock.today()
    if not clock.is_past(chain().briefing_hour):
        return None
    _tidy(day)
    _ask_stores(day)
    if Launch.objects.filter(on=day).exists() or not opportunities.running(day):
        return None
    return launch(day) if _are_tags_of(day) else None


def begin(day: date) -> Launch:
    """The same at once, by hand: also for plays that were approved after the morning's launch. In
    the caller's transaction: all of it, or nothing."""
    _tidy(day)
    _ask_stores(day)
    return launch(day)


def _tidy(day: date) -> None:
    if begin_round(ROUND, day.isoformat()):
        end_by_sales(None)  # whatever nobody heard of
        lapse(day)
        escalate(day)
        follow_up(None, day)


def _ask_stores(day: date) -> None:
    """What the morning asks of stores, about no member."""
    ask_stores(day)
    open_in_empty_hours(day)


def _are_tags_of(day: date) -> bool:
    state = state_of(Subject.MEMBER)
    return state is not None and state.as_of == day
