"""Tags that staff set by hand: who said what and when, of whom.

Postgres holds them all, one after another, and the keeper carries them into the warehouse: what was
acknowledged is there, and a warehouse that lost them takes them again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import pyarrow as pa
from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext_lazy as _

from regulars.ground.accounts.access import Capability, check
from regulars.ground.audit.service import record
from regulars.ground.kit import clock
from regulars.ground.kit.arrow_postgres import arrow_from_query
from regulars.ground.kit.errors import NotFound, UserError
from regulars.ground.kit.sql import named
from regulars.ground.warehouse.service import query, run, stage
from regulars.know.language.types import Type
from regulars.know.members.models import Member
from regulars.know.members.service import visible_members
from regulars.know.tags.definitions import Kind, Manual, Tag
from regulars.know.tags.models import Definition, ManualValue
from regulars.know.tags.registry import defined, get_definition
from regulars.know.tags.subjects import Subject
from regulars.know.tags.tables import named_statement

ONE_AFTER_ANOTHER = 0x7A66
"""The advisory lock under which values get their ids, so that a lower one is never seen later."""
LONGEST_TEXT = 500
MOST = 10**12
CENTS = 100
ROWS = pa.schema(
    [
        ("value_id", pa.int64()),
        ("subject", pa.string()),
        ("code", pa.string()),
        ("owner_id", pa.int64()),
        ("value", pa.string()),
        ("set_on", pa.date32()),
        ("is_forgotten", pa.bool_()),
    ]
)


@dataclass(frozen=True)
class ByHand:
    """A manual tag and what stands there: `value` None where nothing does, `value_id` the row that
    says so, None where nobody ever said anything."""

    tag: Tag
    value: Any = None
    value_id: int | None = None
    set_at: datetime | None = None
    set_by: AbstractBaseUser | None = None

    @property
    def choices(self) -> Sequence[str]:
        return self.tag.spec.choices if isinstance(self.tag.spec, Manual) else ()


def list_by_hand(subject: Subject, owner_id: int) -> list[ByHand]:
    """Every manual tag of a subject with what stands there of this owner."""
    tags = [tag for tag in defined(subject).checked.tags if tag.kind == Kind.MANUAL]
    if not tags:
        return []
    rows = _rows_of(subject, owner_id).order_by("definition", "-id").distinct("definition")
    last = {row.definition.code: row for row in rows.select_related("definition", "set_by")}
    found = [_by_hand(tag, last.get(tag.code)) for tag in tags]
    return sorted(found, key=lambda each: (each.tag.group, each.tag.code))


@transaction.atomic
def set_value(
    actor: AbstractBaseUser, subject: Subject, owner_id: int, code: str, given: str
) -> None:
    """Say by hand what a tag is; nothing given: that it is not known. The same again says nothing.

    Raises NotAllowed, NotFound for a tag or a member that is none of the actor's, UserError for a
    value that the tag cannot have.
    """
    _check_sight(actor, subject, owner_id)
    definition = _manual_definition(subject, code)
    value = _as_written(defined(subject).columns.tags[code], given.strip())
    _wait_for_turn()
    last = _rows_of(subject, owner_id).filter(definition=definition).order_by("-id").first()
    if value != (last.value if last else None):
        _say(actor, definition, owner_id, value)


@transaction.atomic
def set_as_told(member_id: int, code: str, given: str) -> None:
    """What a member said of herself, in an assessment say: by nobody of staff. Raises NotFound for
    a tag, UserError for a value that the tag cannot have."""
    definition, value = _manual_definition(Subject.MEMBER, code), check_by_hand(code, given)
    _wait_for_turn()
    last = _rows_of(Subject.MEMBER, member_id).filter(definition=definition).order_by("-id").first()
    if value != (last.value if last else None):
        _say(None, definition, member_id, value)


def check_by_hand(code: str, given: str) -> str | None:
    """The value of a tag on members as it would be kept. Raises as `set_as_told`."""
    _manual_definition(Subject.MEMBER, code)
    return _as_written(defined(Subject.MEMBER).columns.tags[code], given.strip())


@transaction.atomic
def take_back(
    actor: AbstractBaseUser, subject: Subject, owner_id: int, code: str, value_id: int
) -> None:
    """Say again what stood there before a slip, which was `value_id`. Raises as `set_value`, and
    UserError where something else was said since."""
    _check_sight(actor, subject, owner_id)
    definition = _manual_definition(subject, code)
    _wait_for_turn()
    rows = _rows_of(subject, owner_id).filter(definition=definition).order_by("-id")[:2]
    last, before = [*rows, None, None][:2]
    if last is None or last.pk != value_id:
        raise UserError(_("It was set again since: look at it once more."), field="value")
    _say(actor, definition, owner_id, before.value if before else None)


def bring_manual() -> bool:
    """Carry into the warehouse what it does not hold yet, and touch whom it is about; whether there
    was anything. A warehouse that holds more than Postgres was restored without it: all anew."""
    taken = query(named(__package__, "manual_last"))["last"][0].as_py()
    last = ManualValue.objects.aggregate(last=Max("id"))["last"] or 0
    if taken == last:
        return False
    is_anew = taken > last
    after = {"after": 0 if is_anew else taken}
    stage("staged_manual", arrow_from_query(named(__package__, "manual_after"), after, ROWS))
    steps = ("forget", "put", "tell", "unsettle", "drop")
    cleared = [named_statement("manual_clear")] if is_anew else []
    run(*cleared, *(named_statement(f"manual_{step}") for step in steps))
    return True


@transaction.atomic
def forget_by_hand(member_ids: Sequence[int]) -> None:
    """Nothing stays of what staff wrote of these members; the warehouse follows."""
    _wait_for_turn()
    rows = ManualValue.objects.filter(definition__subject=Subject.MEMBER, owner_id__in=member_ids)
    owners = sorted(set(rows.values_list("definition_id", "owner_id")))
    rows.delete()
    ManualValue.objects.bulk_create(
        ManualValue(definition_id=definition_id, owner_id=owner_id, set_on=clock.today())
        for definition_id, owner_id in owners
    )


def _rows_of(subject: Subject, owner_id: int) -> QuerySet[ManualValue]:
    """What was said of an owner, and of the members merged into her."""
    owners = [owner_id]
    if subject == Subject.MEMBER:
        owners += Member.objects.filter(merged_into=owner_id).values_list("pk", flat=True)
    return ManualValue.objects.filter(definition__subject=subject, owner_id__in=owners)


def _check_sight(actor: AbstractBaseUser, subject: Subject, owner_id: int) -> None:
    scope = check(actor, Capability.SET_TAGS)
    if subject == Subject.MEMBER and not visible_members(scope).filter(pk=owner_id).exists():
        raise NotFound(_("There is no such member here."), field="member_id")


def _manual_definition(subject: Subject, code: str) -> Definition:
    definition = get_definition(subject, code)
    if definition.kind != Kind.MANUAL or not definition.is_active:
        raise NotFound(_("“%s” is not set by hand.") % code)
    return definition


def _wait_for_turn() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AFTER_ANOTHER])


def _say(
    actor: AbstractBaseUser | None, definition: Definition, owner_id: int, value: str | None
) -> None:
    ManualValue.objects.create(
        definition=definition, owner_id=owner_id, value=value,
        set_on=clock.today(), set_by_id=actor.pk if actor else None,
    )  # fmt: skip
    what = {"tag": definition.code, "value": value}
    record(actor, f"{definition.subject}.tagged", definition.subject, owner_id, **what)


def _by_hand(tag: Tag, row: ManualValue | None) -> ByHand:
    if row is None:
        return ByHand(tag)
    try:
        value = _read(tag.type, row.value) if row.value is not None else None
    except (ValueError, InvalidOperation):
        value = None  # of the type that the tag had then
    return ByHand(tag, value, row.pk, row.set_at, row.set_by)


def _read(kind: Type | None, value: str) -> Any:
    """A value as the wide table has it."""
    match kind:
        case Type.YES_NO:
            return value == "true"
        case Type.DATE:
            return date.fromisoformat(value)
        case Type.COUNT | Type.MONEY:
            return int(value)
        case Type.NUMBER | Type.SHARE:
            return float(value)
        case _:
            return value


def _as_written(tag: Tag, given: str) -> str | None:
    """What is kept of what was given. Raises UserError."""
    if not given:
        return None
    assert isinstance(tag.spec, Manual)
    if tag.spec.choices and given not in tag.spec.choices:
        raise _fault(_("“%s” is none of what it may be."), given)
    try:
        return _of_type(tag.type, given)
    except (ValueError, InvalidOperation):
        raise _fault(_("“%s” is none of what it may be."), given) from None


def _of_type(kind: Type | None, given: str) -> str:
    match kind:
        case Type.YES_NO if given not in ("true", "false"):
            raise ValueError(given)
        case Type.DATE:
            return date.fromisoformat(given).isoformat()
        case Type.COUNT:
            return _whole(_number(given))
        case Type.NUMBER | Type.SHARE:
            return str(float(_number(given)))
        case Type.MONEY:
            return _whole(_number(given) * CENTS)
        case _ if len(given) > LONGEST_TEXT:
            raise _fault(_("A text has up to 500 characters."))
    return given


def _number(given: str) -> Decimal:
    number = Decimal(given)
    if not number.is_finite() or abs(number) > MOST:
        raise ValueError(given)
    return number


def _whole(number: Decimal) -> str:
    if number != int(number):
        raise ValueError(number)
    return str(int(number))


def _fault(message: Any, what: str | None = None) -> UserError:
    return UserError(message if what is None else message % what, field="value")
