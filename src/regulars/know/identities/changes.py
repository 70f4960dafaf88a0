"""What the warehouse has yet to hear of persons: who is a member, and whose events are whose."""

from typing import Any

from regulars.ground.kit.sql import named
from regulars.ground.warehouse.service import Statement, query
from regulars.know.identities.models import Identity, Move, Person

MOST_AT_ONCE = 100_000


def schema() -> Statement:
    """This room's tables in the warehouse, beside `persons`."""
    return Statement(named(__package__, "warehouse_schema"))


def statements_for_changes() -> list[Statement]:
    """Warehouse statements that bring `persons` and `events.person_id` up to date: all merges and
    unmerges since the last time at once. None where nothing changed.

    They belong at the end of a transaction, after what it inserts. Running them again does no
    harm: they say what is so now, and what a transaction took in is told to Postgres by the next
    one.
    """
    untold = list(_untold()[:MOST_AT_ONCE])
    if not untold:
        return []
    told = query("SELECT move_id FROM persons_told")["move_id"].to_pylist()
    if told:
        Move.objects.filter(pk__in=told, is_told=False).update(is_told=True)
        known = set(told)
        untold = [move for move in untold if move[0] not in known]
    clear = [_statement("told_clear", told=told)] if told else []
    if not untold:
        return clear
    moves, identities, before, after = (list(column) for column in zip(*untold, strict=True))
    affected = {*before, *after}
    persons = dict(Person.objects.filter(pk__in=affected).values_list("id", "member_id"))
    now = dict(Identity.objects.filter(pk__in=set(identities)).values_list("id", "person_id"))
    return [
        *clear,
        _statement("persons_tell", affected=list(affected)),
        _statement("persons_clear", affected=list(affected)),
        _statement("persons_put", ids=list(persons), members=list(persons.values())),
        _statement("persons_tell", affected=list(affected)),
        _statement("restamp", identities=list(now), persons=list(now.values())),
        _statement("told_put", moves=moves),
    ]


def statements_for_all() -> list[Statement]:
    """The same for a warehouse made anew: all persons who are members. Its events are stamped as
    they come in."""
    rows = list(Person.objects.values_list("id", "member_id"))
    ids, members = ([row[place] for row in rows] for place in (0, 1))
    return [
        Statement("DELETE FROM persons"),
        _statement("persons_put", ids=ids, members=members),
    ]


def _untold() -> Any:
    return (
        Move.objects.filter(is_told=False)
        .order_by("id")
        .values_list("id", "identity_id", "from_person_id", "to_person_id")
    )


def _statement(name: str, **parameters: Any) -> Statement:
    return Statement(named(__package__, name), parameters)
