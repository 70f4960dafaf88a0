"""Targets: the plans, and one of them seen from a place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import partial
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.ground.accounts.access import Capability, Scope, may_see_node, requires, scope_of
from regulars.ground.org.models import Node
from regulars.ground.org.service import node_ids_under
from regulars.understand.metrics.service import (
    CHAIN,
    METRICS,
    Comparison,
    Factor,
    Metric,
    Part,
    Question,
    Value,
    ask,
    get_freshness,
    list_metrics,
    month_named,
)
from regulars.understand.targets import service as targets
from regulars.understand.targets.models import Plan
from regulars.understand.targets.service import DayTarget, How, Line, Sight
from regulars.web.console.org import visible_path
from regulars.web.parts.excel import as_excel, wants_excel
from regulars.web.parts.tables import CENTS, CHANGE, COUNT, DATE, RATE, Column, Table, at, table_of

MOST_SAID = 20
NO_TARGET = gettext_lazy("No target: nothing is known of it in the days before.")
NO_BASE = gettext_lazy("Nothing was sold in the days before.")
NOT_BEGUN = gettext_lazy("It has not begun.")
PLANS = (
    Column("name", gettext_lazy("Plan"), at("plan.name"), link=at("url")),
    Column("kind", gettext_lazy("Kind"), at("kind")),
    Column("first_on", gettext_lazy("From"), at("plan.first_on"), DATE),
    Column("last_on", gettext_lazy("To"), at("plan.last_on"), DATE),
    Column("net", gettext_lazy("Target"), at("net_cents"), CENTS, reason=NO_TARGET),
    Column("state", gettext_lazy("State"), at("state")),
    Column("open", gettext_lazy("Open proposals"), at("open_count"), COUNT),
)
LINES = (
    Column("name", gettext_lazy("Name"), at("line.name"), link=at("url")),
    Column("net", gettext_lazy("Target"), at("line.net_cents"), CENTS, reason=NO_TARGET),
    Column("base", gettext_lazy("Base"), at("line.base_cents"), CENTS, reason=NO_BASE),
    Column("growth", gettext_lazy("Growth"), at("line.growth"), CHANGE, reason=NO_BASE),
    Column("sold", gettext_lazy("Sold"), at("line.sold_cents"), CENTS, reason=NOT_BEGUN),
    Column("done", gettext_lazy("Completion"), at("line.completion"), RATE, reason=NOT_BEGUN),
)
COUNTED = (
    Column("members", gettext_lazy("Members"), at("line.target.members"), COUNT),
    Column("buyers", gettext_lazy("Buying members"), at("line.target.buyers"), COUNT),
)


@dataclass(frozen=True)
class PlanRow:
    """One line of the list of plans, as it is for the place of who looks."""

    plan: Plan
    net_cents: int | None
    open_count: int

    @property
    def url(self) -> str:
        return reverse("target", args=[self.plan.code])

    @property
    def kind(self) -> str:
        return str(self.plan.get_kind_display())

    @property
    def state(self) -> str:
        return str(self.plan.get_state_display())


@dataclass(frozen=True)
class LineRow:
    """A place or a category below the one that is looked at."""

    line: Line
    url: str


@dataclass(frozen=True)
class Wanted:
    """Another number of a special plan; `value` is None before it begins."""

    metric: Metric
    wanted: Fraction
    value: Value | None


@requires(Capability.SEE_TARGETS)
def show_all(request: HttpRequest) -> HttpResponse:
    scope = scope_of(request.user)
    question = ask(scope)
    rows = [_plan_row(scope, plan, question) for plan in targets.visible_plans(scope)]
    table = table_of(request, rows, PLANS, sort="-first_on", find_in=("plan.name", "plan.code"))
    if wants_excel(request):
        return as_excel(request, table, "plans")
    return render(request, "console/targets.html", {"table": table, "question": question})


@requires(Capability.SEE_TARGETS)
def show(request: HttpRequest, code: str) -> HttpResponse:
    scope = scope_of(request.user)
    plan = targets.get_plan(scope, code)
    question = ask(scope, org=request.GET.get("org", ""))
    sight = targets.look(plan, question.org, month_of(request), question.categories)
    table = _lines(request, sight)
    if wants_excel(request):
        return as_excel(request, table, f"{plan.code}-{question.org.code}")
    page = {
        "plan": plan,
        "question": question,
        "sight": sight,
        "whole": sight.whole,
        "places": visible_path(request, question.org),
        "table": table,
        "goods": sight.goods,
        "axis": request.GET.get("axis", ""),
        "freshness": get_freshness(),
        "steps": [(s, Plan.State(s).label) for s in targets.STEPS[plan.state]],
        "how": How,
        "may": _may(scope, plan, question.org),
        **_month(plan, question, sight),
        **_talk(scope, plan, question.org),
    }
    return render(request, "console/target.html", page)


@requires(Capability.SEE_TARGETS)
def download(request: HttpRequest, code: str) -> HttpResponse:
    """Every amount in the caller's sight: a line a place, a column a month. What is written into
    its cells can be brought back."""
    scope = scope_of(request.user)
    plan, question = targets.get_plan(scope, code), ask(scope, org=request.GET.get("org", ""))
    ids = node_ids_under(question.org.pk)
    totals = targets.totals_in_force(plan, ids)
    nodes = Node.objects.filter(pk__in=ids).order_by("kind", "name", "code")
    months = [
        Column(f"{month:%Y-%m}", f"{month:%Y-%m}", partial(_cents, totals, month), CENTS)
        for month in targets.sheet_months(plan)
    ]
    columns = (
        Column("code", _("Id"), at("code")),
        Column("name", _("Name"), at("name")),
        Column("kind", _("Kind"), lambda node: node.get_kind_display()),
        *months,
    )
    return as_excel(request, table_of(request, list(nodes), columns, sort="kind"), plan.code)


def month_of(request: HttpRequest) -> date | None:
    """The month that an address names; None: all of them. Raises UserError."""
    text = request.POST.get("month") or request.GET.get("month")
    return month_named(text).start if text else None


def _cents(totals: Any, month: date, node: Node) -> int | None:
    found = totals.get((node.pk, month))
    return found.net_cents if found else None


def _plan_row(scope: Scope, plan: Plan, question: Question) -> PlanRow:
    sight = targets.look(plan, question.org, None, question.categories)
    opened = targets.list_proposals(scope, plan).filter(state="open").count()
    return PlanRow(plan, sight.whole.net_cents, 0 if question.categories else opened)


def _lines(request: HttpRequest, sight: Sight) -> Table:
    def url(line: Line) -> str:
        query = request.GET.copy()
        query["org"] = line.code
        for name in ("sort", "find", "page", "export"):
            query.pop(name, None)
        return f"?{query.urlencode()}"

    rows = [LineRow(line, url(line)) for line in sight.places]
    has_counts = any(line.target and line.target.buyers is not None for line in sight.places)
    columns = LINES + (COUNTED if has_counts else ())
    return table_of(
        request, rows, columns, sort="-net", find_in=("line.name", "line.code")
    )  # fmt: skip


def _month(plan: Plan, question: Question, sight: Sight) -> dict[str, Any]:
    """The tree and the days of the chosen month."""
    month, net_cents = sight.month, sight.whole.net_cents
    if month is None or net_cents is None:
        return {}
    days = targets.list_day_targets(question.org, month, net_cents)
    comparison = None
    if not question.categories:
        comparison = targets.beside_base(plan, question.org, month)
    return {
        "comparison": comparison,
        "factors": _factors(comparison) if comparison else [],
        "weeks": weeks_of(days),
        "weekday_names": WEEKDAYS.values(),
        "weekdays": targets.get_weekdays(question.org, month.period.start),
    }


def weeks_of(days: Sequence[DayTarget]) -> list[tuple[int, list[DayTarget | None]]]:
    """Rows of a calendar from Monday to Sunday, each with its cents; None outside the month."""
    found = []
    for _week, group in groupby(days, lambda each: each.weight.day.isocalendar()[:2]):
        week = list(group)
        before: list[DayTarget | None] = [None] * week[0].weight.day.weekday()
        row = before + week
        row += [None] * (7 - len(row))
        found.append((sum(each.net_cents for each in week), row))
    return found


def _factors(comparison: Comparison) -> list[tuple[Part, list[Factor | None]]]:
    """The parts with their factors, each in its own column."""
    found = []
    for part in comparison.parts:
        by_code = {factor.code: factor for factor in part.factors}
        found.append((part, [by_code.get(code) for code in CHAIN]))
    return [(part, factors) for part, factors in found if part.net_cents or part.before]


def _may(scope: Scope, plan: Plan, node: Node) -> dict[str, bool]:
    is_open = plan.state != Plan.State.FROZEN
    is_above = scope.node_id is None or (node.pk != scope.node_id and may_see_node(scope, node.pk))
    sees_all_goods = not scope.category_codes
    return {
        "change": is_open and is_above and sees_all_goods and scope.may(Capability.SHARE_TARGETS),
        "lift": scope.is_whole_chain,
        "upload": is_open and sees_all_goods and scope.may(Capability.SHARE_TARGETS),
        "propose": plan.state == Plan.State.PROPOSED
        and node.kind != Node.Kind.HEAD_OFFICE
        and scope.may(Capability.PROPOSE_TARGETS),
        "answer": is_open and scope.may(Capability.SHARE_TARGETS),
        "move": scope.may(Capability.SET_TARGETS),
        "replan": plan.is_in_force and scope.may(Capability.SET_TARGETS),
    }


def _talk(scope: Scope, plan: Plan, node: Node) -> dict[str, Any]:
    """What was proposed and said of the place, and the plan's versions; not for who sees goods."""
    if scope.category_codes:
        return {}
    return {
        "proposals": targets.list_proposals(scope, plan, node)[:MOST_SAID],
        "comments": targets.list_comments(plan, node)[:MOST_SAID],
        "versions": plan.versions.select_related("made_by").order_by("-number")[:MOST_SAID],
        "wanted": _wanted(plan, node) if plan.metrics.exists() else [],
    }


def _wanted(plan: Plan, node: Node) -> list[Wanted]:
    """The other numbers that a special plan is after, beside what they are so far."""
    question = targets.sold_question(plan, node)
    values = {} if question is None else {v.metric.code: v for v in list_metrics(question)}
    return [
        Wanted(METRICS[each.code], Fraction(each.wanted), values.get(each.code))
        for each in plan.metrics.order_by("pk")
    ]
