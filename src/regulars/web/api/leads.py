"""Leads and tasks: who is to be served, by whom, and what came of it."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from regulars.act.tasks import service as tasks
from regulars.act.tasks.models import Lead
from regulars.act.tasks.service import Load
from regulars.ground.accounts.access import Capability, scope_of
from regulars.ground.org.service import get_place, get_staff, get_store
from regulars.know.members.service import get_member
from regulars.web.api.answers import answers
from regulars.web.api.auth import may
from regulars.web.api.lead_schemas import (
    AssignIn,
    CloseIn,
    LeadOut,
    LeadsIn,
    RequestIn,
    TaskIn,
    TeamIn,
    TeamOut,
    TouchIn,
    WholeLeadOut,
)
from regulars.web.api.paging import page
from regulars.web.api.schemas import Page
from regulars.web.parts.live_leads import to_lead_stream
from regulars.web.parts.who import signed_in

router = Router(tags=["Leads"])
SEE, WORK, ASSIGN = Capability.SEE_LEADS, Capability.WORK_LEADS, Capability.ASSIGN_LEADS
MOST_CHANGES = 100


@router.get("/leads", auth=may(SEE), response=answers(Page[LeadOut]))
def list_leads(request: HttpRequest, asked: Query[LeadsIn]) -> dict[str, Any]:
    """Leads of the stores in the caller's sight, in order of making. Of a member who is at home
    elsewhere by now nothing is told."""
    found = tasks.list_leads(
        scope_of(request.user),
        store=get_store(asked.store).node if asked.store else None,
        staff=get_staff(asked.staff) if asked.staff else None,
        is_free=asked.is_free,
        state=asked.state,
        source=asked.source,
        play=asked.play,
        member=asked.member,
        is_late=asked.is_late,
    )
    return page(found, asked, _described)


@router.post("/leads", auth=may(ASSIGN), response=answers(LeadOut))
def add_task(request: HttpRequest, given: TaskIn) -> dict[str, Any]:
    """A task of a manager's own. A member whom nobody may approach now is refused (400), with the
    reason."""
    actor = signed_in(request)
    lead = tasks.add_task(
        actor,
        get_store(given.store).node,
        given.title,
        note=given.note,
        due_on=given.due_on,
        member=get_member(scope_of(actor), given.member) if given.member else None,
        staff=get_staff(given.staff) if given.staff else None,
        request_id=given.request_id,
    )
    return _one(lead)


@router.get("/leads/stream", auth=may(SEE), response=answers(LeadOut) | {307: None})
def open_stream(request: HttpRequest) -> HttpResponse:
    """What happens to leads, as server-sent events.

    Answers 307 to this same address with a `ticket` that is valid for 30 seconds and opens the
    stream: `curl -LN` follows. The event `leads` holds `what` (opened, assigned, closed), one
    `store_id` (our number) and its `leads`, each with `id`, `staff_id`, `state`, `version`; `what`
    is `reload` at the beginning and where something may have been missed: ask for the list again.
    """
    return to_lead_stream(tasks.give_lead_ticket(scope_of(request.user)))


@router.get("/leads/{int:lead_id}", auth=may(SEE), response=answers(WholeLeadOut))
def get_lead(request: HttpRequest, lead_id: int) -> dict[str, Any]:
    """One lead and what was done to it."""
    lead = tasks.get_lead(scope_of(request.user), lead_id)
    changes = lead.changes.select_related("made_by").order_by("-pk")[:MOST_CHANGES]
    return _one(lead) | {
        "changes": [
            {"what": c.what, "by": str(c.made_by) if c.made_by else None, "at": c.made_at}
            for c in changes
        ]
    }


@router.post("/leads/{int:lead_id}/claim", auth=may(WORK), response=answers(LeadOut))
def claim(request: HttpRequest, lead_id: int, given: RequestIn) -> dict[str, Any]:
    """Take a lead that nobody has. Of two callers one gets it; the other is told who has (400)."""
    return _one(tasks.claim(signed_in(request), lead_id, given.request_id))


@router.post("/leads/{int:lead_id}/assign", auth=may(ASSIGN), response=answers(LeadOut))
def assign(request: HttpRequest, lead_id: int, given: AssignIn) -> dict[str, Any]:
    """Hand a lead to someone who works at its store today."""
    staff = get_staff(given.staff)
    (lead,) = tasks.assign(signed_in(request), [lead_id], staff, given.request_id)
    return _one(lead)


@router.post("/leads/{int:lead_id}/give-back", auth=may(WORK), response=answers(LeadOut))
def give_back(request: HttpRequest, lead_id: int, given: RequestIn) -> dict[str, Any]:
    """Let anybody of the store take it."""
    return _one(tasks.give_back(signed_in(request), lead_id, given.request_id))


@router.post("/leads/{int:lead_id}/touch", auth=may(WORK), response=answers(LeadOut))
def touch(request: HttpRequest, lead_id: int, given: TouchIn) -> dict[str, Any]:
    """Say that the member was reached. Refused (400) for a channel that she does not allow or that
    the caps have used up, and from afar in quiet hours."""
    return _one(tasks.touch(signed_in(request), lead_id, given.channel, given.request_id))


@router.post("/leads/{int:lead_id}/close", auth=may(WORK), response=answers(LeadOut))
def close(request: HttpRequest, lead_id: int, given: CloseIn) -> dict[str, Any]:
    """Write down what came of it. With a `version` that is not the latest it is refused (400): the
    message says who did what meanwhile."""
    lead = tasks.close(
        signed_in(request),
        lead_id,
        given.result,
        given.note,
        next_contact_on=given.next_contact_on,
        request_id=given.request_id,
        version=given.version,
    )
    return _one(lead)


@router.post("/leads/{int:lead_id}/reopen", auth=may(WORK), response=answers(LeadOut))
def reopen(request: HttpRequest, lead_id: int, given: RequestIn) -> dict[str, Any]:
    """Take back a closing within a day."""
    return _one(tasks.reopen(signed_in(request), lead_id, given.request_id))


@router.get("/team", auth=may(SEE), response=answers(TeamOut))
def get_team(request: HttpRequest, asked: Query[TeamIn]) -> dict[str, Any]:
    """Who has what to do in a store today, and what became of it."""
    scope = scope_of(request.user)
    store = get_store(asked.store).node if asked.store else get_place(scope.node_id)
    board = tasks.team_board(scope, store)
    return {
        "store_id": store.code,
        "people": [_load(load) for load in board.people],
        "nobody": _load(board.nobody),
    }


def _load(load: Load) -> dict[str, Any]:
    names = ("is_on", "room", "to_do", "taken", "late", "value_cents", "touched", "done", "bought")
    staff = load.staff
    told = {"staff_id": staff.code if staff else None, "name": staff.name if staff else None}
    return told | {name: getattr(load, name) for name in names}


def _one(lead: Lead) -> dict[str, Any]:
    (told,) = _described([lead])
    return told


def _described(leads: Sequence[Lead]) -> list[dict[str, Any]]:
    channels = {shown.id: shown.channels for shown in tasks.show([lead.pk for lead in leads])}
    return [
        {
            "lead_id": lead.pk,
            "play": lead.play.code if lead.play else None,
            "member_id": lead.member.code if lead.member else None,
            "member_name": lead.member.name if lead.member else None,
            "store_id": lead.store.code,
            "staff_id": lead.staff.code if lead.staff else None,
            "channels": channels.get(lead.pk, []),
            **{name: getattr(lead, name) for name in AS_THEY_STAND},
        }
        for lead in leads
    ]


AS_THEY_STAND = (
    "title", "reason", "talk", "content_url", "coupon", "goods", "source", "state", "result",
    "note", "next_contact_on", "ticket_no", "value_cents", "due_on", "is_late", "opened_at",
    "closed_at", "version",
)  # fmt: skip
