"""How many a segment would find, at every condition, among ten million members; beside the same
rule in PostgreSQL over a JSONB column of tags with a GIN index."""

import statistics
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from bench import chains
from bench.harness import Result, timed

RUNS, PART = 40, 10
FIVE = (
    'lifecycle = "{lifecycle}" and orders_365d >= {orders} and spend_365d >= {spend}.00'
    " and units_365d >= {orders} and days_since_purchase <= {days}"
)
BOUGHT = 'bought(top_category = "{one}") in last {days} days'
NOT_BOUGHT = 'not bought(top_category = "{other}") in last {days} days'
STEPS = (
    'bought(top_category = "{one}") followed by bought(top_category = "{other}") within 30 days'
    ' followed by bought(top_category = "{third}") within 60 days in last 180 days'
)
LIFECYCLES = ("active", "at_risk", "new", "dormant")
JSONB = """
    CREATE TEMP TABLE tags AS
    SELECT member_id, jsonb_build_object('lifecycle', lifecycle, 'orders_365d', orders_365d,
        'spend_365d', spend_365d, 'units_365d', units_365d, 'last_on', last_on) AS tags
    FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::date[])
        AS t (member_id, lifecycle, orders_365d, spend_365d, units_365d, last_on)
"""
SAME_RULE = """
    SELECT count(*) FROM tags
    WHERE tags @> jsonb_build_object('lifecycle', %(lifecycle)s::text)
        AND (tags ->> 'orders_365d')::bigint >= %(orders)s
        AND (tags ->> 'spend_365d')::bigint >= %(spend)s * 100
        AND (tags ->> 'units_365d')::bigint >= %(orders)s
        AND (tags ->> 'last_on')::date >= %(since)s
"""


def main(scale: float) -> None:
    with chains.deployment(scale) as source:
        chains.import_kinds(source, ("lines",))
        _be_computed()
        asked = list(_asked())
        in_postgres = _postgres(asked)
        for name, said, text, bar, others in (
            ("segment_preview", "five tag conditions", FIVE, 100.0, in_postgres),
            (
                "segment_preview_behaviours",
                "five tag conditions and two of what was bought",
                f"{FIVE} and {BOUGHT} and {NOT_BOUGHT}",
                500.0,
                {},
            ),
            ("segment_preview_sequence", "a sequence of three steps", STEPS, 1000.0, {}),
        ):
            took, counts = _previews(text, asked)
            Result(
                name=name,
                claim=f"p95 of a preview with {said}, a count at each",
                value=1000 * statistics.quantiles(took, n=20)[-1],
                unit="ms",
                bar=bar,
                alternatives=others,
                sizes=_sizes(),
                notes=f"{RUNS} different ones, each asked once; median"
                f" {1000 * statistics.median(took):,.0f} ms; {min(counts):,} to {max(counts):,}"
                " members found",
            ).save()


def _be_computed() -> None:
    from regulars.know.tags.library import bring_library
    from regulars.know.tags.service import Subject, compute_all, defined, state_of

    bring_library()
    state, told = state_of(Subject.MEMBER), defined(Subject.MEMBER)
    if state is None or state.digest != told.digest or state.as_of != chains.END:
        compute_all(Subject.MEMBER, chains.END)


def _asked() -> Iterator[dict[str, Any]]:
    tops = _rows(
        "SELECT split_part(code, ' > ', 1) AS top, count(*) AS n FROM categories"
        " GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    names = [row["top"] for row in tops]
    for number in range(RUNS):
        one, other, third = (names[(number + step) % len(names)] for step in (0, 1, 2))
        yield {
            "lifecycle": LIFECYCLES[number % len(LIFECYCLES)],
            "orders": 1 + number % 7,
            "spend": 50 * (number + 1),
            "days": 30 + 5 * number,
            "since": chains.END - timedelta(days=30 + 5 * number),
            "one": one,
            "other": other,
            "third": third,
        }


def _previews(text: str, asked: list[dict[str, Any]]) -> tuple[list[float], list[int]]:
    from regulars.ground.accounts.access import Capability, Scope
    from regulars.know.segments.service import preview

    everything = Scope(user_id=0, role="operations", capabilities=frozenset(Capability))
    found = [timed(lambda each=each: preview(everything, text.format(**each))) for each in asked]
    return [took for _answer, took in found], [answer.count for answer, _took in found]


def _postgres(asked: list[dict[str, Any]]) -> dict[str, float]:
    """A tenth of the members; the time of what is found by an index grows with what is found."""
    from django.db import connection

    names = ("lifecycle", "orders_365d", "spend_365d", "units_365d", "last_on")
    told = ", ".join(names[:-1]) + ", days_since_purchase AS last_on"  # kept as the day itself
    rows = _rows(f"SELECT member_id, {told} FROM member_tags WHERE member_id % {PART} = 0")
    columns = [[row[name] for row in rows] for name in ("member_id", *names)]
    with connection.cursor() as cursor:
        cursor.execute(JSONB, columns)
        cursor.execute("CREATE INDEX ON tags USING gin (tags jsonb_path_ops)")
        cursor.execute("ANALYZE tags")
        took = [timed(lambda each=each: cursor.execute(SAME_RULE, each))[1] for each in asked]
    p95 = 1000 * statistics.quantiles(took, n=20)[-1]
    return {
        f"Postgres, JSONB and GIN, the whole count alone (of a tenth, times {PART})": p95 * PART
    }


def _rows(sql: str) -> list[dict[str, Any]]:
    from regulars.ground.warehouse.service import query

    return query(sql).to_pylist()


def _sizes() -> dict[str, int]:
    from bench import tag_sets

    return _rows(tag_sets.SIZES)[0]
