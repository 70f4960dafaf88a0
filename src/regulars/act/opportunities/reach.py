"""Who the candidates of a play are: a relation in the warehouse, nobody of whom passes through
here."""

from collections.abc import Collection
from datetime import date, timedelta

from django.core.cache import cache
from sqlglot import exp
from sqlglot.expressions import Expr

from regulars.act.opportunities.models import Play
from regulars.act.opportunities.reasons import facts_in, line_of
from regulars.ground.kit.sql import named
from regulars.ground.warehouse.service import query
from regulars.know.events.matching import Relation
from regulars.know.segments.service import meets
from regulars.know.tags.service import Subject, computed_columns, defined, spoken

TABLE, HOME = "t", "home"
SPENT, BOUGHT = "spend_365d", "orders_365d"
LEAST_TIMES, MOST_TIMES = 0.25, 4
A_DAY = int(timedelta(days=1).total_seconds())


def candidates(play: Play, on: date, language: str = "zh") -> Relation:
    """Those who meet `who` and are at home in a pilot store (any store where none is named):
    `play_id`, `member_id`, `store_id` (home), `value_cents`, `facts` (JSON, the tags that the
    reason names) and `reason` (one line with their values). DuckDB works out what is selected
    alone. Nobody for a play that an event fires and whose `who` is empty. Raises TextError."""
    select = _met(play)
    select = select.select(
        exp.alias_(exp.cast(exp.Literal.number(play.pk or 0), "BIGINT"), "play_id"),
        exp.column("member_id", TABLE),
        exp.column("home_store_id", HOME).as_("store_id"),
        value_of(play, on).as_("value_cents"),
        facts_in(play.reason, TABLE).as_("facts"),
        line_of(play.reason, language, TABLE).as_("reason"),
    )
    return Relation(select, spoken(select, on) | _stores_of(play, select))


def among(play: Play, member_ids: Collection[int], on: date) -> Relation:
    """The candidates among some members: of whom an event came in, say. A play without `who` means
    all of them."""
    relation = candidates(play, on)
    select = relation.select
    if not play.who.strip():
        select.set("where", None)
        _at_pilot_stores(play, select)
    ids = exp.Anonymous(this="unnest", expressions=[exp.Placeholder(this="member_ids")])
    theirs = exp.In(this=exp.column("member_id", TABLE), query=exp.Subquery(this=exp.select(ids)))
    select = select.where(theirs)
    parameters = spoken(select, on) | _stores_of(play, select)
    return Relation(select, parameters | {"member_ids": sorted(member_ids)})


def members_with_stores(play: Play) -> exp.Select:
    """The same people as `t` with their home store, nothing selected yet: to be counted."""
    return _met(play)


def value_of(play: Play, on: date) -> Expr:
    """What one conversion of a member brings: as told, or her own mean ticket of the year (the
    chain's where she has none); of a category, the category's mean times how her tickets stand to
    the chain's."""
    if play.value_cents is not None:
        return exp.cast(exp.Literal.number(play.value_cents), "BIGINT")
    usual = mean_ticket("", on)
    mean = mean_ticket(play.outcome.get("code", ""), on)
    told = defined(Subject.MEMBER)
    if not usual or not mean or not {SPENT, BOUGHT} <= computed_columns(told):
        return exp.cast(exp.Literal.number(mean or usual or 0), "BIGINT")
    spent, bought = (told.columns.read(code, TABLE) for code in (SPENT, BOUGHT))
    chain = exp.Mul(this=exp.paren(bought), expression=exp.Literal.number(usual))
    ratio = exp.Div(
        this=exp.cast(spent, "DOUBLE"),
        expression=exp.func("NULLIF", exp.paren(chain), exp.Literal.number(0)),
    )
    bounded = exp.func(
        "LEAST", exp.Literal.number(MOST_TIMES),
        exp.func("GREATEST", exp.Literal.number(str(LEAST_TIMES)), ratio),
    )  # fmt: skip
    known = exp.func("COALESCE", exp.Case().when(bought.copy() > 0, bounded), exp.Literal.number(1))
    value = exp.Mul(this=exp.Literal.number(mean), expression=known)
    return exp.cast(exp.func("ROUND", value), "BIGINT")


def mean_ticket(category: str, on: date) -> int | None:
    """What a purchase brings on average, of a category or at all: asked once a day."""
    key = f"opportunities.mean_ticket.{on}.{category.encode().hex()}"
    if (kept := cache.get(key)) is not None:
        return int(kept) or None
    name = "mean_ticket_of_category" if category else "mean_ticket"
    asked = {"today": on} | ({"code": category} if category else {})
    cents: int | None = query(named(__package__, name), asked)["cents"][0].as_py()
    cache.set(key, cents or 0, A_DAY)
    return cents


def _met(play: Play) -> exp.Select:
    home = exp.to_table("members").as_(HOME, table=True)
    same = exp.column("member_id", HOME).eq(exp.column("member_id", TABLE))
    is_met = meets(play.who) if play.who.strip() else exp.false()
    select = exp.Select().from_(exp.to_table("member_tags").as_(TABLE, table=True))
    select = select.join(home, on=same).where(is_met)
    return _at_pilot_stores(play, select)


def _at_pilot_stores(play: Play, select: exp.Select) -> exp.Select:
    store = exp.column("home_store_id", HOME)
    select.where(exp.not_(store.is_(exp.null())), copy=False)
    if pilot_ids(play):
        ids = exp.Anonymous(this="unnest", expressions=[exp.Placeholder(this="pilot_stores")])
        inside = exp.In(this=store.copy(), query=exp.Subquery(this=exp.select(ids)))
        select.where(inside, copy=False)
    return select


def _stores_of(play: Play, select: exp.Select) -> dict[str, list[int]]:
    asked = {each.name for each in select.find_all(exp.Placeholder)}
    return {"pilot_stores": pilot_ids(play)} if "pilot_stores" in asked else {}


def pilot_ids(play: Play) -> list[int]:
    """The pilot stores; of a play that is not saved yet, those that `trial_stores` names."""
    trial: list[int] | None = getattr(play, "trial_stores", None)
    if trial is not None:
        return trial
    return sorted(play.pilot_stores.values_list("pk", flat=True)) if play.pk else []
