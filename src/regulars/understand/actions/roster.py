"""Who is on shift at a store today: one tap a person; a store that taps nobody kept no roster."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from regulars.ground.accounts.models import User
from regulars.ground.audit.service import record
from regulars.ground.kit import clock
from regulars.ground.kit.errors import UserError
from regulars.ground.org.models import Node, Position, Staff
from regulars.understand.actions.models import Shift

MANAGER = Position.Kind.STORE_MANAGER


@dataclass(frozen=True)
class OnShift:
    staff: Staff
    position: str
    is_on: bool


@dataclass(frozen=True)
class Roster:
    """A store's staff. While no roster `is_kept` for the day, nobody knows who is on shift: all of
    the store's staff stand for them."""

    people: list[OnShift]
    is_kept: bool

    @property
    def on_shift(self) -> list[OnShift]:
        return [person for person in self.people if person.is_on or not self.is_kept]


def get_roster(store: Node, on: date | None = None) -> Roster:
    """Of a day (today)."""
    day = on or clock.today()
    on_shift = set(Shift.objects.filter(node=store, on=day).values_list("staff_id", flat=True))
    positions = (
        Position.objects.valid_on(day).filter(node=store).select_related("staff").order_by("pk")
    )
    held = {position.staff_id: position for position in positions}  # two positions, one person
    people = [
        OnShift(position.staff, position.get_kind_display(), position.staff_id in on_shift)
        for position in sorted(held.values(), key=lambda p: (p.kind != MANAGER, p.staff.name))
    ]
    return Roster(people, bool(on_shift))


def put_on_shift(actor: User, store: Node, staff_id: int, is_on: bool) -> None:
    """Say that someone of a store is on shift today, or is not.

    Raises UserError for someone who has no position there today.
    """
    today = clock.today()
    held = Position.objects.valid_on(today).filter(node=store, staff_id=staff_id)
    if not held.exists():
        raise UserError(_("This person has no position at %(name)s.") % {"name": store.name})
    if is_on:
        Shift.objects.get_or_create(node=store, staff_id=staff_id, on=today)
    else:
        Shift.objects.filter(node=store, staff_id=staff_id, on=today).delete()
    record(actor, "roster.changed", "node", store.pk, staff=staff_id, is_on=is_on)
