"""Formulas over metrics: `net_sales / new_members`, `1 - retention`. Exact, and unknown where any
of their metrics is."""

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.errors import UserError
from regulars.understand.metrics.service import METRICS

Number = int | Fraction
LONGEST = 300
OPERATORS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
}  # fmt: skip


class Formula:
    """A parsed formula. Raises UserError, naming what is wrong with `text`."""

    def __init__(self, text: str) -> None:
        self.text = text.strip()
        if not self.text or len(self.text) > LONGEST:
            raise UserError(_("A formula has between 1 and 300 characters."), field="formula")
        try:
            self._tree = ast.parse(self.text, mode="eval").body
        except (SyntaxError, RecursionError, MemoryError, ValueError):
            raise UserError(
                _("“%(text)s” is no formula: metrics, numbers, + − × ÷ and brackets.")
                % {"text": self.text},
                field="formula",
            ) from None
        self.metrics = frozenset(_check(self._tree))

    @property
    def unit(self) -> str:
        """A metric's own where the formula is just that; a plain ratio of anything more."""
        alone = isinstance(self._tree, ast.Name)
        return METRICS[self.text].unit if alone else "ratio"

    def value(self, values: Mapping[str, Number | None]) -> Fraction | None:
        """None where a metric is not known, or where it divides by nought."""
        try:
            return _value(self._tree, values)
        except ZeroDivisionError:
            return None


def _check(node: ast.expr) -> Iterator[str]:
    """The metrics of a formula that holds nothing else than it may."""
    match node:
        case ast.Name(id=name) if name in METRICS:
            yield name
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            pass
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            yield from _check(left)
            yield from _check(right)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            yield from _check(operand)
        case ast.Name(id=name):
            raise UserError(
                _("There is no metric “%(name)s”. There are: %(known)s.")
                % {"name": name, "known": ", ".join(METRICS)},
                field="formula",
            )
        case _:
            raise UserError(
                _("A formula holds metrics, numbers, + − * / and brackets, nothing else."),
                field="formula",
            )


def _value(node: ast.expr, values: Mapping[str, Number | None]) -> Fraction | None:
    match node:
        case ast.Name(id=name):
            known = values.get(name)
            return None if known is None else Fraction(known)
        case ast.Constant(value=number):
            return Fraction(str(number))
        case ast.UnaryOp(operand=operand):
            inner = _value(operand, values)
            return None if inner is None else -inner
        case ast.BinOp(left=left, op=op, right=right):
            a, b = _value(left, values), _value(right, values)
            return None if a is None or b is None else OPERATORS[type(op)](a, b)
    raise AssertionError(node)  # a formula that was checked has nothing else
