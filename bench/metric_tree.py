"""The metric tree of a whole chain, beside the same numbers by hand in SQL, Polars and pandas."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from bench import chains, frames
from bench.harness import Result, peak_mb, seconds, timed

QUERIES = Path(__file__).parent / "queries"
MONTH, YEAR = ("2026-09-01", "2026-09-30"), ("2025-11-01", "2026-10-31")
SLOW_SECONDS = 5.0  # what takes longer is run once
ANY_DATES = ("2026-03-17", "2026-06-09")


def main(scale: float) -> None:
    with chains.deployment(scale) as source:
        chains.import_kinds(source, ("lines",))
        sizes = _sizes()
        tickets = frames.tickets()
        for name, dates, bar in (
            ("metric_tree_month", MONTH, 1.0),
            ("metric_tree_any_dates", ANY_DATES, 3.0),
            ("metric_tree_year", YEAR, 3.0),
        ):
            _chain(name, dates, bar, sizes, tickets)
        _stores(sizes)


def _chain(
    name: str, dates: tuple[str, str], bar: float, sizes: dict[str, int], tickets: Any
) -> None:
    ours = _tree(dates)
    if not ours.total.buyers:
        raise SystemExit(f"{name}: nobody bought from {dates[0]} to {dates[1]}")
    start, end = _bounds(dates)
    others: dict[str, Callable[[], dict[str, int]]] = {
        "SQL by hand, same tables": lambda: _by_hand("hand_month", start, end),
        "SQL by hand, raw lines": lambda: _by_hand("hand_lines", start, end),
        "Polars, tickets in memory": lambda: frames.with_polars(tickets, start, end),
        "pandas, tickets in memory": lambda: frames.with_pandas(tickets, start, end),
    }
    expected = {code: part.net_cents for code, part in ours.parts.items() if part.net_cents}
    alternatives: dict[str, float | str] = {}
    for label, work in others.items():
        answer, took = timed(work)
        found = {code: cents for code, cents in answer.items() if cents}
        if found != expected:
            raise SystemExit(f"{name}: {label} found {found}, the tree {expected}")
        alternatives[label] = min(took, timed(work)[1]) if took < SLOW_SECONDS else took
    Result(
        name=name,
        claim=f"Tree of the whole chain, {dates[0]} to {dates[1]}, five parts with their bases",
        value=seconds(lambda: _tree(dates)),
        unit="s",
        bar=bar,
        alternatives=alternatives,
        sizes=sizes,
        notes=f"peak memory of the whole comparison {peak_mb():,.0f} MB; all give the same cents",
    ).save()


def _stores(sizes: dict[str, int]) -> None:
    from regulars.ground.org.models import Node
    from regulars.understand.metrics.trees import trees_of_places

    stores = list(Node.objects.filter(kind=Node.Kind.STORE).values_list("pk", flat=True))
    question = _question(MONTH)
    trees, _ = trees_of_places(question, stores)
    whole = _tree(MONTH).net_cents
    if (found := sum(tree.net_cents for tree in trees.values())) != whole:
        raise SystemExit(f"the stores' trees add up to {found}, the chain's to {whole}")

    def again() -> None:
        _forget()
        trees_of_places(question, stores)

    Result(
        name="metric_tree_stores",
        claim="Trees of all stores for a month, in one pass",
        value=seconds(again, runs=3),
        unit="s",
        bar=10.0,
        alternatives={
            "one store after the other (estimated from 20)": seconds(
                lambda: [_one_store(question, store) for store in stores[:20]], runs=1
            )
            / 20
            * len(stores)
        },
        sizes=sizes | {"stores": len(stores)},
    ).save()


def _one_store(question: Any, store: int) -> None:
    from regulars.understand.metrics.trees import trees_of_places

    _forget()
    trees_of_places(question, [store])


def _tree(dates: tuple[str, str]) -> Any:
    from regulars.understand.metrics.trees import tree_for

    _forget()
    return tree_for(_question(dates))


def _question(dates: tuple[str, str]) -> Any:
    from regulars.ground.accounts.access import Scope
    from regulars.understand.metrics.service import ask

    everything = Scope(user_id=0, role="operations", capabilities=frozenset())
    return ask(everything, first=dates[0], last=dates[1], compare="none")


def _forget() -> None:
    from django.core.cache import cache

    cache.clear()


def _by_hand(name: str, start: date, end: date) -> dict[str, int]:
    from regulars.ground.warehouse.service import query

    rows = query((QUERIES / f"{name}.sql").read_text(), {"start": start, "end": end}).to_pylist()
    return {row["part"]: row["net_cents"] for row in rows}


def _bounds(dates: tuple[str, str]) -> tuple[date, date]:
    from regulars.understand.metrics.periods import period_of

    period = period_of(date.fromisoformat(dates[0]), date.fromisoformat(dates[1]))
    return period.start, period.end


def _sizes() -> dict[str, int]:
    from regulars.ground.warehouse.service import query

    sql = """
        SELECT
            (SELECT count(*) FROM order_lines) AS lines,
            (SELECT count(*) FROM tickets) AS tickets,
            (SELECT count(*) FROM members) AS members
    """
    (row,) = query(sql).to_pylist()
    return dict(row)
