"""Targets as the API tells and takes them."""

from datetime import date
from typing import Literal

from ninja import Schema
from pydantic import Field

from regulars.web.api.metric_schemas import CountsOut, MaybeSentence, Sentence

LARGEST = 10**15
MOST_AMOUNTS = 20_000


class TargetIn(Schema):
    """Everything may be left out: then it is as wide as the caller's scope, for today's month."""

    first: str = Field("", alias="from", description="First business date, such as 2026-05-01.")
    last: str = Field("", alias="to", description="Last business date, inclusive.")
    org: str = Field("", description="Id of a store, branch or region.")
    category: str = Field("", description="A top category: of it only the amount is known.")
    plan: str = Field("", description="Code of a plan; left out: the year plan in force.")


class TargetPartOut(Schema):
    code: str
    name: Sentence
    counts: CountsOut


class TargetDayOut(Schema):
    on: date
    net_cents: int
    event: str | None = Field(description="What is special about the day.")


class TargetOut(Schema):
    plan: str | None
    state: Literal["draft", "proposed", "agreed", "frozen"] | None
    version: int | None
    org: str
    org_name: str
    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to", description="Inclusive.")
    net_cents: int | None = Field(description="Null: there is no target, `reason` says why.")
    parts: list[TargetPartOut] = Field(
        description="They add up to `net_cents`, to the cent; empty where only the amount is known."
    )
    days: list[TargetDayOut] = Field(description="Of a time within one month; they add up, too.")
    reason: MaybeSentence


class AmountIn(Schema):
    org: str = Field(description="Id of a place of the organisation.")
    month: str = Field(description="Such as 2026-05.")
    net_cents: int = Field(ge=0, lt=LARGEST)


class AmountsIn(Schema):
    plan: str = Field(description="Code of a plan that is not frozen.")
    how: Literal["keep", "lift"] = Field(
        "keep",
        description="Who makes up for it: keep, the others under the same head; lift, the places "
        "above change with it.",
    )
    comment: str = Field("", max_length=500)
    amounts: list[AmountIn] = Field(min_length=1, max_length=MOST_AMOUNTS)


class VersionOut(Schema):
    plan: str
    version: int
    amounts: int = Field(description="How many amounts were given.")
