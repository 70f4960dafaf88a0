"""Someone leaves or is away: members and leads go to others of the store the same day."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from regulars.act.tasks.models import Handover, Lead
from regulars.act.tasks.noting import What, put_all_down, tell
from regulars.act.tasks.reading import TO_DO, check_works_there
from regulars.act.tasks.rules import dealt
from regulars.ground.accounts.access import Capability, Scope, check
from regulars.ground.accounts.models import User
from regulars.ground.audit.service import record
from regulars.ground.kit import clock
from regulars.ground.kit.arrow_postgres import copy_to_temporary_table
from regulars.ground.kit.errors import NotFound, UserError
from regulars.ground.kit.sql import named
from regulars.ground.kit.succession import make_successions, succeed
from regulars.ground.org.models import Node, Staff
from regulars.ground.org.service import get_place, store_ids_under
from regulars.know.members.models import Relation


@transaction.atomic
def hand_over(
    actor: User, staff: Staff, shares: Mapping[int, int], store: Node | None = None
) -> Handover:
    """The members whom `staff` looks after in a store (the actor's own), and the leads that are to
    be done, go to others there by shares (staff id: parts) from today on.

    Raises UserError (nobody has a share, someone works elsewhere, it is one's own), NotFound (a
    store out of sight).
    """
    scope = check(actor, Capability.ASSIGN_LEADS)
    place = _store(scope, store)
    people = Staff.objects.in_bulk([pk for pk, share in shares.items() if share > 0])
    if not people or staff.pk in people or len(people) < sum(s > 0 for s in shares.values()):
        raise UserError(_("Choose who takes over: others of the store."), field="shares")
    check_works_there(people.values(), {place.pk})
    return carry_out(actor, staff, place, {pk: part for pk, part in shares.items() if part > 0})


def carry_out(actor: User | None, staff: Staff, store: Node, shares: Mapping[int, int]) -> Handover:
    """The same without asking who may; `actor` None is the system itself."""
    members = _hand_over_members(staff, store, shares)
    leads = Lead.objects.filter(staff=staff, store=store, state__in=TO_DO)
    ids = list(leads.order_by("-value_cents", "pk").values_list("pk", flat=True))
    handover = Handover.objects.create(
        from_staff=staff, store=store, members=members, leads=len(ids), made_by=actor,
        shares={str(pk): part for pk, part in shares.items()},
    )  # fmt: skip
    _hand_over_leads(actor, handover, ids, shares)
    record(
        actor, "members.handed_over", "staff", staff.pk,
        store=store.code, members=members, leads=len(ids), shares=handover.shares,
    )  # fmt: skip
    return handover


def _store(scope: Scope, store: Node | None) -> Node:
    place = store or get_place(scope.node_id)
    allowed = scope.node_id is None or place.pk in store_ids_under(scope.node_id)
    if place.kind != Node.Kind.STORE or not allowed:
        raise NotFound(_("There is no such store here."), field="store")
    return place


def _hand_over_members(staff: Staff, store: Node, shares: Mapping[int, int]) -> int:
    today = clock.today()
    theirs = Relation.objects.valid_on(today).filter(
        staff=staff, member__home_store=store, member__merged_into=None
    )
    ids = list(theirs.order_by("member_id").values_list("member_id", flat=True))
    _succeed(ids, dealt(len(ids), shares))
    return len(ids)


def _succeed(member_ids: list[int], staff_ids: list[int]) -> None:
    columns = {"owner_id": member_ids, "holder_id": staff_ids}
    rows = pa.table({name: pa.array(ids, pa.int64()) for name, ids in columns.items()})
    copy_to_temporary_table("tasks_taking_over", rows)
    make_successions()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO successions (owner_id, holder_id, from_on) "
            "SELECT owner_id, holder_id, %s FROM tasks_taking_over",
            [clock.today()],
        )
    succeed(Relation, "member_id", "staff_id")


def _hand_over_leads(
    actor: User | None, handover: Handover, ids: list[int], shares: Mapping[int, int]
) -> None:
    takers = dealt(len(ids), shares)
    for taker in sorted(set(takers)):
        theirs = [pk for pk, who in zip(ids, takers, strict=True) if who == taker]
        Lead.objects.filter(pk__in=theirs).update(
            staff=taker, state=Lead.State.OPEN, version=F("version") + 1
        )
        put_all_down(theirs, What.HANDED_OVER, actor, handover=handover.pk, staff=taker)
        tell("lead.assigned", list(Lead.objects.filter(pk__in=theirs)), staff_id=taker)


@transaction.atomic
def take_back_handover(actor: User, handover: Handover) -> None:
    """Undo it on the day it was made: members and leads that are still with those who took over
    go back. Raises UserError on a later day, NotFound (out of sight, or taken back before)."""
    scope = check(actor, Capability.ASSIGN_LEADS)
    _store(scope, handover.store)
    locked = Handover.objects.select_for_update().filter(pk=handover.pk).first()
    if locked is None:
        raise NotFound(_("There is no such handover."))
    if clock.business_date(locked.made_at) != clock.business_date(clock.now()):
        raise UserError(_("A handover is taken back on its own day alone."))
    told: dict[str, Any] = {
        "from": locked.from_staff_id,
        "store": locked.store_id,
        "day": clock.today(),
        "takers": [int(pk) for pk in locked.shares],
        "handover": locked.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(named(__package__, "handed_over_members"), told)
        members = [row[0] for row in cursor.fetchall()]
        _succeed(members, [locked.from_staff_id] * len(members))
        cursor.execute(named(__package__, "handed_back_leads"), told)
        leads = [row[0] for row in cursor.fetchall()]
    put_all_down(leads, What.HANDED_OVER, actor, staff=locked.from_staff_id, is_undo=True)
    tell("lead.assigned", list(Lead.objects.filter(pk__in=leads)), staff_id=locked.from_staff_id)
    record(
        actor, "members.handover_taken_back", "staff", locked.from_staff_id,
        store=locked.store.code, members=len(members), leads=len(leads),
    )  # fmt: skip
    locked.delete()
