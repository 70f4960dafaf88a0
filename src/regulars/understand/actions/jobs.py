"""What the worker does for actions."""

from datetime import timedelta

from regulars.ground.jobs.service import every
from regulars.ground.kit import clock
from regulars.understand.actions.alerts import check_all
from regulars.understand.actions.course import judge_all
from regulars.understand.actions.usage import count_usage


@every("*/15 * * * *")
def check_alerts() -> None:
    check_all()


@every("13,43 * * * *")
def count_usage_of_today() -> None:
    """Yesterday too: its last acts came after it was last counted."""
    today = clock.today()
    count_usage(today - timedelta(days=1))
    count_usage(today)


@every("37 2 * * *")
def judge_actions() -> None:
    judge_all()
