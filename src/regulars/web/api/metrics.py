"""The metric tree and the KPI dictionary, for any node × goods × channel × period in scope."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from regulars.ground.accounts.access import Capability, scope_of
from regulars.understand.metrics import service as metrics
from regulars.understand.metrics.service import Counts, Factor, Part, Period, Question, Value
from regulars.web.api.answers import answers
from regulars.web.api.auth import may
from regulars.web.api.metric_schemas import MetricsOut, QuestionIn, TreeOut

router = Router(tags=["Metrics"])


@router.get(
    "/metrics/tree", auth=may(Capability.SEE_METRICS), response=answers(TreeOut), by_alias=True
)
def get_tree(request: HttpRequest, given: Query[QuestionIn]) -> dict[str, Any]:
    """The member GMV identity of one node and period, beside another period.

    Every net cent stands in one part. Members and buyers do not add up over stores, categories or
    brands: each node counts its own.
    """
    question = _asked(request, given)
    told = metrics.get_tree(question)
    return {
        "question": _question(question),
        "as_of": metrics.get_freshness().as_of,
        "net_cents": told.net_cents,
        "change_cents": told.change_cents,
        "change_rate": told.change_rate,
        "total": _counts(told.tree.total),
        "parts": [_part(part) for part in told.parts],
    }


@router.get(
    "/metrics", auth=may(Capability.SEE_METRICS), response=answers(MetricsOut), by_alias=True
)
def list_metrics(request: HttpRequest, given: Query[QuestionIn]) -> dict[str, Any]:
    """Every metric: its definition and its value for one node and period."""
    question = _asked(request, given)
    return {
        "question": _question(question),
        "as_of": metrics.get_freshness().as_of,
        "metrics": [_metric(value) for value in metrics.list_metrics(question)],
    }


def _asked(request: HttpRequest, given: QuestionIn) -> Question:
    return metrics.ask(scope_of(request.user), **given.dict())


def _question(question: Question) -> dict[str, Any]:
    return {
        "org": question.org.code,
        "org_name": question.org.name,
        "category": [category.code for category in question.categories],
        "brand": [brand.code for brand in question.brands],
        "channel": question.channel,
        "period": _period(question.period),
        "compared": question.compared and _period(question.compared),
    }


def _period(period: Period) -> dict[str, Any]:
    return {"first": period.start, "last": period.last_day}


def _part(part: Part) -> dict[str, Any]:
    return {
        "code": part.code,
        "name": part.name,
        "counts": _counts(part.counts),
        "before": part.before and _counts(part.before),
        "change_cents": part.change_cents,
        "factors": [_factor(factor) for factor in part.factors],
    }


def _counts(counts: Counts) -> dict[str, int | None]:
    return asdict(counts)


def _factor(factor: Factor) -> dict[str, Any]:
    return {
        "code": factor.code,
        "name": factor.name,
        "unit": factor.unit,
        "value": factor.value,
        "before": factor.before,
        "contribution_cents": factor.contribution_cents,
        "reason": factor.reason,
    }


def _metric(value: Value) -> dict[str, Any]:
    metric = value.metric
    return {
        "code": metric.code,
        "name": metric.name,
        "formula": metric.formula,
        "unit": metric.unit,
        "adding": metric.adding,
        "note": metric.note,
        "numerator": value.numerator,
        "denominator": value.denominator,
        "value": value.value,
        "reason": value.why_unknown,
    }
