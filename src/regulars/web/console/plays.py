"""Plays: listed, and one looked at: what it says, how large it is, what came of it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from regulars.act.opportunities import service as plays
from regulars.act.opportunities.models import Play
from regulars.ground.accounts.access import Capability, Scope, requires, scope_of
from regulars.ground.kit import clock
from regulars.ground.kit.deployment import chain
from regulars.ground.org.models import Node, Staff
from regulars.understand.experiments.service import Outcome, keep
from regulars.web.parts.excel import as_excel, wants_excel
from regulars.web.parts.play_results import within
from regulars.web.parts.playing import Line, lines_of, name_of, state_of, trigger_of
from regulars.web.parts.tables import CENTS, COUNT, DATE, RATE, Column, at, table_of

MOST_LOADED, MOST_CONFLICTS = 10, 8


def _unknown(line: Line) -> str:
    return line.unknown


COLUMNS = (
    Column("name", _("Play"), at("name"), link=at("url")),
    Column("state", _("State"), at("state")),
    Column("starts_on", _("From"), at("play.starts_on"), DATE),
    Column("ends_on", _("To"), at("play.ends_on"), DATE),
    Column("stores", _("Stores"), at("where")),
    Column("leads", _("Leads"), at("leads"), COUNT),
    Column("uplift", _("Uplift"), at("uplift"), RATE, reason=_unknown),
    Column("low", _("at least"), at("low"), RATE, reason=_unknown),
    Column("high", _("at most"), at("high"), RATE, reason=_unknown),
    Column("money", _("Sales gained"), at("money"), CENTS, reason=_unknown),
)
NEWEST = "-starts_on"


@requires(Capability.SEE_PLAYS)
def show_all(request: HttpRequest) -> HttpResponse:
    scope = scope_of(request.user)
    lines = lines_of(scope, plays.list_plays(scope))
    state = request.GET.get("state", "")
    kept = [line for line in lines if not state or line.state == state]
    table = table_of(request, kept, COLUMNS, sort=NEWEST, find_in=("name", "play.code", "state"))
    if wants_excel(request):
        return as_excel(request, table, "plays")
    page = {
        "table": table,
        "view": "plays",
        "state": state,
        "states": sorted({line.state for line in lines}),
    }
    return render(request, "console/plays.html", page)


@requires(Capability.SEE_PLAYS)
def show(request: HttpRequest, code: str) -> HttpResponse:
    scope = scope_of(request.user)
    play = plays.get_play(scope, code)
    (line,) = lines_of(scope, [play])
    page = {
        "play": play,
        "line": line,
        "name": name_of(play),
        "state": state_of(play),
        "trigger": trigger_of(play.trigger),
        "skill": plays.name_of_skill(play.skill),
        "stores": play.pilot_stores.order_by("name"),
        "versions": play.versions.select_related("made_by").order_by("-number"),
        "result": _result(within(scope, line.outcome) if line.outcome else None),
        "is_countable": is_countable(play),
        "may_approve": scope.may(Capability.APPROVE_PLAYS),
        "may_make": scope.may(Capability.MAKE_PLAYS),
        "may_open": play.is_of_store and scope.may(Capability.ASSIGN_LEADS) and _runs(play),
    }
    return render(request, "console/play.html", page)


@requires(Capability.SEE_PLAYS)
def show_result(request: HttpRequest, code: str) -> HttpResponse:
    """What came of a play that no night has counted yet: counted, and kept, when first asked."""
    scope = scope_of(request.user)
    play = plays.get_play(scope, code)
    outcome = plays.outcome_of(play)
    if outcome is None and play.experiment and is_countable(play):
        outcome = keep(play.experiment, clock.today())
    page = {"play": play, "result": _result(within(scope, outcome) if outcome else None)}
    return render(request, "console/plays/result.html", page)


@requires(Capability.SEE_PLAYS)
def show_size(request: HttpRequest, code: str) -> HttpResponse:
    """How large it is and with which others it shares members: fetched once the page stands."""
    scope = scope_of(request.user)
    play = plays.get_play(scope, code)
    fired = trigger_of(play.trigger)
    page: dict[str, Any] = {"size": None, "play": play, "conflicts": [], "trigger": fired}
    page["unasked"] = chain().contact_unasked
    if play.who.strip():
        page |= {
            "size": plays.size(scope, play),
            "conflicts": conflicts_of(scope, play),
        }
    return render(request, "console/plays/size.html", page | {"most": MOST_LOADED})


def is_countable(play: Play) -> bool:
    """Whether anything can have come of it by today."""
    return play.experiment is not None and play.experiment.began_on <= clock.today()


def conflicts_of(scope: Scope, play: Play) -> list[dict[str, Any]]:
    """With which others it shares members, each told from its own side."""
    if not (play.starts_on and play.ends_on):
        return []
    found = plays.conflicts_of(play, plays.list_at_hand(scope), clock.today())
    return [
        {
            "other": (other := each.other if each.one.pk == play.pk else each.one),
            "name": name_of(other),
            "shared": each.shared,
            "first_on": each.first_on,
            "last_on": each.last_on,
        }
        for each in found[:MOST_CONFLICTS]
    ]


def _runs(play: Play) -> bool:
    return play.pk in {each.pk for each in plays.running()}


def _result(outcome: Outcome | None) -> dict[str, Any] | None:
    """An outcome with names in it."""
    if outcome is None:
        return None
    stores = Node.objects.in_bulk([each.store_id for each in outcome.by_store if each.store_id])
    people = Staff.objects.in_bulk([each.staff_id for each in outcome.by_staff])
    return {
        "told": outcome,
        "method": outcome.uplift.conversion.method.label,
        "by_store": [
            {"name": stores[each.store_id].name if each.store_id else "", "told": each}
            for each in outcome.by_store
        ],
        "by_staff": [
            {"name": people[each.staff_id].name, "told": each}
            for each in outcome.by_staff
            if each.staff_id in people
        ],
        "by_offer": outcome.by_offer,
    }
