"""Metrics as the API tells them: counts and cents are exact integers, ratios are views of them."""

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import AwareDatetime, BeforeValidator, Field


def _said(text: Any) -> str | None:
    return None if text is None else str(text)


Sentence = Annotated[str, BeforeValidator(_said)]  # translated when it is said
MaybeSentence = Annotated[str | None, BeforeValidator(_said)]


class QuestionIn(Schema):
    """Everything may be left out: then it is as wide as the caller's scope, for today's month."""

    first: str = Field("", alias="from", description="First business date, such as 2017-12-01.")
    last: str = Field("", alias="to", description="Last business date, inclusive.")
    org: str = Field("", description="Id of a store, branch or region.")
    category: str = Field("", description="Path, “A > B > C”.")
    brand: str = ""
    channel: str = ""
    compare: str = Field(
        "", description="previous (default), last_year, none, or two dates: 2016-12-01..2016-12-31."
    )
    by: str = Field(
        "",
        description="How a part's change is shared out among its factors: shapley (default, by no "
        "order), chain (one after the other, the members first) or chain_reversed (the price "
        "first).",
    )


class TreeIn(QuestionIn):
    state: Literal["", "closed"] = Field(
        "",
        description="closed: a month, of all goods and channels, as it stood when it was closed; "
        "left out: as it is known now.",
    )


class SplitIn(QuestionIn):
    part: str = Field("", description="active_old: by child stage; new: by how they joined.")


class PeriodOut(Schema):
    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to", description="Inclusive.")


class QuestionOut(Schema):
    org: str
    org_name: str
    category: list[str] = Field(description="Empty: all goods.")
    brand: list[str] = Field(description="Empty: all brands.")
    channel: str | None
    period: PeriodOut
    compared: PeriodOut | None


class CountsOut(Schema):
    members: int | None = Field(description="The base; null where it is not known.")
    buyers: int | None = Field(description="Null where buyers are not known as people.")
    tickets: int
    lines: int = Field(description="Distinct goods, summed over tickets.")
    units: int
    net_cents: int


class FactorOut(Schema):
    code: Literal["members", "buyers", "tickets", "lines", "units", "net_cents"]
    name: Sentence
    unit: Literal["count", "rate", "ratio", "cents"]
    value: float | None = Field(description="This count ÷ the one before it; null: unknown.")
    before: float | None
    contribution_cents: int | None = Field(
        description="What it brought to the part's change, as asked with `by`; they add up to it."
    )
    reason: MaybeSentence = Field(description="Why a value is unknown.")


class PartOut(Schema):
    code: str
    name: Sentence
    counts: CountsOut
    before: CountsOut | None
    change_cents: int | None
    factors: list[FactorOut] = Field(description="In the identity's order; empty for returns.")


class TreeOut(Schema):
    question: QuestionOut
    as_of: AwareDatetime | None = Field(description="When the newest data came in.")
    closed_at: AwareDatetime | None = Field(description="When this month was closed, if it was.")
    net_cents: int = Field(description="The sum of the parts' net cents, to the cent.")
    change_cents: int | None
    change_rate: float | None
    total: CountsOut
    parts: list[PartOut]


class SliceCountsOut(Schema):
    members: int | None = Field(description="Null where only buyers are recorded.")
    buyers: int
    rate: float | None = Field(description="Buyers ÷ members: retention, or conversion.")
    net_cents: int


class SliceOut(Schema):
    code: str = Field(description="A child stage or no_child; a way of joining, empty: unrecorded.")
    name: Sentence
    now: SliceCountsOut
    before: SliceCountsOut | None
    change_cents: int | None
    reason: MaybeSentence = Field(description="Why the rate is unknown.")


class SplitOut(Schema):
    question: QuestionOut
    as_of: AwareDatetime | None = Field(description="When the newest data came in.")
    part: str
    name: Sentence
    slices: list[SliceOut] = Field(
        description="They sum to the part's members, buyers and net cents, exactly."
    )
    reason: MaybeSentence = Field(description="Why there are no slices.")


class WorthOut(Schema):
    """All told since the month of joining. Exact counts and cents; the rest are views of them."""

    buyers: int = Field(description="Of the members, how many have bought.")
    net_cents: int
    margin_cents: int | None = Field(description="Null where the cost of a line is not recorded.")
    bought_rate: float | None = Field(description="Null where only buyers are recorded.")
    net_cents_per_member: float
    margin_cents_per_member: float | None


class CohortOut(Schema):
    month: str = Field(description="The month of joining, such as 2026-03.")
    members: int
    months: list[WorthOut] = Field(
        description="By the end of the month of joining (0), of the next (1) … 12; as far as over."
    )
    to_date: WorthOut | None
    reason: MaybeSentence = Field(description="Why nothing is known of what they came to.")


class CohortsOut(Schema):
    question: QuestionOut
    as_of: AwareDatetime | None = Field(description="When the newest data came in.")
    cohorts: list[CohortOut] = Field(description="The 24 latest with members, the newest first.")
    reason: MaybeSentence = Field(description="Why there are none: within goods or a channel.")


class MetricOut(Schema):
    code: str
    name: Sentence
    formula: Sentence
    unit: Literal["count", "cents", "rate", "ratio", "days"]
    adding: Literal["adds_up", "counted_at_each_node", "a_view"]
    note: Sentence
    numerator: float | None
    denominator: float | None
    value: float | None = Field(description="Null: unknown, `reason` says why; never 0 for that.")
    reason: MaybeSentence


class MetricsOut(Schema):
    question: QuestionOut
    as_of: AwareDatetime | None
    metrics: list[MetricOut]
