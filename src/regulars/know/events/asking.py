"""Named questions about relations of events."""

from typing import Any

import pyarrow as pa
from sqlglot import exp, parse_one

from regulars.ground.kit.sql import named
from regulars.ground.warehouse.service import query
from regulars.know.events.matching import Relation


def relation(name: str, **parameters: Any) -> Relation:
    """The events that a named query selects."""
    return Relation(_select(name), parameters)


def ask(name: str, about: Relation, **parameters: Any) -> pa.Table:
    """The answer to a named question about a relation, which the question calls `matched`."""
    question = _select(name).with_("matched", as_=about.select)
    return query(question.sql("duckdb"), {**about.parameters, **parameters})


def _select(name: str) -> exp.Select:
    tree = parse_one(named(__package__, name), dialect="duckdb")
    assert isinstance(tree, exp.Select)
    return tree
