"""Leads that something calls for between mornings: an event, a tag, a finding, a manager."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import orjson
import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction
from django.utils.translation import gettext as _

from regulars.act.opportunities.models import Play
from regulars.act.tasks.errors import NotOffered
from regulars.act.tasks.models import Lead
from regulars.act.tasks.noting import What, put_down, was_said
from regulars.act.tasks.opening import (
    OPENED,
    drawn,
    enter,
    experiments_of,
    find_people,
    laid_out,
    open_rows,
    why_not,
)
from regulars.act.tasks.reading import check_works_there, get_lead
from regulars.ground.accounts.access import Capability, check, may_see_node
from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotFound, UserError
from regulars.ground.org.models import Node, Staff
from regulars.know.members.models import Member

MOST_PARTS = 50


@transaction.atomic
def open_leads(rows: pa.Table, *, actor: User | None = None) -> pa.Table:
    """Leads for rows with any of the columns of `opening.CHOSEN`, in order of value; which were
    opened, as `OPENED`. Left out is whoever is held out, has one, was approached too often, gave
    no consent, is at home elsewhere, or had the same play of late."""
    if not rows.num_rows:
        return OPENED.empty_table()
    on = clock.today()
    laid = laid_out(rows)
    about = laid.filter(pc.is_valid(laid["member_id"]))
    return _open(laid, _reasons(about, on), on, actor)


def _reasons(rows: pa.Table, on: date) -> dict[int, str]:
    told = why_not(rows, on)
    return dict(zip(told["row_no"].to_pylist(), told["why"].to_pylist(), strict=True))


def _open(rows: pa.Table, why: Mapping[int, str], on: date, actor: User | None) -> pa.Table:
    free = pa.array([not why.get(row_no, "") for row_no in rows["row_no"].to_pylist()])
    told = drawn(rows.filter(free), experiments_of(rows))
    enter(told, on)
    find_people(on)
    return open_rows(told.filter(pc.invert(told["is_held_out"])), on, actor=actor)


@transaction.atomic
def open_lead(
    play: Play | None,
    member: Member | None,
    store: Node,
    *,
    source: str,
    source_id: str = "",
    title: str = "",
    reason: str = "",
    facts: Mapping[str, Any] | None = None,
    goods: Sequence[str] = (),
    value_cents: int | None = None,
    priority: int | None = None,
    due_on: date | None = None,
    staff: Staff | None = None,
    is_outreach: bool = True,
    actor: User | None = None,
) -> Lead | None:
    """One lead, or None where none may be: she is held out, has one already, was approached too
    often, gave no consent, or is at home elsewhere. To an `actor` this is told: NotOffered."""
    on = clock.today()
    rows = laid_out(
        pa.Table.from_pylist([{
            "play_id": play.pk if play else None,
            "member_id": member.pk if member else None,
            "store_id": store.pk,
            "staff_id": staff.pk if staff else None,
            "value_cents": value_cents,
            "title": title or None,
            "reason": reason,
            "facts": orjson.dumps(dict(facts or {})).decode(),
            "goods": orjson.dumps(list(goods)).decode() if goods else None,
            "source": source,
            "source_id": source_id,
            "priority": priority,
            "is_outreach": is_outreach and member is not None,
            "is_by_hand": actor is not None,
            "due_on": due_on,
        }])
    )  # fmt: skip
    why = _reasons(rows, on) if member else {}
    opened = _open(rows, why, on, actor)
    if opened.num_rows:
        return Lead.objects.get(pk=opened["lead_id"][0].as_py())
    if actor is not None:
        raise NotOffered(why.get(1) or _why_not_opened(play, member))
    return None


def _why_not_opened(play: Play | None, member: Member | None) -> str:
    """It might have been opened, and was not: by chance, or because another came first."""
    assert member is not None
    tried = play.experiment if play is not None else None
    if tried is not None and tried.entries.filter(member=member, is_held_out=True).exists():
        return "held_out"
    return "has_one"


def add_task(
    actor: User,
    store: Node,
    title: str,
    *,
    note: str = "",
    due_on: date | None = None,
    member: Member | None = None,
    staff: Staff | None = None,
    request_id: UUID | None = None,
) -> Lead:
    """A task of a manager's own, for somebody or for anybody of the store. Raises UserError (no
    title, a day that is past, a person of another store), NotFound (a store out of sight),
    NotOffered (a member whom nobody may approach)."""
    scope = check(actor, Capability.ASSIGN_LEADS)
    if said := was_said(actor, request_id):
        return get_lead(scope, said.lead.pk)
    if not title.strip():
        raise UserError(_("A task needs a title."), field="title")
    if due_on is not None and due_on < clock.today():
        raise UserError(_("The day lies in the past."), field="due_on")
    if store.kind != Node.Kind.STORE or not may_see_node(scope, store.pk):
        raise NotFound(_("There is no such store here."), field="store")
    check_works_there([staff] if staff else [], {store.pk})
    lead = open_lead(
        None, member, store, source="manager", title=title.strip(), reason=note.strip(),
        due_on=due_on or clock.today(), staff=staff, actor=actor,
    )  # fmt: skip
    assert lead is not None  # an actor is told why not
    lead.changes.filter(what=What.OPENED).update(request_id=request_id)
    return lead


def split(actor: User, lead_id: int, staff: Sequence[Staff]) -> list[Lead]:
    """Parts of a task, one a person; it is done when all of them are. Raises UserError for what is
    about a member (she is served by one), is done, or has parts already; NotFound."""
    scope = check(actor, Capability.ASSIGN_LEADS)
    get_lead(scope, lead_id)
    lead = Lead.objects.select_for_update().get(pk=lead_id)
    if lead.member_id is not None:
        raise UserError(_("A member is served by one person: assign the lead to another."))
    if not lead.is_to_do or lead.split_into.exists():
        raise UserError(_("Only a task that is open and whole can be split."))
    people = {each.pk: each for each in staff}
    if not 1 < len(people) <= MOST_PARTS:
        raise UserError(_("Choose two people or more."), field="staff")
    check_works_there(people.values(), {lead.store_id})
    rows = [
        {
            "store_id": lead.store_id, "staff_id": pk, "parent_id": lead.pk, "title": lead.title,
            "reason": lead.reason, "source": lead.source, "source_id": lead.source_id,
            "priority": lead.priority, "is_outreach": False, "due_on": lead.due_on,
        }
        for pk in people
    ]  # fmt: skip
    find_people(clock.today())
    opened = open_rows(laid_out(pa.Table.from_pylist(rows)), clock.today(), actor=actor)
    lead.state, lead.staff = Lead.State.TAKEN, actor.staff
    lead.version += 1
    lead.save(update_fields=["state", "staff", "version"])
    put_down(lead, What.SPLIT, actor, into=opened["lead_id"].to_pylist())
    return list(lead.split_into.select_related("staff", "store").order_by("pk"))
