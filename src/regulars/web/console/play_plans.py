"""Ready plays to take, and the calendar of those that run."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from regulars.act.opportunities import service as plays
from regulars.act.opportunities.models import Play
from regulars.ground.accounts.access import Capability, requires, scope_of
from regulars.ground.kit import clock
from regulars.ground.org.models import Position
from regulars.ground.org.service import store_ids_under
from regulars.know.tags.service import language_of_names
from regulars.web.parts.doing import about
from regulars.web.parts.playing import name_of, state_of

WEEKS, A_WEEK, A_DAY = 8, timedelta(days=7), timedelta(days=1)
MOST_CONFLICTS = 30


@requires(Capability.SEE_PLAYS)
def show_library(request: HttpRequest) -> HttpResponse:
    """All ready plays, or those that answer a finding's part and factor."""
    part, factor = request.GET.get("part", ""), request.GET.get("factor", "")
    ready = plays.answers_to(part, factor) if part else list(plays.library().values())
    taken = set(Play.objects.values_list("code", flat=True))
    language = language_of_names()
    page = {
        "ready": [
            {
                "play": each,
                "name": each.name(language),
                "note": each.note(language),
                "reason": each.table["reason"][language],
                "take": f"{reverse('play_new')}?{urlencode({'ready': each.code})}",
                "is_taken": each.code in taken,
            }
            for each in ready
        ],
        "answered": about(part, factor) if part else "",
        "view": "library",
    }
    return render(request, "console/play_library.html", page)


@requires(Capability.SEE_PLAYS)
def show_calendar(request: HttpRequest) -> HttpResponse:
    """Eight weeks from this one: which plays run, whom they share, and how full the days are."""
    scope, today = scope_of(request.user), clock.today()
    first = today - timedelta(days=today.weekday())
    last = first + WEEKS * A_WEEK - A_DAY
    shown = [
        play
        for play in plays.list_at_hand(scope)
        if play.starts_on and play.ends_on and play.starts_on <= last and play.ends_on >= first
    ]
    met = plays.conflicts_among(shown, today)
    people = _people(scope.node_id)
    page = {
        "weeks": [first + n * A_WEEK for n in range(WEEKS)],
        "rows": [_row(play, first, met.sizes.get(play.pk)) for play in shown],
        "conflicts": [
            {"each": each, "one": name_of(each.one), "other": name_of(each.other)}
            for each in met.conflicts[:MOST_CONFLICTS]
        ],
        "days": _work(shown, met.sizes, first, people * plays.A_PERSON),
        "members": met.members,
        "people": people,
        "room": people * plays.A_PERSON,
        "view": "calendar",
    }
    return render(request, "console/play_calendar.html", page)


def _row(play: Play, first: date, size: int | None) -> dict[str, Any]:
    """A play's bar: in which of the weeks it runs."""
    assert play.starts_on and play.ends_on
    weeks = [
        play.starts_on <= first + n * A_WEEK + A_WEEK - A_DAY and play.ends_on >= first + n * A_WEEK
        for n in range(WEEKS)
    ]
    return {
        "play": play, "name": name_of(play), "state": state_of(play), "size": size, "weeks": weeks,
    }  # fmt: skip


def _work(
    shown: Sequence[Play], sizes: dict[int, int], first: date, room: int
) -> list[dict[str, Any]]:
    """Leads on an average day of each week beside what the people can take."""
    weeks = []
    for n in range(WEEKS):
        monday = first + n * A_WEEK
        leads = sum(
            sizes.get(play.pk, 0) / plays.days_of(play) * _days_in(play, monday) / A_WEEK.days
            for play in shown
        )
        weeks.append({"monday": monday, "leads": round(leads), "is_over": leads > room})
    return weeks


def _days_in(play: Play, monday: date) -> int:
    assert play.starts_on and play.ends_on
    begins, ends = max(play.starts_on, monday), min(play.ends_on, monday + A_WEEK - A_DAY)
    return max(0, (ends - begins).days + 1)


def _people(node_id: int | None) -> int:
    """Who serves members today."""
    serving = [Position.Kind.CONSULTANT, Position.Kind.STORE_MANAGER]
    held = Position.objects.valid_on(clock.today()).filter(kind__in=serving)
    if node_id is not None:
        held = held.filter(node__in=store_ids_under(node_id))
    return held.values("staff").distinct().count()
