"""The day in a few sentences, for a message: numbers in words, complete without the page."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.understand.actions.service import Work
from regulars.understand.briefing.numbers import Numbers

CENTS = 100
MOST_LETTERS = 60


def morning_title(day: date, place: str) -> str:
    return _("Briefing of %(day)s · %(place)s") % {"day": f"{day:%m-%d}", "place": place}


def evening_title(day: date, place: str) -> str:
    return _("Closing of %(day)s · %(place)s") % {"day": f"{day:%m-%d}", "place": place}


def morning_body(yesterday: Numbers, work: Work) -> str:
    """Yesterday, what today is to bring, the month, what is due."""
    said = [
        _("Yesterday %(net)s%(beside)s") % _told(yesterday),
        _today(yesterday),
        _month(yesterday),
        _due(work),
    ]
    return _("; ").join(each for each in said if each) + _(".")


def evening_body(today: Numbers, work: Work) -> str:
    """Today, the month, what was done and what stays open."""
    said = [
        _("Today %(net)s%(beside)s") % _told(today),
        _month(today),
        _("%(done)s done, %(open)s still open") % {"done": work.done, "open": work.still_open},
    ]
    return _("; ").join(said) + _(".")


def exact(cents: int) -> str:
    """To the cent: 123,400.00."""
    whole, rest = divmod(abs(cents), CENTS)
    return f"{'−' if cents < 0 else ''}{whole:,}.{rest:02}"


def percent(share: Fraction) -> str:
    """One decimal, half up: 96.2 %."""
    tenths = int(abs(share) * 1000 + Fraction(1, 2))
    return f"{'−' if share < 0 and tenths else ''}{tenths // 10:,}.{tenths % 10}%"


def listed(names: Sequence[str], count: int) -> str:
    """The first of many, and that there are more."""
    told = _(", ").join(short(name) for name in names)
    return told if count <= len(names) else _("%(names)s and others") % {"names": told}


def short(text: str) -> str:
    """As much of it as a line holds."""
    return text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - 1] + "…"


def _told(numbers: Numbers) -> dict[str, str]:
    return {"net": exact(numbers.net_cents), "beside": _beside(numbers)}


def _beside(numbers: Numbers) -> str:
    if numbers.completion is not None:
        return _(", %(rate)s of the target") % {"rate": percent(numbers.completion)}
    if numbers.week_before_cents is not None:
        facts = {"before": exact(numbers.week_before_cents)}
        return _(", on the same weekday before %(before)s") % facts
    return ""


def _today(yesterday: Numbers) -> str:
    if yesterday.targets.next_cents is not None:
        return _("today's target %(target)s") % {"target": exact(yesterday.targets.next_cents)}
    if yesterday.next_before_cents is not None:
        return _("a week ago today %(cents)s") % {"cents": exact(yesterday.next_before_cents)}
    return ""


def _month(numbers: Numbers) -> str:
    facts = {"month": f"{numbers.on:%Y-%m}", "net": exact(numbers.month_cents)}
    if numbers.month_completion is None:
        return _("%(month)s so far %(net)s") % facts
    facts["rate"] = percent(numbers.month_completion)
    if numbers.pace is None:
        return _("%(month)s so far %(net)s, %(rate)s of the target") % facts
    facts["pace"] = percent(numbers.pace)
    return _("%(month)s so far %(net)s, %(rate)s of the target, pace %(pace)s") % facts


def _due(work: Work) -> str:
    if not work.due:
        return _("nothing is due")
    due = ngettext("%(n)s thing due", "%(n)s things due", work.due) % {"n": work.due}
    return due + _(", %(late)s of them late") % {"late": work.late} if work.late else due
