"""Rows of a fact beside the small tables that it names: what a text asks of a dimension is answered
once a row of the dimension, not once a row of the fact."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlglot import exp
from sqlglot.expressions import Expr

from regulars.know.language.compiling import condition
from regulars.know.language.parsing import parsed
from regulars.know.language.tree import Node
from regulars.know.tags.facts import DIMENSIONS, FACTS, relation
from regulars.know.tags.names import FactNames

FACT = "f"


@dataclass
class Dimensions:
    """What is asked of each dimension: columns that stand in its own relation."""

    asked: dict[str, dict[str, Expr]] = field(default_factory=dict)

    def lifted(self, sql: Expr) -> Expr:
        """The same expression, whatever of it asks of one dimension alone replaced by a column."""
        tables = {column.table for column in sql.find_all(exp.Column)}
        if tables and tables <= set(DIMENSIONS) and len(tables) == 1:
            return self._column(tables.pop(), sql)
        if not tables & set(DIMENSIONS):
            return sql
        copied = sql.copy()
        for child in list(copied.iter_expressions()):
            child.replace(self.lifted(child))
        return copied

    def _column(self, dimension: str, sql: Expr) -> Expr:
        columns = self.asked.setdefault(dimension, {})
        bare = sql.copy()
        for column in bare.find_all(exp.Column):
            column.set("table", None)
        if isinstance(bare, exp.Column):
            name = bare.name
        else:
            told = bare.sql("duckdb")
            name = next((n for n, known in columns.items() if known.sql("duckdb") == told), "")
            name = name or f"asked_{len(columns) + 1}"
        columns.setdefault(name, bare)
        return exp.column(name, dimension)

    def joined(self, select: exp.Select) -> exp.Select:
        for name, columns in self.asked.items():
            dimension = DIMENSIONS[name]
            asked = [sql.copy().as_(alias) for alias, sql in columns.items()]
            rows = exp.select(dimension.key, *asked).from_(relation(dimension.rows, "told"))
            on = exp.column(dimension.key, name).eq(exp.column(dimension.key, FACT))
            select = select.join(rows.subquery(name), on=on, join_type="left")
        return select


def fact_rows(fact: str, only: Iterable[str], where: Node | None) -> exp.Select:
    """The rows of a fact, as `f`, that meet our own texts `only` and a user's tree `where`; nothing
    is selected yet. Raises TextError."""
    trees = [parsed(text) for text in only if text] + ([where] if where else [])
    dimensions = Dimensions()
    conditions = [dimensions.lifted(condition(tree, FactNames(fact))) for tree in trees]
    select = exp.Select().from_(relation(FACTS[fact].rows, FACT))
    return dimensions.joined(select).where(*conditions)
