"""What the worker does for events."""

from regulars.ground.jobs.service import every
from regulars.know.events import drift


@every("*/15 * * * *")
def look_for_drift() -> None:
    drift.look_for_drift()
