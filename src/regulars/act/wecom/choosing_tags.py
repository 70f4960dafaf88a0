"""Which of our tags customers wear in WeCom: chosen at the desk."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from regulars.act.wecom.models import CustomerTag, Mark
from regulars.ground.audit.service import record
from regulars.ground.kit.errors import UserError
from regulars.know.language.types import Type
from regulars.know.tags.service import Defined, Subject, Tag, defined, name_of

NAME_LENGTH = 30
"""Of a customer tag and of a group, in WeCom."""
MOST_VALUES = 50
MOST_TAGS = 500
State = Mark.State


@dataclass(frozen=True)
class Choice:
    """A tag that can be worn in WeCom: one that says yes or no, or has a few texts."""

    code: str
    name: str
    values: tuple[tuple[str, str], ...]
    is_chosen: bool


def list_choices() -> list[Choice]:
    """By name; those chosen first."""
    told, chosen = defined(Subject.MEMBER), chosen_codes()
    found = [
        Choice(tag.code, name_of(tag), tuple(_values_of(told, tag)), tag.code in chosen)
        for tag in told.checked.tags
        if _values_of(told, tag)
    ]
    return sorted(found, key=lambda each: (not each.is_chosen, each.name))


def chosen_codes() -> set[str]:
    return set(CustomerTag.objects.filter(is_chosen=True).values_list("code", flat=True))


def list_customer_tags() -> QuerySet[CustomerTag]:
    """Those chosen, and those that are still worn: `worn`, `waiting` and `failed` count customers,
    `trouble` is what WeCom last said of one of them."""
    to_do = Q(marks__state__in=[State.TO_ADD, State.TO_REMOVE])
    is_worn = Exists(Mark.objects.filter(tag=OuterRef("pk")))
    shown = CustomerTag.objects.filter(Q(is_chosen=True) | is_worn)
    return shown.annotate(
        worn=Count("marks", filter=Q(marks__state=State.ON)),
        waiting=Count("marks", filter=to_do & Q(marks__error="")),
        failed=Count("marks", filter=to_do & ~Q(marks__error="")),
        trouble=Max("marks__error", filter=to_do),
    ).order_by("group", "pk")


@transaction.atomic
def choose_tags(actor: AbstractBaseUser | None, codes: Collection[str]) -> int:
    """From now on these are worn, and no others; how many tags that is in WeCom. Raises UserError
    for one that cannot be, and for too many."""
    told = defined(Subject.MEMBER)
    wanted = [row for code in codes for row in _rows_of(told, code)]
    if len(wanted) > MOST_TAGS:
        raise UserError(
            _("These are %(n)s tags in WeCom; at most %(most)s are kept in step."),
            field="codes", facts={"n": len(wanted), "most": MOST_TAGS},
        )  # fmt: skip
    _keep(wanted)
    record(actor, "wecom.tags_chosen", "wecom", 1, codes=sorted(codes))
    return len(wanted)


def follow_definitions() -> None:
    """A tag that has other values by now has others in WeCom; one that is gone is worn no more."""
    told = defined(Subject.MEMBER)
    possible = [code for code in sorted(chosen_codes()) if _can_be_worn(told, code)]
    _keep([row for code in possible for row in _rows_of(told, code)])


def _keep(wanted: Sequence[CustomerTag]) -> None:
    CustomerTag.objects.update(is_chosen=False)
    CustomerTag.objects.bulk_create(
        wanted, update_conflicts=True, unique_fields=["code", "value"],
        update_fields=["group", "name", "is_chosen"],
    )  # fmt: skip


def _can_be_worn(told: Defined, code: str) -> bool:
    tag = told.columns.tags.get(code)
    return tag is not None and bool(_values_of(told, tag))


def _rows_of(told: Defined, code: str) -> list[CustomerTag]:
    tag = told.columns.tags.get(code)
    values = _values_of(told, tag) if tag else []
    if tag is None or not values:
        raise UserError(_("“%s” cannot be a customer tag.") % code, field="codes")
    group = tag.zh[:NAME_LENGTH]
    return [
        CustomerTag(code=code, value=value, group=group, name=name[:NAME_LENGTH])
        for value, name in values
    ]


def _values_of(told: Defined, tag: Tag) -> list[tuple[str, str]]:
    """(value, its name in WeCom), which is Chinese; of yes or no the yes alone, as ""."""
    kind = told.checked.types[tag.code]
    if kind == Type.YES_NO:
        return [("", tag.zh)]
    if kind != Type.TEXT:
        return []
    named = [(value, str(names.get("zh", value))) for value, names in tag.values.items()]
    listed = named or [(each, each) for each in getattr(tag.spec, "choices", ())]
    return listed if len(listed) <= MOST_VALUES else []
