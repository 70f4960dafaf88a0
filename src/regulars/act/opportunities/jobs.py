"""What the worker does for plays."""

from regulars.act.opportunities.experiment import end_those_over
from regulars.ground.jobs.service import every
from regulars.ground.kit import clock


@every("2 19 * * *")
def end_what_is_over() -> None:
    """Before outcomes are counted, in the night of China (03:02 in Shanghai)."""
    end_those_over(clock.today())
