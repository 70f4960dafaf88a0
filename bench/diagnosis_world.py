"""A simulated chain as the search for causes sees it: counted with the room's own SQL, straight
from the simulation's files."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import numpy as np

QUERIES = Path(__file__).parent / "queries"
WINDOW_DAYS = 365
END = date(2026, 2, 28)
DAYS = 790  # from the first of January 2024


@dataclass(frozen=True)
class World:
    """A cube of all months, the places and categories under their numbers, days, and what is true.
    `names` are codes by node; `whole` is the chain with every store."""

    cube: Any
    months: list[Any]
    chain: Any
    names: dict[int, str]
    daily: dict[date, int]
    truth: dict[str, Any]
    lives: dict[int, Any]
    whole: Any

    def until(self, last: int) -> "World":
        """As it stood at the end of month number `last`."""
        from dataclasses import replace

        cube = self.cube
        cut = replace(
            cube,
            places=cube.places[..., : last + 1],
            goods=cube.goods[..., : last + 1],
            baskets=cube.baskets[..., : last + 1],
            busy=cube.busy[: last + 1],
        )
        return replace(self, cube=cut, months=self.months[: last + 1])


def build(members: int, stores: int, seed: int, plant: str = "") -> World:
    """Simulate a chain (with the causes of a plant file's text) and count it, month by month."""
    from regulars.demo.simulate import simulate

    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "chain"
        file = Path(folder) / "plant.toml"
        file.write_text(plant, "utf-8")
        simulate(
            out, members=members, stores=stores, days=DAYS, seed=seed, end=END,
            plant=file if plant else None,
        )  # fmt: skip
        return count(out)


def count(out: Path) -> World:
    import json

    database = duckdb.connect()
    macros = Path("src/regulars/know/orders/queries/warehouse_macros.sql")
    _run(database, (Path(__file__).parent.parent / macros).read_text("utf-8"), {})
    files = {
        kind: str(out / f"{kind}*.parquet")
        for kind in ("stores", "products", "members", "children", "lines")
    }
    _run(database, (QUERIES / "diagnosis_chain.sql").read_text("utf-8"), files)
    from regulars.understand.diagnosis import calendar
    from regulars.understand.diagnosis.cube import cube_of

    chain, names = _chain(database)
    months = list(_months())
    counted = [_month(database, period, chain) for period in months]
    rows = database.sql(
        "SELECT business_on, count(*) FILTER (is_purchase) FROM tickets GROUP BY ALL"
    ).fetchall()
    daily = dict(rows)
    known = calendar.learn(daily)
    busy = [known.weight_of(period) for period in months]
    cube = cube_of(chain.stores, chain.counted, counted, busy)
    truth = json.loads((out / "truth.json").read_text("utf-8"))
    lives = {
        store: (opened, closed) for store, opened, closed in database.sql("FROM moved").fetchall()
    }
    return World(cube, months, chain, names, daily, truth, lives, chain)


def _months() -> Iterator[Any]:
    from regulars.understand.metrics.service import month_of

    month = month_of(END - timedelta(days=DAYS - 1))
    while month.end <= END + timedelta(days=1):
        yield month
        month = month_of(month.end)


def _chain(database: Any) -> tuple[Any, dict[int, str]]:
    from regulars.understand.diagnosis.chain import Chain, counted_of

    rows = database.sql(
        "SELECT node_id, code, kind, list(store_id) FROM store_nodes JOIN nodes USING (node_id) "
        "GROUP BY ALL ORDER BY node_id"
    ).fetchall()
    names = {node: code for node, code, _kind, _stores in rows}
    paths = database.sql("SELECT category_id, code, depth FROM categories").fetchall()
    ids = {code: category for category, code, _depth in paths}
    categories = {
        category: SimpleNamespace(
            pk=category,
            code=code,
            name=code.split(" > ")[-1],
            depth=depth,
            parent_id=ids.get(" > ".join(code.split(" > ")[:-1])),
        )
        for category, code, depth in paths
    }
    chain = Chain(
        nodes={},
        stores_of={node: tuple(sorted(stores)) for node, _code, _kind, stores in rows},
        kinds={node: kind for node, _code, kind, _stores in rows},
        categories=categories,  # type: ignore[arg-type]
        counted=counted_of(categories),  # type: ignore[arg-type]
        root=next(node for node, _code, kind, _stores in rows if kind == "head_office"),
    )
    return chain, names


def _month(database: Any, period: Any, chain: Any) -> Any:
    """As `diagnosis.history.counts_of`, of this database."""
    from regulars.ground.kit.sql import named
    from regulars.understand.diagnosis.history import month_from
    from regulars.understand.metrics.counted import counted

    parameters = {
        "start": period.start, "end": period.end, "as_of": period.last_day, "channel": None,
        "before_start": None, "before_end": None, "before_as_of": None,
        "window_days": WINDOW_DAYS, "nodes": list(chain.stores), "categories": list(chain.counted),
    }  # fmt: skip
    sold, bases = (
        _ask(database, named("regulars.understand.metrics", name), parameters)
        for name in ("store_parts", "store_bases")
    )
    cells = _ask(database, named("regulars.understand.diagnosis", "goods_cells"), parameters)
    return month_from(counted(sold, bases), cells)


def _ask(database: Any, sql: str, parameters: dict[str, Any]) -> Any:
    from regulars.ground.kit.sql import spoken_of

    return database.sql(sql, params=spoken_of(sql, parameters)).to_arrow_table()


def _run(database: Any, script: str, parameters: dict[str, Any]) -> None:
    from regulars.ground.kit.sql import spoken_of

    for statement in script.split(";\n"):
        if statement.strip():
            database.execute(statement, spoken_of(statement, parameters) or None)


def moved_stores(cube: Any) -> Any:
    """Stores that were silent in any of the last months: opened or closed."""
    tickets = cube.place("tickets").sum(1)
    return cube.stores[(tickets[:, -1] == 0) | (tickets[:, -2] == 0) | _is_half(tickets)]


def _is_half(tickets: Any) -> Any:
    """Opened or closed inside the last months: the months before hold half of nothing."""
    usual = np.median(tickets[:, -7:-1], axis=1)
    return (tickets[:, -1] < 0.1 * usual) | (tickets[:, -7:-1].min(1) == 0)
