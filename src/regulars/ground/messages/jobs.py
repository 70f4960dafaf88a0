"""What the worker does for messages."""

from regulars.ground.jobs.service import every
from regulars.ground.messages.service import forget_old


@every("7 19 * * *")
def forget_old_messages() -> None:
    forget_old()
