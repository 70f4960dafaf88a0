"""The opportunities room for other rooms."""

from regulars.act.opportunities.answering import Placed, answers_among, find_answer, placed
from regulars.act.opportunities.calendar import (
    Conflict,
    Meeting,
    conflicts_among,
    conflicts_of,
)
from regulars.act.opportunities.experiment import end_those_over, outcome_of, outcomes_of
from regulars.act.opportunities.fitting import with_goods
from regulars.act.opportunities.guarding import (
    add_guard,
    check_texts,
    drop_guard,
    guarded_products,
    list_guards,
)
from regulars.act.opportunities.keeping import (
    approve,
    check_play,
    said_of,
    save_play,
    send_back,
    stop,
    stores_named,
    submit,
    usual,
)
from regulars.act.opportunities.library import Ready, answers_to, get_ready, library
from regulars.act.opportunities.reach import among, candidates, mean_ticket
from regulars.act.opportunities.reading import get_play, list_at_hand, list_plays
from regulars.act.opportunities.reasons import filled as reason_of
from regulars.act.opportunities.rules import ENTERED, SAID, awaited
from regulars.act.opportunities.sizing import A_PERSON, Expected, Load, Size, days_of, size, trial
from regulars.act.opportunities.skills import list_skills, name_of_skill, who_can
from regulars.act.opportunities.triggers import (
    events_awaited,
    plays_triggered_by,
    running,
    triggered,
)
from regulars.act.opportunities.watching import said_of_value

__all__ = [
    "A_PERSON",
    "ENTERED",
    "SAID",
    "Conflict",
    "Expected",
    "Load",
    "Meeting",
    "Placed",
    "Ready",
    "Size",
    "add_guard",
    "among",
    "answers_among",
    "answers_to",
    "approve",
    "awaited",
    "candidates",
    "check_play",
    "check_texts",
    "conflicts_among",
    "conflicts_of",
    "days_of",
    "drop_guard",
    "end_those_over",
    "events_awaited",
    "find_answer",
    "get_play",
    "get_ready",
    "guarded_products",
    "library",
    "list_at_hand",
    "list_guards",
    "list_plays",
    "list_skills",
    "mean_ticket",
    "name_of_skill",
    "outcome_of",
    "outcomes_of",
    "placed",
    "plays_triggered_by",
    "reason_of",
    "running",
    "said_of",
    "said_of_value",
    "save_play",
    "send_back",
    "size",
    "stop",
    "stores_named",
    "submit",
    "trial",
    "triggered",
    "usual",
    "who_can",
    "with_goods",
]
