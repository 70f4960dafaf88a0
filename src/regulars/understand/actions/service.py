"""Give, report and judge actions; huddle, visits, benchmark, profit, usage, ledger, alerts."""

from regulars.understand.actions.alerts import (
    check_alert,
    check_all,
    get_alert,
    list_alerts,
    list_hits,
    set_alert,
    switch_alert,
)
from regulars.understand.actions.benchmark import Benchmark, get_benchmark
from regulars.understand.actions.course import Course, get_course, judge, judge_all
from regulars.understand.actions.due import Late, Work, list_newly_late, work_of_places
from regulars.understand.actions.formulas import Formula
from regulars.understand.actions.giving import (
    comment,
    drop,
    due_by_default,
    get_action,
    get_finding,
    give_action,
    list_actions,
    list_findings,
    list_late,
    list_own,
    list_unanswered,
    may_report,
    reopen,
    report_done,
)
from regulars.understand.actions.huddle import Huddle, TargetOf, get_huddle, give_out
from regulars.understand.actions.ledger import Ledger, get_ledger
from regulars.understand.actions.people import Person, find_person, list_people
from regulars.understand.actions.profit import StoreMonth, get_store_month, set_costs
from regulars.understand.actions.roster import Roster, get_roster, put_on_shift
from regulars.understand.actions.usage import (
    Usage,
    count_usage,
    usage_by_day,
    usage_by_place,
    usage_by_position,
)
from regulars.understand.actions.visits import (
    ToVisit,
    list_open_promises,
    list_to_visit,
    list_visits,
    note_visit,
    tell_promise,
)

__all__ = [
    "Benchmark",
    "Course",
    "Formula",
    "Huddle",
    "Late",
    "Ledger",
    "Person",
    "Roster",
    "StoreMonth",
    "TargetOf",
    "ToVisit",
    "Usage",
    "Work",
    "check_alert",
    "check_all",
    "comment",
    "count_usage",
    "drop",
    "due_by_default",
    "find_person",
    "get_action",
    "get_alert",
    "get_benchmark",
    "get_course",
    "get_finding",
    "get_huddle",
    "get_ledger",
    "get_roster",
    "get_store_month",
    "give_action",
    "give_out",
    "judge",
    "judge_all",
    "list_actions",
    "list_alerts",
    "list_findings",
    "list_hits",
    "list_late",
    "list_newly_late",
    "list_open_promises",
    "list_own",
    "list_people",
    "list_to_visit",
    "list_unanswered",
    "list_visits",
    "may_report",
    "note_visit",
    "put_on_shift",
    "reopen",
    "report_done",
    "set_alert",
    "set_costs",
    "switch_alert",
    "tell_promise",
    "usage_by_day",
    "usage_by_place",
    "usage_by_position",
    "work_of_places",
]
