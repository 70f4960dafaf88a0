"""Plays as the API tells and takes them."""

from datetime import date
from decimal import Decimal
from typing import Any, Literal

from ninja import Schema
from pydantic import AwareDatetime, Field

from regulars.web.api.schemas import Record, Text

State = Literal["draft", "waiting", "approved", "stopped"]


class PlayChange(Record):
    """What is left out or null stays as it is; null takes a day or a worth away."""

    name: Text | None = None
    name_en: Text | None = None
    who: str | None = Field(
        None, max_length=10_000, description="In the language of segments; empty with a trigger."
    )
    trigger: dict[str, Any] | None = Field(
        None,
        description='{"event": name, "where": {property: value}}, {"segment": code}, '
        '{"tag": code, "becomes": value} or {}.',
    )
    reason: Text | None = Field(None, description="Tags in braces become the member's values.")
    talk: str | None = Field(None, max_length=2000)
    content_url: Text | None = None
    goods: dict[str, Any] | None = Field(
        None, description='{"category": path}, {"products": [ids]}, {"kind": "usual"|"slow"} or {}.'
    )
    coupon: Text | None = None
    role: Text | None = Field(None, description="Position of whoever serves, such as consultant.")
    skill: dict[str, str] | None = Field(
        None, description='Of the staff, first choice: {"tag": code, "value": value} or {}.'
    )
    open_days: int | None = Field(None, description="Days within which a lead is to be done.")
    priority: int | None = Field(None, description="0 to 100.")
    holdout_rate: Decimal | None = Field(None, description="0 to 0.5, in steps of 0.05.")
    outcome: dict[str, str] | None = Field(
        None,
        description='{"kind": "purchase"}, {"kind": "category", "code": path} or '
        '{"kind": "event", "name": name}.',
    )
    window_days: int | None = Field(None, description="Days within which the outcome counts.")
    value_cents: int | None = Field(None, description="What one is worth; null: learnt.")
    is_service: bool | None = Field(None, description="Nobody is held out, nothing is offered.")
    is_of_store: bool | None = Field(None, description="A task of the store, about no member.")
    answers: list[str] | None = Field(
        None, description="Findings that it answers: a part, or part/factor."
    )
    starts_on: date | None = None
    ends_on: date | None = Field(None, description="Inclusive.")
    stores: list[str] | None = Field(None, description="Pilot stores; []: all stores.")


class PlayIn(PlayChange):
    code: str = Field(description="2 to 59 small letters, digits, - and _.")


class PlayOut(Schema):
    code: str
    version: int
    state: State
    is_running: bool = Field(description="Approved, and today lies between its days.")
    name: str
    name_en: str
    who: str
    trigger: dict[str, Any]
    reason: str
    talk: str
    content_url: str
    goods: dict[str, Any]
    coupon: str
    role: str
    skill: dict[str, str]
    open_days: int
    priority: int
    holdout_rate: float
    outcome: dict[str, str]
    window_days: int
    value_cents: int | None
    is_service: bool
    is_of_store: bool
    answers: list[str]
    starts_on: date | None
    ends_on: date | None
    stores: list[str]
    approved_at: AwareDatetime | None
    stopped_at: AwareDatetime | None


class OpenIn(Record):
    stores: list[str] | None = Field(None, description="Left out: all in the caller's place.")


class OpenedOut(Schema):
    opened: int = Field(description="Stores that had none open.")


class IntervalOut(Schema):
    low: float
    middle: float
    high: float


class LoadOut(Schema):
    store: str
    name: str
    members: int
    people: int
    capacity: int = Field(description="15 leads a person and day, while the play runs.")


class SizeOut(Schema):
    members: int = Field(description="Who meet it today, in the caller's stores.")
    reachable: dict[str, int] = Field(description="By channel, of those who consented.")
    reachable_by_any: int
    is_sampled: bool = Field(description="Whether consent was looked up for a sample.")
    held_out: int
    stores: int
    people: int
    days: int
    capped: int = Field(description="How many these people can reach while it runs.")
    per_store_and_day: float | None
    per_person_and_day: float | None
    value_cents: int | None
    basis: Literal["results", "history", ""] = Field(
        description="results: what earlier plays added; history: what such members do by "
        "themselves; empty: not known."
    )
    looked_at: int = Field(description="Earlier plays, or members who met it before.")
    conversions: IntervalOut | None
    cents: IntervalOut | None
    load: list[LoadOut]


class OutcomeOut(Schema):
    """As last counted (each night, and when somebody asked for it on the play's page), at 95 %."""

    play: str
    name: str
    state: State
    outcome: dict[str, Any] | None = Field(
        description="Null: not counted yet. Intervals name their method; where one is unknown it "
        "says why. `counted_at`: when."
    )
