"""What the worker does for diagnosis."""

from regulars.ground.jobs.service import every
from regulars.understand.diagnosis.morning import look_each_morning


@every("40 20 * * *")
def look() -> None:
    """Before the stores of China open (04:40 in Shanghai)."""
    look_each_morning()
