"""Named questions about relations of events."""

from typing import Any

import pyarrow as pa

from regulars.ground.kit.sql import tree_of
from regulars.ground.warehouse.service import query
from regulars.know.events.matching import Relation


def relation(name: str, **parameters: Any) -> Relation:
    """The events that a named query selects."""
    return Relation(tree_of(__package__, name), parameters)


def ask(name: str, about: Relation, **parameters: Any) -> pa.Table:
    """The answer to a named question about a relation, which the question calls `matched`."""
    question = tree_of(__package__, name).with_("matched", as_=about.select)
    return query(question.sql("duckdb"), {**about.parameters, **parameters})
