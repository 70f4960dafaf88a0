"""The tags of one member, product, store or colleague, as her page and her card show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest

from regulars.ground.accounts.access import Capability, Scope, scope_of
from regulars.ground.kit import clock
from regulars.know.language.types import Type
from regulars.know.tags.definitions import Aggregate, Kind, Measure
from regulars.know.tags.service import (
    ByHand,
    Subject,
    Value,
    list_by_hand,
    list_values,
    name_of,
    note_of,
)
from regulars.web.parts.tag_values import group_label, value_text
from regulars.web.parts.who import signed_in

NOTHING_WHERE_ZERO = {Measure.COUNT, Measure.DISTINCT, Measure.SUM, Measure.SHARE}
FIRST: Mapping[Subject, Sequence[str]] = {
    Subject.MEMBER: (
        "lifecycle", "youngest_stage", "formula_stage", "value_tier", "rfm_segment",
        "days_since_purchase", "spend_365d", "orders_365d", "days_overdue", "favourite_category",
        "favourite_brand", "last_formula", "is_formula_due", "is_diaper_due", "is_birthday_soon",
        "is_valuable_and_leaving", "is_price_sensitive",
    ),
    Subject.PRODUCT: (
        "product_abc", "product_trend", "product_sales_90d", "product_units_30d",
        "product_days_since_sale", "product_buyers_365d", "product_is_slow",
    ),
    Subject.STORE: (
        "store_size", "store_trend", "store_sales_30d", "store_change_90d", "store_buyers_30d",
        "store_members", "store_favourite_category", "store_is_in_need",
    ),
    Subject.STAFF: (
        "staff_experience", "staff_state", "staff_sales_30d", "staff_change_90d",
        "staff_customers_90d", "staff_order_value_90d", "staff_is_top_of_store",
    ),
}  # fmt: skip
"""What whoever serves her wants to know first, in this order; those that say nothing stay away."""


@dataclass(frozen=True)
class Shown:
    """A tag with its value as text, and what it follows from."""

    code: str
    name: str
    text: str
    because: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Group:
    code: str
    label: str
    tags: Sequence[Shown]


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    is_set: bool


@dataclass(frozen=True)
class HandSet:
    """A tag that staff set: as chips to choose from, or as a field of the type `control`."""

    code: str
    name: str
    note: str
    text: str
    given: str
    choices: Sequence[Choice]
    control: str
    set_at: datetime | None
    set_by: str
    slip_id: int | None


@dataclass(frozen=True)
class Tags:
    """`first` are the few that matter most, `groups` all others that say something."""

    first: Sequence[Shown]
    groups: Sequence[Group]
    by_hand: Sequence[HandSet]

    def __bool__(self) -> bool:
        return bool(self.first or self.groups or self.by_hand)


def may_see_tags(scope: Scope, subject: Subject) -> bool:
    """Goods' tags speak of margins: for those alone who look after goods or after tags."""
    if subject == Subject.PRODUCT:
        return scope.may(Capability.EDIT_CATALOG) or scope.may(Capability.SEE_TAGS)
    wanted = Capability.SEE_MEMBERS if subject == Subject.MEMBER else Capability.SEE_ORG
    return scope.may(wanted)


def tags_of(user: AbstractBaseUser, scope: Scope, subject: Subject, owner_id: int) -> Tags | None:
    """What is known of an owner whom the caller has let the user see; None where he may not see
    her tags."""
    if not may_see_tags(scope, subject):
        return None
    return tags_from(user, subject, owner_id, list_values(subject, owner_id))


def tags_from(
    user: AbstractBaseUser, subject: Subject, owner_id: int, found: Sequence[Value]
) -> Tags:
    """The same of values that were asked for already."""
    values = [value for value in found if says_something(value)]
    told = {value.code: value for value in values if value.tag.kind != Kind.MANUAL}
    first = [told.pop(code) for code in FIRST[subject] if code in told]
    grouped = groupby(told.values(), key=lambda value: value.tag.group)
    groups = [
        Group(str(group), group_label(group), [shown(value) for value in own])
        for group, own in grouped
    ]
    by_hand = [_hand_set(each, user) for each in list_by_hand(subject, owner_id)]
    return Tags([shown(value) for value in first], groups, by_hand)


def tags_page(request: HttpRequest, subject: Subject, owner_id: int, code: str) -> dict[str, Any]:
    """What `console/tags/of.html` shows of an owner of this code."""
    user, scope = signed_in(request), scope_of(request.user)
    tags = tags_of(user, scope, subject, owner_id)
    return {"tags": tags, "owner_code": code, "today": clock.today()}


def says_something(value: Value) -> bool:
    """Not what is unknown, no, or a count and a sum of nothing: a wall of noughts helps nobody."""
    if value.value is None or value.value is False:
        return False
    spec = value.tag.spec
    is_counted = isinstance(spec, Aggregate) and spec.measure in NOTHING_WHERE_ZERO
    return not (is_counted and value.value == 0)


def shown(value: Value) -> Shown:
    because = [(each.name, text_of(each) or "—") for each in value.because]
    return Shown(value.code, value.name, text_of(value), because)


def text_of(value: Value) -> str:
    return value_text(value.value, value.tag.type, value.text)


def _hand_set(told: ByHand, user: AbstractBaseUser) -> HandSet:
    tag, value = told.tag, told.value
    is_own_slip = told.set_by is not None and told.set_by.pk == user.pk
    return HandSet(
        tag.code,
        name_of(tag),
        note_of(tag),
        text_of(Value(tag, value)),
        _as_given(value),
        [Choice(code, label, code == _as_given(value)) for code, label in _choices(told)],
        {Type.DATE: "date", Type.TEXT: "text"}.get(tag.type or Type.TEXT, "number"),
        told.set_at,
        str(told.set_by or ""),
        told.value_id if is_own_slip else None,
    )


def _choices(told: ByHand) -> list[tuple[str, str]]:
    if told.tag.type == Type.YES_NO:
        return [(code, value_text(code == "true", Type.YES_NO)) for code in ("true", "false")]
    return [(code, text_of(Value(told.tag, code))) for code in told.choices]


def _as_given(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
