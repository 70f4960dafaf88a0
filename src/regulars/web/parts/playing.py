"""Plays as people read them: a line each, with what came of it so far."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regulars.act.opportunities import service as plays
from regulars.act.opportunities.models import Play
from regulars.act.tasks.models import Lead
from regulars.ground.accounts.access import Scope
from regulars.ground.kit import clock
from regulars.ground.org.service import store_ids_under
from regulars.know.segments.models import Segment
from regulars.know.tags.service import Subject, defined
from regulars.know.tags.service import name_of as name_of_tag
from regulars.understand.experiments.service import Outcome


@dataclass(frozen=True)
class Line:
    """A play in a list: `stores` 0 are all; `outcome` None before it is first counted."""

    play: Play
    stores: int
    leads: int
    outcome: Outcome | None

    @property
    def url(self) -> str:
        return reverse("play", args=[self.play.code])

    @property
    def name(self) -> str:
        return name_of(self.play)

    @property
    def state(self) -> str:
        return state_of(self.play)

    @property
    def where(self) -> str:
        return _("all stores") if not self.stores else str(self.stores)

    @property
    def uplift(self) -> Fraction | None:
        return _exact(self.outcome.uplift.conversion.estimate) if self.outcome else None

    @property
    def low(self) -> Fraction | None:
        return _exact(self.outcome.uplift.conversion.low) if self.outcome else None

    @property
    def high(self) -> Fraction | None:
        return _exact(self.outcome.uplift.conversion.high) if self.outcome else None

    @property
    def money(self) -> Fraction | None:
        return _exact(self.outcome.uplift.incremental_cents.estimate) if self.outcome else None

    @property
    def verdict(self) -> str:
        return str(self.outcome.verdict.label) if self.outcome else self.unknown

    @property
    def unknown(self) -> str:
        """Why its uplift is not known."""
        if self.play.is_service:
            return _("A play of service holds nobody out: nothing is measured.")
        if self.play.is_of_store:
            return _("A task of the store holds nobody out: nothing is measured.")
        if self.outcome is None:
            return _("Not counted yet: each night once it runs, or when its page is opened.")
        why = self.outcome.uplift.conversion.unknown
        return str(why.label) if why else ""


def lines_of(scope: Scope, found: Iterable[Play]) -> list[Line]:
    """Four questions for however many plays."""
    shown = list(found)
    outcomes = plays.outcomes_of(shown)
    ids = [play.pk for play in shown]
    leads = Lead.objects.filter(play__in=ids)
    if scope.node_id is not None:
        leads = leads.filter(store__in=store_ids_under(scope.node_id))
    counted = dict(leads.values_list("play").annotate(n=Count("pk")).order_by())
    stores = dict(
        Play.objects.filter(pk__in=ids).annotate(n=Count("pilot_stores")).values_list("pk", "n")
    )
    return [
        Line(play, stores[play.pk], counted.get(play.pk, 0), outcomes.get(play.pk))
        for play in shown
    ]


def list_running(scope: Scope) -> list[Line]:
    today = clock.today()
    running = plays.list_plays(scope).filter(
        state=Play.State.APPROVED, starts_on__lte=today, ends_on__gte=today
    )
    return lines_of(scope, running)


def name_of(play: Play) -> str:
    is_english = (get_language() or "").startswith("en")
    return play.name_en if is_english and play.name_en else play.name


def state_of(play: Play) -> str:
    """Of an approved one whether it runs, will, or is over."""
    today = clock.today()
    if play.state != Play.State.APPROVED:
        return str(play.get_state_display())
    if play.starts_on and today < play.starts_on:
        return _("begins soon")
    return _("over") if play.ends_on and today > play.ends_on else _("running")


def trigger_of(trigger: Mapping[str, Any]) -> str:
    """What fires a play, in words; "" for the morning alone."""
    if "segment" in trigger:
        segment = Segment.objects.filter(code=trigger["segment"]).first()
        return _("entering the segment “%(name)s”") % {"name": segment or trigger["segment"]}
    if "tag" in trigger:
        tag = defined(Subject.MEMBER).columns.tags.get(trigger["tag"])
        told = {
            "tag": name_of_tag(tag) if tag else trigger["tag"],
            "value": plays.said_of_value(trigger),
        }
        return _("“%(tag)s” becomes “%(value)s”") % told
    if not trigger:
        return ""
    where = " · ".join(f"{name} = {value}" for name, value in trigger.get("where", {}).items())
    event = _("the event %(name)s") % {"name": trigger.get("event", "")}
    return f"{event} · {where}" if where else event


def _exact(value: float | None) -> Fraction | None:
    return None if value is None else Fraction(value)
