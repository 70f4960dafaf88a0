"""Runs a simulation from its first day to its last."""

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from django.utils.translation import gettext_lazy as _

from regulars.demo.simulate.catalogue import build_catalogue
from regulars.demo.simulate.chain import build_chain
from regulars.demo.simulate.days import Days
from regulars.demo.simulate.people import People
from regulars.demo.simulate.plan import Plan
from regulars.demo.simulate.plants import read_plants
from regulars.demo.simulate.staff import staff_table
from regulars.demo.simulate.stock import StockWriter
from regulars.demo.simulate.truth import Truth, write_settings, write_truth
from regulars.demo.simulate.world import World, build_world
from regulars.demo.simulate.writer import PARQUET, LineWriter
from regulars.ground.kit.errors import UserError

Progress = Callable[[str, int, int], None]
Stock = tuple[int, float]
"""For how many of the last days it is written, and what share of a delivery does not come."""


def simulate(
    out: Path,
    *,
    members: int,
    stores: int,
    days: int,
    seed: int,
    end: date,
    plant: Path | None = None,
    stock_days: int = 0,
    stock_missing: float = 0.0,
    progress: Progress | None = None,
) -> Truth:
    """Write a mother-and-baby chain into the folder `out`, in the import layout.

    `members` is how many have joined by the last day, `end`; about three in ten of them are
    active. Lines run over `days` days, about ten for each member in two years. The same arguments
    always give the same rows. `plant` is a TOML file of causes to plant; with the same seed, what
    a cause does not touch stays line for line the same. `stock_days` is for how many of the last
    days to write stock, by store and product (a row for each of some hundred products a store a
    day, so for small chains); `stock_missing` is the share of goods that a delivery lacks.
    `progress(step, done, total)` is called as it goes.

    Raises UserError for a size out of range, an `out` that holds files, or a wrong plant file;
    then nothing is left behind.
    """
    out = out.resolve()
    plan = Plan(members=members, stores=stores, days=days, seed=seed, end=end)
    if not 0 <= stock_days <= days:
        message = _("stock_days must be from 0 to %(most)s, not %(value)s")
        raise UserError(message % {"most": days, "value": stock_days}, field="stock_days")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UserError(_("%(path)s is not empty") % {"path": out}, field="out")
    unfinished = out.with_name(f"{out.name}.partial")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    try:
        stock = (stock_days, stock_missing)
        rows, causes = _write(unfinished, plan, plant, stock, progress or _silent)
        unfinished.replace(out)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return Truth(folder=out, start=plan.start, end=plan.end, rows=rows, causes=causes)


def _write(
    folder: Path, plan: Plan, plant: Path | None, stock: Stock, progress: Progress
) -> tuple[dict[str, int], list[dict[str, Any]]]:
    chain, catalogue = build_chain(plan), build_catalogue(plan)
    causes = read_plants(plant, plan, chain, catalogue) if plant else []
    world = build_world(plan, chain, catalogue)
    tables = {
        "stores": chain.table(plan),
        "staff": staff_table(plan, chain, world.staff),
        "products": catalogue.table,
    }
    for kind, table in tables.items():
        pq.write_table(table, folder / f"{kind}.parquet", **PARQUET)
    days = Days(world, causes)
    rows = {kind: len(table) for kind, table in tables.items()}
    rows |= _write_days(folder, world, days, stock, partial(progress, "days"))
    people = People(world, days.spent, days.causes.never_joined)
    rows |= people.write(folder, partial(progress, "members"))
    write_settings(folder, plan)
    return rows, write_truth(folder, plan, chain, days.causes, rows)


def _write_days(
    folder: Path, world: World, days: Days, stock: Stock, progress: Callable[[int, int], None]
) -> dict[str, int]:
    writers: dict[str, LineWriter | StockWriter] = {"lines": LineWriter(folder, world)}
    if stock[0]:
        writers["stock"] = StockWriter(folder, world, days.causes, *stock)
    with ExitStack() as files:
        for writer in writers.values():
            files.enter_context(writer)
        for day in range(world.plan.days):
            tickets, lines = days.live(day)
            for writer in writers.values():
                writer.add(tickets, lines, day)
            progress(day + 1, world.plan.days)
    return {kind: writer.rows for kind, writer in writers.items()}


def _silent(_step: str, _done: int, _total: int) -> None:
    """For callers who do not show progress."""
