"""Plays: made, sized, approved, stopped; and what they were worth."""

from dataclasses import asdict
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router

from regulars.act.opportunities import service as plays
from regulars.act.opportunities.models import Play
from regulars.act.tasks import service as tasks
from regulars.ground.accounts.access import Capability, scope_of
from regulars.ground.kit import clock
from regulars.ground.org.models import Node, Staff
from regulars.understand.experiments.service import Outcome
from regulars.web.api.answers import answers
from regulars.web.api.auth import may
from regulars.web.api.paging import Cursor, page
from regulars.web.api.play_schemas import (
    OpenedOut,
    OpenIn,
    OutcomeOut,
    PlayChange,
    PlayIn,
    PlayOut,
    SizeOut,
    State,
)
from regulars.web.api.schemas import Page
from regulars.web.parts.play_results import within
from regulars.web.parts.who import signed_in

router = Router(tags=["Plays"])
Any_ = Literal[""]
UNKNOWN = frozenset({"value_cents", "starts_on", "ends_on"})
SEE, MAKE, APPROVE = Capability.SEE_PLAYS, Capability.MAKE_PLAYS, Capability.APPROVE_PLAYS


@router.get("/plays", auth=may(SEE), response=answers(Page[PlayOut]))
def list_plays(
    request: HttpRequest, cursor: Query[Cursor], state: State | Any_ = ""
) -> dict[str, Any]:
    """Those that run in the caller's stores; drafts for those who make or approve plays."""
    found = plays.list_plays(scope_of(request.user))
    if state:
        found = found.filter(state=state)
    return page(found, cursor, lambda rows: [_told(play) for play in rows])


@router.post("/plays", auth=may(MAKE), response=answers(PlayOut))
def make_play(request: HttpRequest, given: PlayIn) -> dict[str, Any]:
    """Make a play: a draft, which somebody else approves. Refused (400) with the field at fault."""
    told = _given(given)
    return _told(plays.save_play(signed_in(request), given.code, told, is_new=True))


@router.get("/plays/{code}", auth=may(SEE), response=answers(PlayOut))
def get_play(request: HttpRequest, code: str) -> dict[str, Any]:
    """What a play says."""
    return _told(plays.get_play(scope_of(request.user), code))


@router.put("/plays/{code}", auth=may(MAKE), response=answers(PlayOut))
def change_play(request: HttpRequest, code: str, given: PlayChange) -> dict[str, Any]:
    """Change a play: another version, a draft until it is approved anew."""
    plays.get_play(scope_of(request.user), code)
    told = _given(given)
    return _told(plays.save_play(signed_in(request), code, told))


@router.post("/plays/{code}/submit", auth=may(MAKE), response=answers(PlayOut))
def submit_play(request: HttpRequest, code: str) -> dict[str, Any]:
    """Hand a draft in."""
    play = plays.get_play(scope_of(request.user), code)
    return _told(plays.submit(signed_in(request), play))


@router.post("/plays/{code}/approve", auth=may(APPROVE), response=answers(PlayOut))
def approve_play(request: HttpRequest, code: str) -> dict[str, Any]:
    """Approve what somebody else made: it runs between its days, and is measured."""
    play = plays.get_play(scope_of(request.user), code)
    return _told(plays.approve(signed_in(request), play))


@router.post("/plays/{code}/stop", auth=may(APPROVE), response=answers(PlayOut))
def stop_play(request: HttpRequest, code: str) -> dict[str, Any]:
    """Stop a play for good: its open leads are dropped."""
    play = plays.get_play(scope_of(request.user), code)
    return _told(plays.stop(signed_in(request), play))


@router.post("/plays/{code}/open", auth=may(Capability.ASSIGN_LEADS), response=answers(OpenedOut))
def open_play(request: HttpRequest, code: str, given: OpenIn) -> dict[str, int]:
    """Open the task of a play of stores that runs, at these stores or at all in the caller's place:
    where none is open."""
    play = plays.get_play(scope_of(request.user), code)
    return {"opened": tasks.open_by_hand(signed_in(request), play, given.stores)}


@router.get("/plays/{code}/size", auth=may(SEE), response=answers(SizeOut))
def size_play(request: HttpRequest, code: str) -> dict[str, Any]:
    """How large it would be today, in the caller's stores: nobody for a play that an event fires
    and that describes no members."""
    scope = scope_of(request.user)
    size = plays.size(scope, plays.get_play(scope, code))
    told = asdict(size)
    expected = told.pop("expected")
    codes = _codes([each.store_id for each in size.load])
    load = [asdict(each) | {"store": codes[each.store_id]} for each in size.load]
    return told | {
        "basis": expected["basis"],
        "looked_at": expected["met"],
        "conversions": expected["conversions"],
        "cents": expected["cents"],
        "load": load,
    }


@router.get("/outcomes", auth=may(SEE), response=answers(Page[OutcomeOut]))
def list_outcomes(request: HttpRequest, cursor: Query[Cursor]) -> dict[str, Any]:
    """What each play in the caller's sight was worth, as last counted."""
    scope = scope_of(request.user)
    measured = plays.list_plays(scope).exclude(experiment=None)

    def told(rows: Any) -> list[dict[str, Any]]:
        kept = plays.outcomes_of(rows)
        return [
            _worth(play, within(scope, kept[play.pk]) if play.pk in kept else None) for play in rows
        ]

    return page(measured, cursor, told)


@router.get("/outcomes/{play}", auth=may(SEE), response=answers(OutcomeOut))
def get_outcome(request: HttpRequest, play: str) -> dict[str, Any]:
    """What one play was worth: by store, person and offer, too."""
    scope = scope_of(request.user)
    found = plays.get_play(scope, play)
    outcome = plays.outcome_of(found)
    return _worth(found, within(scope, outcome) if outcome else None)


def _given(change: PlayChange) -> dict[str, Any]:
    """Null leaves what is there, but for what may be unknown."""
    told = change.dict(exclude={"code"}, exclude_unset=True)
    return {key: value for key, value in told.items() if value is not None or key in UNKNOWN}


def _told(play: Play) -> dict[str, Any]:
    today = clock.today()
    is_between = bool(play.starts_on and play.ends_on and play.starts_on <= today <= play.ends_on)
    return plays.said_of(play) | {
        "code": play.code,
        "version": play.version,
        "state": play.state,
        "is_running": play.state == Play.State.APPROVED and is_between,
        "approved_at": play.approved_at,
        "stopped_at": play.stopped_at,
    }


def _worth(play: Play, outcome: Outcome | None) -> dict[str, Any]:
    told = {"play": play.code, "name": play.name, "state": play.state}
    return told | {"outcome": _by_their_ids(outcome.as_json()) if outcome else None}


def _by_their_ids(told: dict[str, Any]) -> dict[str, Any]:
    """Stores and people by the ids of whoever sent them."""
    stores = _codes([each["store_id"] for each in told["by_store"]])
    staff = Staff.objects.filter(pk__in=[each["staff_id"] for each in told["by_staff"]])
    people = dict(staff.values_list("pk", "code"))
    for each in told["by_store"]:
        each["store_id"] = stores.get(each["store_id"])
    for each in told["by_staff"]:
        each["staff_id"] = people.get(each["staff_id"])
    return told


def _codes(ids: list[int | None]) -> dict[int, str]:
    known = [each for each in ids if each is not None]
    return dict(Node.objects.filter(pk__in=known).values_list("pk", "code"))
