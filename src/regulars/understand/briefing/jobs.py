"""What the worker does for briefings: the rounds by the clock, and who is told of what happened."""

from regulars.ground.jobs.service import every, subscribe
from regulars.understand.briefing import about_actions
from regulars.understand.briefing.about_alerts import tell_of_alert
from regulars.understand.briefing.rounds import write_due_rounds


@every("*/5 * * * *")
def write_rounds() -> None:
    """So often it is looked whether the chain's hour has come."""
    write_due_rounds()


@subscribe("alert.raised")
def tell_alert(alert_id: int, hit_ids: list[int]) -> None:
    tell_of_alert(alert_id, hit_ids)


@subscribe("action.given")
def tell_given(action_id: int) -> None:
    about_actions.tell_of_given(action_id)


@subscribe("action.reported")
def tell_reported(action_id: int, by: int | None = None) -> None:
    about_actions.tell_of_end("action.reported", action_id, by)


@subscribe("action.dropped")
def tell_dropped(action_id: int, by: int | None = None) -> None:
    about_actions.tell_of_end("action.dropped", action_id, by)


@subscribe("action.commented")
def tell_comment(comment_id: int) -> None:
    about_actions.tell_of_comment(comment_id)
