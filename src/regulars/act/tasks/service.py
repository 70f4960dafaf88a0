"""The tasks room for other rooms."""

from regulars.act.tasks.at_stores import list_running as list_running_at_stores
from regulars.act.tasks.at_stores import open_by_hand
from regulars.act.tasks.changing import assign, claim, close, give_back, reopen, touch
from regulars.act.tasks.contacts import (
    channels_of,
    end_of_quiet,
    is_quiet_now,
)
from regulars.act.tasks.errors import Conflict, NotOffered, Taken
from regulars.act.tasks.handover import hand_over, take_back_handover
from regulars.act.tasks.launching import launch
from regulars.act.tasks.making import add_task, open_lead, open_leads, split
from regulars.act.tasks.mornings import begin
from regulars.act.tasks.reading import (
    count_opened_on,
    get_lead,
    list_leads,
    visible_leads,
)
from regulars.act.tasks.serving import ANSWERED, count_served
from regulars.act.tasks.showing import Shown, show
from regulars.act.tasks.team import Board, Load, Results, my_results, team_board
from regulars.act.tasks.tickets import give_lead_ticket
from regulars.act.tasks.visits import end_visit, may_see_member, open_visits, visit_member

__all__ = [
    "ANSWERED",
    "Board",
    "Conflict",
    "Load",
    "NotOffered",
    "Results",
    "Shown",
    "Taken",
    "add_task",
    "assign",
    "begin",
    "channels_of",
    "claim",
    "close",
    "count_opened_on",
    "count_served",
    "end_of_quiet",
    "end_visit",
    "get_lead",
    "give_back",
    "give_lead_ticket",
    "hand_over",
    "is_quiet_now",
    "launch",
    "list_leads",
    "list_running_at_stores",
    "may_see_member",
    "my_results",
    "open_by_hand",
    "open_lead",
    "open_leads",
    "open_visits",
    "reopen",
    "show",
    "split",
    "take_back_handover",
    "team_board",
    "touch",
    "visible_leads",
    "visit_member",
]
