"""Reads a plant file: the causes to plant in a simulated chain, checked against its places."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from django.utils.translation import gettext_lazy as _

from regulars.demo.simulate.arrays import Bools, Ints
from regulars.demo.simulate.catalogue import Catalogue
from regulars.demo.simulate.chain import Chain, branch_id, region_id
from regulars.demo.simulate.plan import Plan
from regulars.ground.kit.errors import UserError

PLACES = ("region", "branch", "store")
KINDS = {
    # kind: whether it needs a factor, whether a category narrows it
    "recruitment": (True, False),
    "conversion": (True, False),
    "retention": (True, False),
    "traffic": (True, False),
    "basket": (True, True),
    "price": (True, True),
    "stock_out": (False, True),
}
KEYS = {"kind", "factor", "category", "from", "to", *PLACES}
DEAREST = 3.0


@dataclass(frozen=True)
class Cause:
    """One planted cause: what it changes, by how much, where and from when to when (both days
    count). `place` and `category` are as they were found, None for the whole chain."""

    number: int
    kind: str
    factor: float
    first_day: int
    last_day: int
    place: str | None
    category: str | None
    stores: Bools
    products: Bools

    def covers(self, day: int | Ints) -> Bools:
        """Whether each day lies in the window."""
        return np.asarray((self.first_day <= day) & (day <= self.last_day))


def read_plants(path: Path, plan: Plan, chain: Chain, catalogue: Catalogue) -> list[Cause]:
    """The causes of a plant file. Raises UserError naming the cause and the key at fault."""
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as broken:
        raise UserError(f"{path}: {broken}") from broken
    if unknown := sorted(set(tables) - {"cause"}):
        raise UserError(_("%(path)s: unknown table %(name)s; causes stand under [[cause]]") % {
            "path": path, "name": unknown[0],
        })  # fmt: skip
    rows = tables.get("cause", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UserError(_("%(path)s: write [[cause]], with two brackets") % {"path": path})
    reader = _Reader(path, plan, chain, catalogue)
    return [reader.read(number, row) for number, row in enumerate(rows, 1)]


class _Reader:
    def __init__(self, path: Path, plan: Plan, chain: Chain, catalogue: Catalogue) -> None:
        self._path, self._plan, self._chain, self._catalogue = path, plan, chain, catalogue

    def read(self, number: int, row: Mapping[str, Any]) -> Cause:
        where = _("%(path)s, cause %(number)s") % {"path": self._path, "number": number}
        kind = row.get("kind")
        if not isinstance(kind, str) or kind not in KINDS:
            raise _error(where, "kind", kind, _("one of %(kinds)s") % {"kinds": ", ".join(KINDS)})
        needs_factor, takes_category = KINDS[kind]
        allowed = KEYS if takes_category else KEYS - {"category"}
        if unknown := sorted(set(row) - allowed):
            message = _("%(where)s: kind %(kind)s has no key %(key)s")
            parts = {"where": where, "kind": kind, "key": unknown[0]}
            raise UserError(message % parts, field=unknown[0])
        first, last = self._window(where, row)
        place, stores = self._stores(where, row)
        category, products = self._products(where, row.get("category"))
        if kind == "stock_out" and category is None:
            raise _error(where, "category", None, _("the category that runs out"))
        factor = self._factor(where, kind, row.get("factor", None if needs_factor else 0.0))
        return Cause(number, kind, factor, first, last, place, category, stores, products)

    def _factor(self, where: str, kind: str, factor: Any) -> float:
        most = DEAREST if kind == "price" else 1.0
        is_number = isinstance(factor, int | float) and not isinstance(factor, bool)
        if not is_number or not 0 <= factor <= most or (kind == "price" and factor == 0):
            expected = _("a number from 0 to %(most)s") % {"most": f"{most:g}"}
            raise _error(where, "factor", factor, expected)
        return float(factor)

    def _window(self, where: str, row: Mapping[str, Any]) -> tuple[int, int]:
        plan = self._plan
        first = self._day(where, "from", row.get("from", plan.start))
        last = self._day(where, "to", row.get("to", plan.end))
        span = _("from %(start)s to %(end)s") % {"start": plan.start, "end": plan.end}
        if first >= plan.days:
            raise _error(where, "from", row["from"], span)
        if last < first:
            expected = _("not before from (%(day)s)") % {"day": plan.date_of(first)}
            raise _error(where, "to", row.get("to"), expected)
        if last < 0:
            raise _error(where, "to", row["to"], span)
        return first, last

    def _day(self, where: str, key: str, value: object) -> int:
        try:
            day = date.fromisoformat(str(value))
        except ValueError as broken:
            raise _error(where, key, value, _("a date such as 2026-03-01")) from broken
        return self._plan.day_of(day)

    def _stores(self, where: str, row: Mapping[str, Any]) -> tuple[str | None, Bools]:
        named = [key for key in PLACES if key in row]
        if not named:
            return None, np.ones(self._chain.size, dtype=np.bool_)
        if len(named) > 1:
            raise _error(
                where,
                named[1],
                row[named[1]],
                _("one place only, not also %(key)s") % {"key": named[0]},
            )
        key, value = named[0], row[named[0]]
        chain = self._chain
        known = {
            "region": (map(region_id, range(len(chain.region_names))), chain.region_names),
            "branch": (map(branch_id, range(len(chain.branch_names))), chain.branch_names),
            "store": (chain.store_ids.to_pylist(), chain.names),
        }[key]
        index = _find(value, *known)
        if index is None:
            raise _error(
                where, key, value, _("the id or name of a %(key)s of this chain") % {"key": key}
            )
        of_stores = {"region": chain.region, "branch": chain.branch}.get(key)
        of_stores = np.arange(chain.size) if of_stores is None else of_stores
        return str(value), np.asarray(of_stores == index)

    def _products(self, where: str, category: object) -> tuple[str | None, Bools]:
        paths = self._catalogue.paths
        if category is None:
            return None, np.ones(len(paths), dtype=np.bool_)
        wanted = tuple(part.strip() for part in str(category).split(">"))
        for length in range(1, 4):
            for path in dict.fromkeys(tuple(path.split(" > ")[:length]) for path in paths):
                if path[-len(wanted) :] == wanted:
                    full = " > ".join(path)
                    inside = [p == full or p.startswith(f"{full} > ") for p in paths]
                    return full, np.array(inside, dtype=np.bool_)
        raise _error(where, "category", category, _("a category of this chain"))


def _find(value: object, ids: Iterable[str], names: Iterable[str]) -> int | None:
    for index, known in enumerate(zip(ids, names, strict=True)):
        if value in known:
            return index
    return None


def _error(where: str, key: str, value: object, expected: object) -> UserError:
    message = _("%(where)s: %(key)s is %(value)s; expected %(expected)s")
    shown = _("missing") if value is None else repr(value)
    parts = {"where": where, "key": key, "value": shown, "expected": expected}
    return UserError(message % parts, field=key)
