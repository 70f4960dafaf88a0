"""Counts of many places as columns, for whoever works on all of them at once."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from regulars.ground.kit.sql import named
from regulars.understand.metrics.answers import answers
from regulars.understand.metrics.identity import CHAIN, MEMBER_PARTS
from regulars.understand.metrics.question import Question
from regulars.understand.metrics.trees import days_of


def counts_of_places(question: Question, node_ids: Sequence[int]) -> pa.Table:
    """Of the question's period: node, part, and the counts of `CHAIN`, a row for each part of each
    node that has members or sales. The same numbers as the nodes' trees, before what no factor
    explains is taken to the leaf of returns. 0 where a base is not known."""
    days = days_of(question.period)
    nodes = {"nodes": list(node_ids), "channel": question.channel}
    parameters = days | nodes | {"before_start": None, "before_end": None, "before_as_of": None}
    sold, bases = answers(
        (named(__package__, "store_parts"), parameters),
        (named(__package__, "store_bases"), days | nodes),
    )
    return counted(sold, bases)


def counted(sold: pa.Table, bases: pa.Table) -> pa.Table:
    """Rows of `store_parts` beside those of `store_bases`."""
    joined = sold.drop_columns(["period"]).join(
        _by_part(bases), keys=["node", "part"], join_type="full outer"
    )
    columns = {name: pc.fill_null(joined.column(name), 0) for name in CHAIN}
    return pa.table({"node": joined.column("node"), "part": joined.column("part"), **columns})


def _by_part(bases: pa.Table) -> pa.Table:
    """A row a node and part out of a column a part."""
    return pa.concat_tables(
        pa.table({
            "node": bases.column("node"),
            "part": pa.array([part] * len(bases), pa.string()),
            "members": bases.column(part),
        })
        for part in MEMBER_PARTS
    )  # fmt: skip
