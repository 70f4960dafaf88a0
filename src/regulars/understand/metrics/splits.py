"""A leaf of the tree in slices: the active old by child stage, the new by how they joined."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.deployment import chain
from regulars.ground.kit.errors import UserError
from regulars.ground.kit.sql import named
from regulars.know.members.service import Stage, births_in_stage
from regulars.know.orders.service import channel_name
from regulars.understand.metrics.answers import answer
from regulars.understand.metrics.comparison import NOTHING_TO_DIVIDE, ONLY_BUYERS
from regulars.understand.metrics.identity import Counts, Tree
from regulars.understand.metrics.labels import RATE_NAMES
from regulars.understand.metrics.periods import Period
from regulars.understand.metrics.question import Question
from regulars.understand.metrics.trees import days_of, place_of

NEW, ACTIVE_OLD = "new", "active_old"
SPLIT_PARTS: dict[str, Promise] = {
    ACTIVE_OLD: _("By the stage of the youngest child"),
    NEW: _("By how they joined"),
}
WITHOUT_CHILD, NOT_RECORDED = "no_child", ""
NAMES: dict[str, dict[str, Any]] = {
    ACTIVE_OLD: {**dict(Stage.choices), WITHOUT_CHILD: _("no child on file")},
    NEW: {NOT_RECORDED: _("not recorded")},
}
NOT_WITHIN_GOODS = _("not defined within goods")


@dataclass(frozen=True)
class Slice:
    """Some members of a leaf. `before` is None when nothing is compared, `rate` where the base is
    unknown or empty: `reason` says which."""

    part: str
    code: str
    name: str | Promise
    counts: Counts
    before: Counts | None

    @property
    def rate(self) -> Fraction | None:
        """Buyers ÷ members: retention of the active old, conversion of the new."""
        return _rate(self.counts)

    @property
    def rate_before(self) -> Fraction | None:
        return None if self.before is None else _rate(self.before)

    @property
    def change_cents(self) -> int | None:
        return None if self.before is None else self.counts.net_cents - self.before.net_cents

    @property
    def reason(self) -> Promise | None:
        if self.counts.members is None:
            return ONLY_BUYERS
        return NOTHING_TO_DIVIDE if self.rate is None else None


@dataclass(frozen=True)
class Split:
    """The slices of one leaf; they sum to its members, buyers and net cents exactly. None of them,
    with a `reason`, where the leaf cannot be split."""

    part: str
    slices: tuple[Slice, ...]
    reason: Promise | None = None

    @property
    def name(self) -> Promise:
        return SPLIT_PARTS[self.part]

    @property
    def rate_name(self) -> Promise:
        return RATE_NAMES[self.part]


def get_split(question: Question, part: str) -> Split:
    """The slices of the question's leaf `part`: `active_old` by the stage, as of the period's
    start, of the youngest child, in life's order; `new` by how they joined, the most first.
    Raises UserError for a part that has no split."""
    if part not in SPLIT_PARTS:
        raise UserError(
            _("“%(part)s” is none of the parts that are split: %(known)s.")
            % {"part": part, "known": ", ".join(SPLIT_PARTS)},
            field="part",
        )
    if question.is_about_goods:
        return Split(part, (), NOT_WITHIN_GOODS)
    now = _slices(question, part)
    compared = question.compared
    before = None if compared is None else _slices(question.for_period(compared), part)
    codes = sorted({*now, *(before or {})}, key=lambda code: _place(part, code, now))
    return Split(part, tuple(_slice(part, code, now, before) for code in codes))


def _slice(
    part: str, code: str, now: Mapping[str, Counts], before: Mapping[str, Counts] | None
) -> Slice:
    nobody = Counts(_known(part, 0), buyers=0)
    earlier = None if before is None else before.get(code, nobody)
    name = NAMES[part].get(code) or channel_name(code)
    return Slice(part, code, name, now.get(code, nobody), earlier)


def _slices(question: Question, part: str) -> dict[str, Counts]:
    """Counts by slice. Where no factor explains the leaf's money, the tree shows it as returns of
    earlier tickets: then the slices have only their members."""
    rows = answer(named(__package__, "splits"), _parameters(question, part)).to_pylist()
    found = {row.pop("slice"): Counts(**row) for row in rows}
    known = {code: replace(c, members=_known(part, c.members)) for code, c in found.items()}
    whole = Tree(found).total
    if replace(whole, members=_known(part, whole.members)).is_whole:
        return known
    return {code: Counts(counts.members, buyers=0) for code, counts in known.items()}


def _parameters(question: Question, part: str) -> dict[str, Any]:
    return (
        place_of(question)
        | days_of(question.period)
        | _stages(question.period)
        | {
            "part": part,
            "is_everywhere": question.is_chain and not question.channel,
            "channel": question.channel,
            "without_child": WITHOUT_CHILD,
        }
    )


def _stages(period: Period) -> dict[str, list[Any]]:
    """Every stage with the first and last day of birth that stand in it at the period's start."""
    bounds = {s: births_in_stage(s, period.start, chain().age_range_months) for s in Stage}
    return {
        "stages": [stage.value for stage in bounds],
        "born_from": [first for first, _last in bounds.values()],
        "born_until": [last for _first, last in bounds.values()],
    }


def _place(part: str, code: str, now: Mapping[str, Counts]) -> tuple[int, str]:
    """Where a slice stands: stages as life goes, ways of joining by size, the unrecorded last."""
    if part == ACTIVE_OLD:
        return list(NAMES[ACTIVE_OLD]).index(code), code
    counts = now.get(code, Counts())
    size = counts.buyers if counts.members is None else counts.members
    return (1 if code == NOT_RECORDED else -(size or 0)), code


def _known(part: str, members: int | None) -> int | None:
    return None if part == NEW and chain().only_buyers_recorded else members


def _rate(counts: Counts) -> Fraction | None:
    return Fraction(counts.buyers or 0, counts.members) if counts.members else None
