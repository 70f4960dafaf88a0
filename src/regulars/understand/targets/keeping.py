"""Amounts in and out of PostgreSQL: a version at a time in, what is in force out."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
from django.contrib.auth.models import AbstractBaseUser
from django.db import connection

from regulars.ground.kit.arrow_postgres import copy_to_temporary_table
from regulars.ground.kit.sql import named
from regulars.understand.metrics.service import CHAIN, RETURNS, WHOLE, Counts, Tree
from regulars.understand.targets.models import Plan, TargetNode, Version

SCHEMA = pa.schema(
    [
        ("node_id", pa.int64()),
        ("category_id", pa.int64()),
        ("month_on", pa.date32()),
        ("part", pa.string()),
        *((name, pa.int64()) for name in CHAIN),
    ]
)
Place = tuple[int, date]
"""A node and a month."""
Row = tuple[Any, ...]
"""As `SCHEMA` has it."""


def tree_rows(place: Place, cents: int, tree: Tree | None) -> Iterable[Row]:
    """The rows of one place in one month: its total, and its parts where they are known."""
    node, month_on = place
    if tree is None:
        yield node, None, month_on, WHOLE, None, None, 0, 0, 0, cents
        return
    for part, counts in {**tree.parts, RETURNS: tree.returns, WHOLE: tree.total}.items():
        yield (
            node, None, month_on, part, counts.members, counts.buyers, counts.tickets,
            counts.lines, counts.units, counts.net_cents,
        )  # fmt: skip


def category_row(place: Place, category: int, cents: int) -> Row:
    node, month_on = place
    return node, category, month_on, WHOLE, None, None, 0, 0, 0, cents


def keep_version(
    actor: AbstractBaseUser | None, plan: Plan, comment: str, rows: Iterable[Row]
) -> Version:
    """The next version of a plan, with the amounts that it sets."""
    last = plan.versions.order_by("-number").first()
    plan.versions.filter(is_current=True).update(is_current=False)
    version = Version.objects.create(
        plan=plan,
        number=last.number + 1 if last else 1,
        comment=comment.strip(),
        made_by_id=actor.pk if actor else None,
    )
    columns = list(zip(*rows, strict=True)) or [()] * len(SCHEMA)
    arrays = [pa.array(values, field.type) for values, field in zip(columns, SCHEMA, strict=True)]
    copy_to_temporary_table("targets_incoming", pa.Table.from_arrays(arrays, schema=SCHEMA))
    with connection.cursor() as cursor:
        cursor.execute(named(__package__, "keep"), {"version": version.pk})
    return version


def rows_in_force(plan: Plan, at: int | None = None, **which: Any) -> Iterator[Any]:
    """What a plan says now, or said in version `at`, of the rows that `which` chooses (lookups of
    TargetNode): the latest version's word on each."""
    versions = plan.versions.filter(number__lte=at) if at else plan.versions.all()
    keys = ("node_id", "month_on", "category_id", "part")
    rows = TargetNode.objects.filter(version__in=versions, **which)
    latest = rows.order_by(*keys, "-version_id").distinct(*keys)
    return iter(latest.values(*keys, *CHAIN))


def totals_in_force(
    plan: Plan, nodes: Sequence[int] | None = None, at: int | None = None, **which: Any
) -> dict[Place, Counts]:
    """By place and month: the whole amount, with its counts where the parts are known."""
    which |= {"part": WHOLE, "category": None}
    if nodes is not None:
        which["node__in"] = nodes
    return {
        (row["node_id"], row["month_on"]): _counts(row) for row in rows_in_force(plan, at, **which)
    }


def trees_in_force(plan: Plan, nodes: Sequence[int], month_on: date) -> dict[int, Tree]:
    """Trees of one month; none of a place whose parts are not known."""
    parts: dict[int, dict[str, Counts]] = defaultdict(dict)
    rows = rows_in_force(plan, node__in=nodes, month_on=month_on, category=None)
    for row in rows:
        if row["part"] != WHOLE:
            parts[row["node_id"]][row["part"]] = _counts(row)
    return {node: Tree(found, found.pop(RETURNS, Counts())) for node, found in parts.items()}


def mixes_in_force(
    plan: Plan, nodes: Sequence[int] | None = None, **which: Any
) -> dict[Place, dict[int, int]]:
    """By place and month: cents by category, where they are known."""
    if nodes is not None:
        which["node__in"] = nodes
    found: dict[Place, dict[int, int]] = defaultdict(dict)
    for row in rows_in_force(plan, category__isnull=False, **which):
        found[row["node_id"], row["month_on"]][row["category_id"]] = row["net_cents"]
    return found


def _counts(row: dict[str, Any]) -> Counts:
    return Counts(*(row[name] for name in CHAIN))
