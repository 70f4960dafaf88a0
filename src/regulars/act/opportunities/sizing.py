"""How large a play would be, before it is launched: who, who can be reached, what to expect, and
how much work it is."""

import hashlib
import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pyarrow.compute as pc
from django.core.cache import cache
from django.db import connection
from sqlglot import exp

from regulars.act.opportunities.experiment import expected_of
from regulars.act.opportunities.models import Play
from regulars.act.opportunities.reach import (
    HOME,
    TABLE,
    members_with_stores,
    pilot_ids,
    value_of,
)
from regulars.act.opportunities.rules import SAID, Interval, wilson
from regulars.ground.accounts.access import Scope
from regulars.ground.kit import clock
from regulars.ground.kit.deployment import chain
from regulars.ground.kit.sql import named
from regulars.ground.org.service import store_ids_under
from regulars.ground.warehouse.service import query
from regulars.know.events.matching import Relation
from regulars.know.segments.service import stands_on_models, who_met
from regulars.know.tags.service import spoken

A_PERSON = 15
"""Leads for a person and day."""
SAMPLE = 20_000
LOOKED_BACK = 40_000
FEWEST_MET = 30
KEPT_FOR = 600
CHANNELS = ("call", "sms", "wecom")


@dataclass(frozen=True)
class Load:
    """A store's candidates, its people, and how many leads these can take while the play runs."""

    store_id: int
    name: str
    members: int
    people: int
    capacity: int

    @property
    def is_over(self) -> bool:
        return self.members > self.capacity


@dataclass(frozen=True)
class Expected:
    """Conversions within the window, and their money. `basis`: "results", what being reached added
    in `met` earlier plays in which the same counted; "history", what such members did by
    themselves (`met` of them were looked at), to which the play is to add; or "" with `reason` why
    nothing is known."""

    basis: str
    rate: Interval | None = None
    met: int = 0
    conversions: Interval | None = None
    cents: Interval | None = None
    reason: str = ""


@dataclass(frozen=True)
class Size:
    """`reachable` by channel of those who consented (and of those never asked, where the chain
    presumes that they may be), and by any; from a sample where `is_sampled`.
    `capped` is how many the people on shift can reach while it runs; `load` by store, the fullest
    first. `value_cents` is what one conversion brings on average."""

    members: int
    reachable: dict[str, int]
    reachable_by_any: int
    is_sampled: bool
    stores: int
    people: int
    capped: int
    held_out: int
    per_store_and_day: float | None
    per_person_and_day: float | None
    value_cents: int | None
    load: list[Load]
    days: int
    expected: Expected


def size(scope: Scope, play: Play, on: date | None = None) -> Size:
    """Of the members in the caller's stores. Counts of members are exact; see `Size`. Three
    questions to the warehouse, two to PostgreSQL; what is expected is kept for ten minutes. Raises
    TextError for a `who` that means nothing."""
    day = on or clock.today()
    rows = _by_store(scope, play, day)
    members = sum(row["members"] for row in rows)
    worth = sum(row["worth"] or 0 for row in rows)
    value = round(worth / members) if members else play.value_cents
    held = members * float(play.holdout_rate) if not play.is_service else 0.0
    days = days_of(play)
    load = _load(rows, day, days)
    people = sum(each.people for each in load)
    capped = sum(min(each.members, each.capacity) for each in load)
    reachable, by_any, is_sampled = _reachable(scope, play, day, members)
    return Size(
        members=members,
        reachable=reachable,
        reachable_by_any=by_any,
        is_sampled=is_sampled,
        stores=len(load),
        people=people,
        capped=capped,
        held_out=round(held),
        per_store_and_day=members / len(load) / days if load else None,
        per_person_and_day=members / people / days if people else None,
        value_cents=value,
        load=load,
        days=days,
        expected=expected(play, min(members - round(held), capped, by_any), value, day),
    )


def days_of(play: Play) -> int:
    """On how many days leads are worked: between its own days, or once around where none are
    named yet."""
    if play.starts_on and play.ends_on and play.ends_on >= play.starts_on:
        return (play.ends_on - play.starts_on).days + 1
    return max(play.open_days, 1)


def expected(play: Play, reached: int, value: int | None, day: date) -> Expected:
    """What is to be expected of so many reached."""
    if past := expected_of(play):
        gain = Interval(past.low, past.uplift_rate, past.high)
        money = Interval(past.cents_low, past.cents_a_head, past.cents_high)
        return Expected("results", gain, past.count, gain.times(reached), money.times(reached))
    met, done, reason = _looked_back(play, day)
    rate = wilson(done, met) if met >= FEWEST_MET else None
    if rate is None:
        return Expected("", met=met, reason=reason or "few")
    conversions = rate.times(reached)
    cents = conversions.times(value) if value is not None else None
    return Expected("history", rate, met, conversions, cents)


def _looked_back(play: Play, day: date) -> tuple[int, int, str]:
    """How many met `who` a window ago, how many of these did what counts since; or why nobody
    knows. Looked up among some members by chance."""
    if not play.who.strip():
        return 0, 0, "trigger"
    said = f"{play.who}|{sorted(play.outcome.items())}|{play.window_days}|{day}|{pilot_ids(play)}"
    key = f"opportunities.looked_back.{hashlib.sha256(said.encode()).hexdigest()}"
    kept: tuple[int, int, str] | None = cache.get(key)
    if kept is None:
        kept = _look_back(play, day)
        cache.set(key, kept, KEPT_FOR)
    return kept


def _look_back(play: Play, day: date) -> tuple[int, int, str]:
    if stands_on_models(play.who):
        return 0, 0, "models"
    since = day - timedelta(days=play.window_days)
    total: int = query(named(__package__, "count_members"))["n"][0].as_py()
    parts = max(1, math.ceil(total / LOOKED_BACK))
    some = query(named(__package__, "sampled_members"), {"since": since, "parts": parts})
    select, parameters = who_met(play.who, "sampled", since)
    found = query(select.sql("duckdb"), parameters | {"sampled": some["member_id"].to_pylist()})
    met = found["member_id"].to_pylist()
    if not met:
        return 0, 0, "few"
    return len(met), _count_done(play, met, since, day), ""


def _count_done(play: Play, met: list[int], since: date, until: date) -> int:
    kind = play.outcome["kind"]
    told = {key: value for key, value in play.outcome.items() if key != "kind"}
    asked = {"met": met, "since": since, "until": until, **told}
    return int(query(named(__package__, f"did_{kind}"), asked).num_rows)


def _by_store(scope: Scope, play: Play, day: date) -> list[dict[str, Any]]:
    store = exp.column("home_store_id", HOME)
    select = members_with_stores(play).select(
        store.as_("store_id"),
        exp.Count(this=exp.Star()).as_("members"),
        exp.cast(exp.Sum(this=value_of(play, day)), "BIGINT").as_("worth"),
    )
    relation = narrowed(scope, play, select.group_by(store.copy()), day)
    rows: list[dict[str, Any]] = query(relation.sql, relation.parameters).to_pylist()
    return rows


def narrowed(scope: Scope, play: Play, select: exp.Select, day: date) -> Relation:
    """The same in the caller's stores alone."""
    parameters: dict[str, Any] = {}
    if scope.node_id is not None:
        ids = exp.Anonymous(this="unnest", expressions=[exp.Placeholder(this="own_stores")])
        inside = exp.In(
            this=exp.column("home_store_id", HOME), query=exp.Subquery(this=exp.select(ids))
        )
        select = select.where(inside)
        parameters["own_stores"] = store_ids_under(scope.node_id)
    if any(each.name == "pilot_stores" for each in select.find_all(exp.Placeholder)):
        parameters["pilot_stores"] = pilot_ids(play)
    return Relation(select, parameters | spoken(select, day))


def _reachable(
    scope: Scope, play: Play, day: date, members: int
) -> tuple[dict[str, int], int, bool]:
    """Consent stands in PostgreSQL: all are looked up, or some by chance and told of all."""
    parts = max(1, math.ceil(members / SAMPLE))
    member = exp.column("member_id", TABLE)
    select = members_with_stores(play).select(member)
    if parts > 1:
        spread = exp.Mod(
            this=exp.Anonymous(this="hash", expressions=[member.copy()]),
            expression=exp.Literal.number(parts),
        )
        select = select.where(exp.EQ(this=spread, expression=exp.Literal.number(0)))
    relation = narrowed(scope, play, select, day)
    ids = pc.unique(query(relation.sql, relation.parameters)["member_id"]).to_pylist()
    told = {"ids": ids, "unasked": chain().contact_unasked}
    with connection.cursor() as cursor:
        cursor.execute(named(__package__, "consents"), told)
        row = cursor.fetchone()
    scale = members / len(ids) if ids else 0.0
    call, sms, wecom, by_any = (round(count * scale) for count in row)
    return dict(zip(CHANNELS, (call, sms, wecom), strict=True)), by_any, parts > 1


def _load(rows: list[dict[str, Any]], day: date, days: int) -> list[Load]:
    ids = [row["store_id"] for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(named(__package__, "people_of_stores"), {"ids": ids, "day": day})
        people = {store: (name, count) for store, name, count in cursor.fetchall()}
    load = [
        Load(row["store_id"], name, row["members"], count, count * A_PERSON * days)
        for row in rows
        for name, count in [people.get(row["store_id"], ("", 0))]
    ]
    return sorted(load, key=lambda each: (each.capacity - each.members, each.name))


def trial(told: dict[str, Any], store_ids: list[int]) -> Play:
    """A play as it would be, to be sized before it is saved."""
    play = Play(**{field: told[field] for field in SAID})
    play.trial_stores = store_ids  # type: ignore[attr-defined]  # read by `pilot_ids`
    return play
