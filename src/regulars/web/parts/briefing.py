"""The day's page, at the desk and on the phone: which day, its beginning or its end."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from regulars.ground.accounts.access import scope_of
from regulars.ground.kit import clock
from regulars.ground.kit.errors import UserError
from regulars.understand.briefing import service
from regulars.understand.metrics.service import get_freshness
from regulars.web.parts.who import signed_in

DAY = timedelta(days=1)
PARTS = (service.MORNING, service.EVENING)


def page_of_day(request: HttpRequest) -> dict[str, Any]:
    """Of `?day=` (today) and `?part=`, morning or evening. Raises UserError for what is no day, or
    has not come yet."""
    scope, user, day = scope_of(request.user), signed_in(request), _day(request)
    asked = request.GET.get("part", "")
    part = asked if asked in PARTS else service.part_of_now()
    page: dict[str, Any] = {
        "day": day,
        "part": part,
        "is_today": day == clock.today(),
        "before": day - DAY,
        "after": day + DAY,
        "freshness": get_freshness(),
    }
    if part == service.EVENING:
        told: service.Briefing | service.Closing = service.get_closing(user, scope, day)
    else:
        told = service.get_briefing(user, scope, day)
    return page | {"told": told, "numbers": told.numbers, "place": told.place}


def _day(request: HttpRequest) -> date:
    text = request.GET.get("day", "")
    if not text:
        return clock.today()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UserError(_("“%(text)s” is not a date like 2026-01-31.") % {"text": text}) from None
    if day > clock.today():
        raise UserError(_("That day has not come yet."), field="day")
    return day
