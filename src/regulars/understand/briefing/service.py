"""The briefing room: how a day begins and ends, and the messages about it."""

from regulars.understand.briefing.evening import Below, Closing, get_closing
from regulars.understand.briefing.morning import Briefing, get_briefing
from regulars.understand.briefing.numbers import Numbers, Targets, numbers_of_places, numbers_seen
from regulars.understand.briefing.rounds import (
    EVENING,
    MORNING,
    part_of_now,
    write_due_rounds,
    write_evening,
    write_morning,
)

__all__ = [
    "EVENING",
    "MORNING",
    "Below",
    "Briefing",
    "Closing",
    "Numbers",
    "Targets",
    "get_briefing",
    "get_closing",
    "numbers_of_places",
    "numbers_seen",
    "part_of_now",
    "write_due_rounds",
    "write_evening",
    "write_morning",
]
