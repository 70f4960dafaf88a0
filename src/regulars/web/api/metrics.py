"""The metric tree and the KPI dictionary, for any node × goods × channel × period in scope."""

from dataclasses import asdict
from fractions import Fraction
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from regulars.ground.accounts.access import Capability, scope_of
from regulars.understand.metrics import service as metrics
from regulars.understand.metrics.service import (
    Cohort,
    Counts,
    Factor,
    Part,
    Period,
    Question,
    Slice,
    Value,
    Worth,
)
from regulars.web.api.answers import answers
from regulars.web.api.auth import may
from regulars.web.api.metric_schemas import (
    CohortsOut,
    MetricsOut,
    QuestionIn,
    SplitIn,
    SplitOut,
    TreeIn,
    TreeOut,
)

router = Router(tags=["Metrics"])


@router.get(
    "/metrics/tree", auth=may(Capability.SEE_METRICS), response=answers(TreeOut), by_alias=True
)
def get_tree(request: HttpRequest, given: Query[TreeIn]) -> dict[str, Any]:
    """The member GMV identity of one node and period, beside another period.

    Every net cent stands in one part. Members and buyers do not add up over stores, categories or
    brands: each node counts its own.
    """
    question = _asked(request, given)
    if given.state:
        question = metrics.as_closed(question)
    closing = metrics.get_closing(question)
    told = metrics.get_tree(question)
    return {
        "question": _question(question),
        "as_of": metrics.get_freshness().as_of,
        "closed_at": closing and closing.closed_at,
        "net_cents": told.net_cents,
        "change_cents": told.change_cents,
        "change_rate": told.change_rate,
        "total": counts_of(told.tree.total),
        "parts": [_part(part) for part in told.parts],
    }


@router.get(
    "/metrics/splits", auth=may(Capability.SEE_METRICS), response=answers(SplitOut), by_alias=True
)
def get_split(request: HttpRequest, given: Query[SplitIn]) -> dict[str, Any]:
    """One part of the tree in slices, beside another period.

    The active old by the stage of their youngest child as of the period's start, the new by how
    they joined. Not defined within goods: then there are no slices, and `reason` says so.
    """
    question = _asked(request, given)
    told = metrics.get_split(question, given.part)
    return {
        "question": _question(question),
        "as_of": metrics.get_freshness().as_of,
        "part": told.part,
        "name": told.name,
        "slices": [_slice(each) for each in told.slices],
        "reason": told.reason,
    }


@router.get(
    "/metrics/cohorts",
    auth=may(Capability.SEE_METRICS),
    response=answers(CohortsOut),
    by_alias=True,
)
def get_cohorts(request: HttpRequest, given: Query[QuestionIn]) -> dict[str, Any]:
    """Members by the month they joined, and what they came to month by month since (LTV).

    Of members whose home store is at the node, up to the period's end; what they bought counts
    wherever they bought it, returns taken off. Whole members only: within goods or a channel there
    are no cohorts, and `reason` says so.
    """
    question = _asked(request, given)
    told = metrics.get_cohorts(question)
    return {
        "question": _question(question),
        "as_of": metrics.get_freshness().as_of,
        "cohorts": [_cohort(cohort) for cohort in told.cohorts],
        "reason": told.reason,
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
    return metrics.ask(scope_of(request.user), **given.dict(include=set(QuestionIn.model_fields)))


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
        "counts": counts_of(part.counts),
        "before": part.before and counts_of(part.before),
        "change_cents": part.change_cents,
        "factors": [_factor(factor) for factor in part.factors],
    }


def counts_of(counts: Counts) -> dict[str, int | None]:
    """As `CountsOut`."""
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


def _slice(told: Slice) -> dict[str, Any]:
    return {
        "code": told.code,
        "name": told.name,
        "now": _slice_counts(told.counts, told.rate),
        "before": told.before and _slice_counts(told.before, told.rate_before),
        "change_cents": told.change_cents,
        "reason": told.reason,
    }


def _slice_counts(counts: Counts, rate: Fraction | None) -> dict[str, Any]:
    return {
        "members": counts.members,
        "buyers": counts.buyers,
        "rate": rate,
        "net_cents": counts.net_cents,
    }


def _cohort(cohort: Cohort) -> dict[str, Any]:
    return {
        "month": cohort.month_on.strftime("%Y-%m"),
        "members": cohort.members,
        "months": [_worth(worth) for worth in cohort.months],
        "to_date": cohort.to_date and _worth(cohort.to_date),
        "reason": cohort.reason,
    }


def _worth(worth: Worth) -> dict[str, Any]:
    return {
        "buyers": worth.buyers,
        "net_cents": worth.net_cents,
        "margin_cents": worth.margin_cents,
        "bought_rate": worth.bought_rate,
        "net_cents_per_member": worth.net_per_member,
        "margin_cents_per_member": worth.margin_per_member,
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
