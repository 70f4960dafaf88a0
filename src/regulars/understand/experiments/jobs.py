"""What the worker does for experiments."""

from regulars.ground.jobs.service import every
from regulars.ground.kit import clock
from regulars.understand.experiments.keeping import keep_all


@every("10 19 * * *")
def keep_outcomes() -> None:
    """In the night of China (03:10 in Shanghai), before mornings are planned."""
    keep_all(clock.today())
