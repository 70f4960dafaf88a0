"""Why a number moved: the causes behind a node's gap."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from regulars.ground.accounts.access import Capability, scope_of
from regulars.understand.diagnosis.service import (
    Diagnosis,
    Finding,
    cause_of,
    diagnose,
    sentence_of,
)
from regulars.understand.metrics.service import Period, ask, get_freshness
from regulars.web.api.answers import answers
from regulars.web.api.auth import may
from regulars.web.api.metric_schemas import PeriodOut, Sentence

router = Router(tags=["Diagnosis"])


class DiagnosisIn(Schema):
    """What is left out is as wide as the caller's scope, for the month of today."""

    org: str = Field("", description="Id of a store, branch or region.")
    category: str = Field("", description="Path, “A > B > C”.")
    first: str = Field("", alias="from", description="First business date, such as 2026-01-01.")
    last: str = Field("", alias="to", description="Last business date, inclusive.")
    against: str = Field(
        "previous",
        description="previous (the period before), year (the same days last year), target, "
        "or other days as 2026-01-01..2026-01-31.",
    )
    by: str = Field("", description="As in /metrics/tree: how a change is shared out.")


class PlaceOut(Schema):
    code: str
    name: str
    cents: int


class OffsetOut(Schema):
    part: str
    factor: str
    cents: int


class GuardOut(Schema):
    code: str
    is_it: bool = Field(description="Whether it explains part of what was found.")
    cents: int | None
    notes: list[str]


class DismissedOut(Schema):
    by: str
    reason: str
    until: date = Field(description="Or until its money is twice what it was.")


class FindingOut(Schema):
    id: int | None = Field(description="Under what it is kept today.")
    sentence: str
    cause: str
    org: str = Field(description="The place of the cause.")
    org_name: str
    category: str | None
    part: str = Field(description="A part of the tree, or total.")
    factor: str = Field(description="As in /metrics/tree; empty: the calendar, or openings.")
    contribution_cents: int
    share: float | None = Field(description="Of the gap asked about.")
    members_concerned: int | None
    score: float = Field(description="How unusual, in deviations of the place's own past.")
    is_raised: bool = Field(description="Whether that is beyond the threshold.")
    worst_places: list[PlaceOut]
    worst_categories: list[PlaceOut]
    channels: list[PlaceOut] = Field(description="The change of the place's own sales by channel.")
    offsets: list[OffsetOut]
    guards: list[GuardOut]
    dismissed: DismissedOut | None = Field(description="Who set it aside, and why.")


class DiagnosisOut(Schema):
    org: str
    period: PeriodOut
    compared: PeriodOut | None
    against: str
    as_of: AwareDatetime | None = Field(description="When the newest data came in.")
    net_cents: int
    gap_cents: int | None
    calendar_cents: int | None = Field(description="What weekdays and festivals alone make of it.")
    opening_cents: int = Field(description="Stores that opened or closed.")
    findings: list[FindingOut] = Field(description="Those raised first, by money.")
    reason: Sentence = Field(description="Why nothing can be said; empty where it can.")


@router.get(
    "/diagnosis",
    auth=may(Capability.SEE_METRICS),
    response=answers(DiagnosisOut),
    by_alias=True,
)
def get_diagnosis(request: HttpRequest, given: Query[DiagnosisIn]) -> dict[str, Any]:
    """Why a node stands where it does: exact contributions of the few causes behind its gap.

    A cause is unusual for its place beside its own past and beside what all others did at the same
    time; amounts are Shapley values of the place's own tree, to the cent.
    """
    scope = scope_of(request.user)
    question = ask(
        scope,
        org=given.org,
        category=given.category,
        first=given.first,
        last=given.last,
        by=given.by,
    )
    return _diagnosis(diagnose(scope, question, given.against))


def _diagnosis(told: Diagnosis) -> dict[str, Any]:
    return {
        "org": told.asked_code,
        "period": _period(told.period),
        "compared": told.compared and _period(told.compared),
        "against": told.against,
        "as_of": get_freshness().as_of,
        "net_cents": told.comparison.net_cents,
        "gap_cents": told.gap_cents,
        "calendar_cents": told.calendar_cents,
        "opening_cents": told.opening_cents,
        "findings": [_finding(finding) for finding in told.findings],
        "reason": told.reason,
    }


def _period(period: Period) -> dict[str, date]:
    return {"first": period.start, "last": period.last_day}


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.pk,
        "sentence": sentence_of(finding),
        "cause": cause_of(finding),
        "org": finding.node_code,
        "org_name": finding.node_name,
        "category": finding.category_code,
        "part": finding.part,
        "factor": finding.factor,
        "contribution_cents": finding.contribution_cents,
        "share": None if finding.share is None else float(finding.share),
        "members_concerned": finding.members_concerned,
        "score": finding.score,
        "is_raised": finding.is_raised,
        "worst_places": [vars(place) for place in finding.worst_places],
        "worst_categories": [vars(place) for place in finding.worst_categories],
        "channels": [vars(place) for place in finding.channels],
        "offsets": [vars(offset) for offset in finding.offsets],
        "guards": [vars(guard) for guard in finding.guards],
        "dismissed": finding.dismissed and vars(finding.dismissed),
    }
