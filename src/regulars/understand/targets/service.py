"""The targets room for other rooms: the target of a place and time, and how it comes about."""

from regulars.understand.targets.calendar import (
    DayWeight,
    Weekdays,
    day_weights,
    get_weekdays,
    list_day_weights,
    list_days,
    remove_days,
    set_days,
)
from regulars.understand.targets.changing import How, change_amounts, replan
from regulars.understand.targets.finding import (
    DayTarget,
    find_plan,
    find_target,
    is_money_only,
    list_day_targets,
    money_only,
    sold_by_month,
    target_in,
    visible_plans,
)
from regulars.understand.targets.keeping import totals_in_force
from regulars.understand.targets.making import (
    Outlook,
    Wish,
    foresee,
    make_again,
    make_plan,
    weights_of,
)
from regulars.understand.targets.negotiating import (
    STEPS,
    Ask,
    answer_proposal,
    comment_on,
    get_plan,
    list_asks,
    list_comments,
    list_proposals,
    move_plan,
    propose,
)
from regulars.understand.targets.rules import WEIGHTS, split_cents, target_counts
from regulars.understand.targets.sheets import read_sheet, sheet_months
from regulars.understand.targets.stretches import Stretch, stretch_of, stretches_of
from regulars.understand.targets.watching import Line, Sight, look

__all__ = [
    "STEPS", "WEIGHTS", "Ask", "DayTarget", "DayWeight", "How", "Line", "Outlook", "Sight",
    "Stretch", "Weekdays", "Wish", "answer_proposal", "change_amounts", "comment_on",
    "day_weights", "find_plan", "find_target", "foresee", "get_plan", "get_weekdays",
    "is_money_only", "list_asks", "list_comments", "list_day_targets", "list_day_weights",
    "list_days", "list_proposals", "look", "make_again", "make_plan", "money_only", "move_plan",
    "propose", "read_sheet", "remove_days", "replan", "set_days", "sheet_months", "sold_by_month",
    "split_cents", "stretch_of", "stretches_of", "target_counts", "target_in", "totals_in_force",
    "visible_plans", "weights_of",
]  # fmt: skip
