"""What every morning asks of leads, once: what is over ends, what is late is told."""

from datetime import date

from regulars.act.tasks.ending import end_by_sales, lapse
from regulars.act.tasks.escalating import escalate
from regulars.act.tasks.launching import launch
from regulars.act.tasks.models import Launch
from regulars.ground.kit import clock
from regulars.ground.kit.deployment import chain
from regulars.ground.messages.service import begin_round

HOURS_A_DAY = 24
ROUND = "leads"


def begin_day() -> Launch | None:
    """Launch the day, from the chain's hour on; None before it, and where it is launched."""
    day = clock.today()
    if not _is_past(chain().briefing_hour) or Launch.objects.filter(on=day).exists():
        return None
    return begin(day)


def begin(day: date) -> Launch:
    """The same at once; the launch of the day as it stands, where there is one. In the caller's
    transaction: all of it, or nothing."""
    if begin_round(ROUND, day.isoformat()):
        end_by_sales(None)  # whatever nobody heard of
        lapse(day)
        escalate(day)
    return launch(day)


def _is_past(hour: int) -> bool:
    """Whether an hour of the wall's clock lies behind, in this business day."""
    hours = (hour - chain().day_cutoff_hours) % HOURS_A_DAY
    return clock.hours_over(clock.now()) >= hours
