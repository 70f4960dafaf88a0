"""What the worker does for the metrics."""

from regulars.ground.jobs.service import every
from regulars.understand.metrics.closing import close_due


@every("23 * * * *")
def close_months() -> None:
    close_due()
