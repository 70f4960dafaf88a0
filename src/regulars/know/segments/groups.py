"""Members as a group of ids, and a group as a string of bits with one for each id: whoever belongs
to it is found once, and what groups have in common is counted without looking at anybody."""

from dataclasses import dataclass

from sqlglot import exp
from sqlglot.expressions import Expr

OWNER, BITS = "owner_id", "bits"


@dataclass(frozen=True)
class Group:
    """Those whom `owners` selects as `owner_id`, any number of times; or all others."""

    owners: exp.Select
    is_all_others: bool = False

    def has(self, member: Expr) -> Expr:
        """The condition that a member belongs to it."""
        among = exp.In(this=member.copy(), query=exp.Subquery(this=self.owners.distinct()))
        return exp.not_(among) if self.is_all_others else among


def as_bits(owners: exp.Select, last: int) -> exp.Select:
    """One row with `bits`: that of an id stands at its place, from 0 to `last`. DuckDB takes up to
    a thousand million of them."""
    first, end = exp.Literal.number(0), exp.Literal.number(last)
    owner = exp.column(OWNER, "found")
    gathered = exp.Anonymous(this="bitstring_agg", expressions=[owner, first, end.copy()])
    size = exp.Literal.number(last + 1)
    nobody = exp.Anonymous(this="bitstring", expressions=[exp.Literal.string("0"), size])
    bits = exp.func("COALESCE", gathered, nobody).as_(BITS)
    found = exp.select(bits).from_(owners.subquery("found", copy=False), copy=False)
    return found.where(owner.copy() <= end)


def has_bit(name: str, member: Expr) -> Expr:
    """The condition that a member's bit is set in the `bits` of relation `name`."""
    place = exp.cast(member.copy(), "INTEGER", dialect="duckdb")
    bit = exp.Anonymous(this="get_bit", expressions=[exp.column(BITS, name), place])
    return exp.EQ(this=bit, expression=exp.Literal.number(1))


def bit_count(bits: Expr) -> Expr:
    return exp.Anonymous(this="bit_count", expressions=[bits])
