"""The key figures of a node: every metric of the dictionary, now and beside another period."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from regulars.ground.accounts.access import Capability, requires
from regulars.understand.metrics.service import Question, Value, get_freshness, list_metrics
from regulars.web.console import asking
from regulars.web.console.metrics import controls_of
from regulars.web.parts.excel import as_excel, wants_excel
from regulars.web.parts.tables import RATIO, Column, at, table_of


@dataclass(frozen=True)
class Row:
    """A metric in the question's period and, where one is compared, in that one."""

    now: Value
    before: Value | None


def _in_major_units(side: str) -> Callable[[Row], Any]:
    """A spreadsheet's columns mix units, so money goes into it in major units."""

    def value(row: Row) -> Any:
        found = at(f"{side}.value")(row)
        return found / 100 if found is not None and row.now.metric.unit == "cents" else found

    return value


COLUMNS = (
    Column("code", _("Code"), at("now.metric.code")),
    Column("name", _("Name"), at("now.metric.name")),
    Column("unit", _("Unit"), at("now.metric.unit")),
    Column("value", _("Value"), _in_major_units("now"), RATIO),
    Column("before", _("Before"), _in_major_units("before"), RATIO),
    Column("formula", _("Formula"), at("now.metric.formula")),
    Column("note", _("Mind"), at("now.metric.note")),
)


@requires(Capability.SEE_METRICS)
def show(request: HttpRequest) -> HttpResponse:
    question = asking.question_of(request)
    rows = rows_of(question)
    if wants_excel(request):
        table = table_of(request, rows, COLUMNS, sort="code")
        return as_excel(request, table, f"metrics-{question.period.start}")
    page = {
        "question": question,
        "rows": rows,
        "freshness": get_freshness(),
        **controls_of(request, question),
    }
    return render(request, "console/kpis.html", page)


def rows_of(question: Question) -> list[Row]:
    now = list_metrics(question)
    if question.compared is None:
        return [Row(value, None) for value in now]
    before = list_metrics(question.for_period(question.compared))
    return [Row(*pair) for pair in zip(now, before, strict=True)]
