"""Live numbers as people read them: the same words on the page's first paint and in its stream."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from regulars.ground.accounts.access import Capability, Scope, requires, scope_of
from regulars.ground.kit import clock
from regulars.ground.kit.deployment import chain
from regulars.understand.live import service
from regulars.understand.live.service import Forecast, Live, Targets
from regulars.web.parts import figures
from regulars.web.parts.figures import Figure

STREAM = "/api/v1/stream"
NOT_KNOWN = "—"


@dataclass(frozen=True)
class Shown:
    """`text` is shown, `title` told on hover; `direction` is the CSS class of a comparison."""

    text: str
    title: str = ""
    direction: str = ""


@require_safe
@requires(Capability.SEE_METRICS)
def hear(request: HttpRequest) -> HttpResponse:
    """To the stream of the places named by `org`, with a ticket for it: a browser that comes back
    to this address after a break is looked at anew."""
    codes = request.GET.getlist("org")
    ticket = service.give_ticket(scope_of(request.user), codes, get_language() or "en")
    return to_stream(ticket, request)


def to_stream(ticket: str, request: HttpRequest) -> HttpResponse:
    """A redirect, 307; `Last-Event-ID` goes along."""
    told = {"ticket": ticket}
    if after := request.headers.get("Last-Event-ID", ""):
        told["after"] = after
    response = HttpResponseRedirect(f"{STREAM}?{urlencode(told)}")
    response.status_code = 307
    response["Cache-Control"] = "no-store"
    return response


def live_numbers(scope: Scope) -> dict[str, Any]:
    """For a template: the own place's number, and where it goes on; nothing for someone whose
    place has none."""
    if not service.may_hear(scope):
        return {}
    (place,) = service.places_heard(scope)
    found = service.numbers_now([place])
    address = f"{reverse('live')}?{urlencode({'org': place.code})}"
    targets = found[0].targets if found else Targets()
    return {
        "live": {
            "place": place,
            "address": address,
            "numbers": shown_of(found[0]) if found else {},
            "has_target": targets.day_cents is not None,
            "has_month_target": targets.month_cents is not None,
        }
    }


def shown_of(live: Live) -> dict[str, Shown]:
    """Every figure of a number by name, in the language of this moment."""
    targets = live.targets
    return {
        "net": _money(live.net_cents),
        "tickets": _count(live.counted.tickets),
        "buyers": _count(live.counted.buyers),
        "month": _money(live.month_cents),
        "expected": _money(live.expected_cents),
        "pace": _pace(live),
        "forecast": _forecast(live.forecast),
        "forecast_range": _range(live.forecast),
        "month_forecast": _forecast(live.month_forecast),
        "month_range": _range(live.month_forecast),
        "target": _money(targets.day_cents),
        "completion": _rate(live.completion_rate),
        "month_target": _money(targets.month_cents),
        "month_completion": _rate(live.month_completion_rate),
        "as_of": as_of(live.as_of),
    }


def as_of(moment: datetime) -> Shown:
    local = moment.astimezone(clock.zone())
    return Shown(f"{local:%H:%M:%S}", f"{local:%Y-%m-%d %H:%M:%S}")


def _pace(live: Live) -> Shown:
    if live.pace_rate is None:
        return Shown(NOT_KNOWN, _("Fewer than four comparable days are known."))
    ahead = live.pace_rate - 1
    size = figures.rounded(abs(ahead) * 100, 1)
    if not round(ahead * 1000):
        return Shown(f"＝ {size}%", direction="flat")
    mark, direction = ("▲", "up") if ahead > 0 else ("▼", "down")
    gap = figures.money(
        live.net_cents - (live.expected_cents or 0),
        chain().currency,
        chinese=_is_chinese(),
        signed=True,
    )
    return Shown(f"{mark} {size}%", gap.exact, direction)


def _forecast(forecast: Forecast | None) -> Shown:
    return _money(None if forecast is None else forecast.cents)


def _range(forecast: Forecast | None) -> Shown:
    if forecast is None:
        return Shown(NOT_KNOWN)
    if forecast.low_cents == forecast.high_cents:
        return Shown(_("nothing more is to come"))
    low, high = (_figure(cents) for cents in (forecast.low_cents, forecast.high_cents))
    span = _("in 4 of 5 cases %(low)s – %(high)s")
    return Shown(
        span % {"low": low.short, "high": high.short}, span % {"low": low.exact, "high": high.exact}
    )


def _money(cents: int | None) -> Shown:
    if cents is None:
        return Shown(NOT_KNOWN, _("Not known."))
    return _shown(_figure(cents))


def _figure(cents: int) -> Figure:
    return figures.money(cents, chain().currency, chinese=_is_chinese())


def _count(number: int) -> Shown:
    return _shown(figures.count(number, chinese=_is_chinese()))


def _rate(share: figures.Number | None) -> Shown:
    return Shown(NOT_KNOWN, _("No target.")) if share is None else _shown(figures.rate(share))


def _shown(figure: Figure) -> Shown:
    return Shown(figure.short, "" if figure.exact == figure.short else figure.exact)


def _is_chinese() -> bool:
    return (get_language() or "").startswith("zh")
