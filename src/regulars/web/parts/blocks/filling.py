"""What each block shows: of the own place, at the cost of one or two questions."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

import segno
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from regulars.ground.accounts.access import CATEGORY_SEPARATOR, Capability, Scope
from regulars.ground.kit import clock
from regulars.ground.messages.service import count_unread
from regulars.ground.org.service import get_place
from regulars.know.collect.service import get_backlog, list_open_rejects
from regulars.understand.actions import service
from regulars.understand.actions.models import Action, AlertHit
from regulars.understand.briefing.service import part_of_now
from regulars.understand.metrics.service import (
    Question,
    ask,
    get_freshness,
    get_member_assets,
    get_tree,
    list_trend,
)
from regulars.understand.targets import service as targets
from regulars.web.parts.blocks.block import Device, Looking
from regulars.web.parts.drawing import drawing_of, trend_chart
from regulars.web.parts.live import live_numbers
from regulars.web.parts.plans import find_plan_at_hand, this_month_of
from regulars.web.parts.playing import list_running

DAY, WEEK, FOUR_WEEKS = timedelta(days=1), timedelta(days=7), timedelta(days=27)
TODAY, MONTH, YEAR = "today", "month", "year"
PERIODS = {TODAY: _("Today"), MONTH: _("This month"), YEAR: _("This year")}
MOST_FINDINGS, MOST_ACTIONS, MOST_NOTICES, MOST_HITS = 4, 5, 4, 60


@dataclass(frozen=True)
class Notice:
    """All places that one check of an alert told of."""

    name: str
    hits: list[AlertHit]


def live(looking: Looking) -> dict[str, Any]:
    return live_numbers(looking.scope)


def briefing(looking: Looking) -> dict[str, Any]:
    return {"part": part_of_now(), "unread_count": count_unread(looking.user)}


def findings(looking: Looking) -> dict[str, Any]:
    """The unanswered findings that cost most."""
    unanswered = service.list_unanswered(looking.scope).filter(_of_own_goods(looking.scope))
    return {
        "findings": unanswered[:MOST_FINDINGS],
        "may_give": looking.scope.may(Capability.GIVE_ACTIONS),
    }


def actions(looking: Looking) -> dict[str, Any]:
    """What is to be done by oneself; then what is late or due by tomorrow at the own places."""
    is_open = service.list_actions(looking.scope).filter(state=Action.State.OPEN)
    own = list(service.list_own(looking.user, is_open)[:MOST_ACTIONS])
    due = is_open.filter(parent=None, due_on__lte=clock.today() + DAY)
    others = due.exclude(pk__in=[action.pk for action in own])
    is_late = Q(due_on__lt=clock.today())
    counted = is_open.aggregate(open_count=Count("pk"), late_count=Count("pk", filter=is_late))
    return {
        "own": own,
        "others": list(others[:MOST_ACTIONS]),
        **counted,
        "may_give": looking.scope.may(Capability.GIVE_ACTIONS),
    }


def plays(looking: Looking) -> dict[str, Any]:
    """The plays that run today, with what each was worth so far; left out where none may run."""
    return {
        "plays": list_running(looking.scope),
        "may_make": looking.scope.may(Capability.MAKE_PLAYS),
    }


def alerts(looking: Looking) -> dict[str, Any]:
    """What is past a threshold now, a line a notice."""
    hits = service.list_hits(looking.scope).filter(cleared_at=None)
    notices = [
        Notice(name, list(group))
        for (name, _at), group in groupby(hits[:MOST_HITS], lambda h: (h.alert.name, h.raised_at))
    ]
    return {"notices": notices[:MOST_NOTICES], "more": len(notices) > MOST_NOTICES}


def visits(looking: Looking) -> dict[str, Any]:
    return {"to_visit": service.list_to_visit(looking.scope)}


def huddle(looking: Looking) -> dict[str, Any]:
    store = get_place(looking.scope.node_id)
    return {"store": store, "roster": service.get_roster(store)}


def target_of_the_month(looking: Looking) -> dict[str, Any]:
    """How far the own place's target of the month is; nothing further where there is no plan."""
    scope, question = looking.scope, ask(looking.scope)
    plan = find_plan_at_hand(scope)
    if plan is None:
        return {"plan": None, "may_make": scope.may(Capability.SET_TARGETS)}
    sight = this_month_of(plan, question)
    may_see_talk = not question.categories
    opened = targets.list_proposals(scope, plan).filter(state="open") if may_see_talk else None
    return {
        "plan": plan,
        "sight": sight,
        "whole": sight.whole,
        "open_count": opened.count() if opened is not None else 0,
        "waits_for_us": plan.state == plan.State.PROPOSED
        and scope.may(Capability.PROPOSE_TARGETS)
        and not scope.is_whole_chain,
    }


def month(looking: Looking) -> dict[str, Any]:
    """The tree of the own place; on the phone of a time of choice up to today."""
    asked = looking.request.GET.get("period", MONTH)
    period = asked if asked in PERIODS else MONTH
    is_phone = looking.device == Device.PHONE
    question = _up_to_today(looking.scope, period) if is_phone else ask(looking.scope)
    return {
        "question": question,
        "periods": PERIODS,
        "period": period,
        "freshness": get_freshness(),
        "tree_path": reverse("metrics"),
        **drawing_of(get_tree(question), ""),
    }


def trend(looking: Looking) -> dict[str, Any]:
    return {"trend": trend_chart(list_trend(ask(looking.scope)))}


def ledger(looking: Looking) -> dict[str, Any]:
    today = clock.today()
    return {"ledger": service.get_ledger(looking.scope, today - FOUR_WEEKS, today)}


def usage(looking: Looking) -> dict[str, Any]:
    """People who acted ÷ people on shift: yesterday, and the week up to then by position."""
    node, yesterday = get_place(looking.scope.node_id), clock.today() - DAY
    first = yesterday - WEEK + DAY
    return {
        "yesterday": service.usage_by_day(node, yesterday, yesterday).get(yesterday),
        "positions": service.usage_by_position(node, first, yesterday),
    }


def assets(looking: Looking) -> dict[str, Any]:
    return {"assets": get_member_assets(looking.scope)}


def data(looking: Looking) -> dict[str, Any]:
    return {
        "backlog": get_backlog(),
        "reject_count": list_open_rejects().count(),
        "may_import": looking.scope.may(Capability.IMPORT_DATA),
    }


def catalogue(looking: Looking) -> dict[str, Any]:
    return {"is_desk": looking.device == Device.DESK}


def scan(looking: Looking) -> dict[str, Any]:
    address = looking.request.build_absolute_uri(reverse("phone_home"))
    return {"phone_address": address, "phone_code": qr_code(address)}


def first_day(period: str) -> date:
    today = clock.today()
    starts = {TODAY: today, MONTH: today.replace(day=1), YEAR: today.replace(month=1, day=1)}
    return starts[period]


def qr_code(text: str) -> SafeString:
    """An SVG that a phone's camera reads."""
    drawing = io.BytesIO()
    segno.make(text, error="m").save(
        drawing, kind="svg", scale=4, border=1, xmldecl=False, svgns=False, omitsize=True
    )
    return mark_safe(drawing.getvalue().decode())  # drawn here, from an address


def _up_to_today(scope: Scope, period: str) -> Question:
    return ask(
        scope, first=first_day(period).isoformat(), last=clock.today().isoformat(),
        compare="last_year" if period == YEAR else "previous",
    )  # fmt: skip


def _of_own_goods(scope: Scope) -> Q:
    """For whoever sees some goods alone: findings about these."""
    return _any_of(
        Q(category__code=code) | Q(category__code__startswith=code + CATEGORY_SEPARATOR)
        for code in scope.category_codes
    )


def _any_of(conditions: Iterable[Q]) -> Q:
    found = Q()
    for condition in conditions:
        found |= condition
    return found
