"""The sales calendar: what each day of the week sells, and which days are unlike others.

A weekday's weight is what it sold on the average over the 52 weeks before the year that is asked
about, days of the calendar left out; so it stands still all year. A place with less than eight
weeks of history takes the chain's weights; a chain without any has equal days, and says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import gettext_lazy as _

from regulars.ground.audit.service import record
from regulars.ground.kit import clock
from regulars.ground.kit.errors import UserError
from regulars.ground.kit.sql import named
from regulars.ground.org.models import Node
from regulars.ground.org.service import ensure_head_office
from regulars.understand.metrics.service import Period, Question, answer, month_of, place_of
from regulars.understand.targets.models import Day

WINDOW = timedelta(weeks=52)
LEAST_DAYS = 56
EVEN = 10_000
"""The weight of an average day."""
LONGEST_EVENT = 62


@dataclass(frozen=True)
class Weekdays:
    """Weights of Monday to Sunday beside `EVEN`. `learnt_from` is whose history they are from:
    None where there is none, and the days are equal because nobody knows better."""

    weights: tuple[int, ...]
    learnt_from: Node | None


@dataclass(frozen=True)
class DayWeight:
    """One day: its weight beside `EVEN`, and what is special about it. `is_guess`: an event that
    was never seen before counts as an ordinary day."""

    day: date
    weight: int
    event: Day | None
    is_guess: bool


Specials = Mapping[date, tuple[Day, int | None]]
"""What is unlike others, with its per cent of an ordinary day: None where nobody knows."""


def get_weekdays(node: Node, first: date) -> Weekdays:
    """What the days of the week are worth at a place, for days from `first` on."""
    for place in dict.fromkeys((node, ensure_head_office())):
        for before in (date(first.year, 1, 1), min(month_of(first).start, clock.today())):
            if weights := _learnt(place, before):
                return Weekdays(weights, place)
    return Weekdays((EVEN,) * 7, None)


def list_day_weights(node: Node, first: date, last: date) -> list[DayWeight]:
    """Every day from `first` to `last`, both inclusive."""
    return weigh(get_weekdays(node, first).weights, get_specials(first, last), first, last)


def get_specials(first: date, last: date) -> Specials:
    """The days from `first` to `last` that are unlike others."""
    events = list_days(first, last)
    learnt = _learnt_events([event for event in events if event.weight_percent is None])
    return {
        event.day_on: (
            event,
            learnt.get(event.day_on) if event.weight_percent is None else event.weight_percent,
        )
        for event in events
    }


def weigh(weekdays: Sequence[int], specials: Specials, first: date, last: date) -> list[DayWeight]:
    """Every day from `first` to `last`, both inclusive, by the weights of Monday to Sunday."""
    found = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        event, percent = specials.get(day, (None, None))
        weight = weekdays[day.weekday()] * (100 if percent is None else percent) // 100
        found.append(DayWeight(day, weight, event, event is not None and percent is None))
    return found


def day_weights(node: Node, first: date, last: date) -> list[Fraction]:
    """The share of each day from `first` to `last`, both inclusive; they add up to one."""
    weights = whole_weights(list_day_weights(node, first, last))
    return [Fraction(weight, sum(weights)) for weight in weights]


def whole_weights(days: Sequence[DayWeight]) -> list[int]:
    """The weights as they are; equal ones where every day is closed, so that they can be shared
    by."""
    weights = [day.weight for day in days]
    return weights if any(weights) else [EVEN] * len(weights)


def worth_of(period: Period) -> int:
    """What the days of a period are worth together in the whole chain."""
    return sum(whole_weights(list_day_weights(ensure_head_office(), period.start, period.last_day)))


def list_days(first: date, last: date) -> list[Day]:
    """The calendar's days, in order."""
    return list(Day.objects.filter(day_on__range=(first, last)).order_by("day_on"))


def set_days(
    actor: AbstractBaseUser | None,
    first: date,
    last: date,
    *,
    kind: str,
    name: str,
    weight_percent: int | None = None,
) -> int:
    """Say of every day from `first` to `last` what it is; what was said of them before is
    replaced. Returns how many days. Raises UserError."""
    count = (last - first).days + 1
    if not 1 <= count <= LONGEST_EVENT:
        raise UserError(
            _("From one day to %(most)s, not %(count)s.") % {"most": LONGEST_EVENT, "count": count},
            field="last",
        )
    if not name.strip():
        raise UserError(_("Say what day it is."), field="name")
    days = [first + timedelta(days=number) for number in range(count)]
    percent = 0 if kind == Day.Kind.CLOSED and weight_percent is None else weight_percent
    Day.objects.filter(day_on__in=days).delete()
    Day.objects.bulk_create(
        Day(day_on=day, kind=kind, name=name.strip(), weight_percent=percent) for day in days
    )
    told = {"last": last.isoformat(), "kind": kind, "name": name.strip(), "weight": percent}
    record(actor, "sales_day.set", "sales_day", first.isoformat(), **told)
    return count


def remove_days(actor: AbstractBaseUser | None, first: date, last: date) -> int:
    """Make the days ordinary ones again; how many were not."""
    count, _by_model = Day.objects.filter(day_on__range=(first, last)).delete()
    record(actor, "sales_day.removed", "sales_day", first.isoformat(), last=last.isoformat())
    return count


def _learnt(place: Node, before: date) -> tuple[int, ...] | None:
    sold = _over(place, before - WINDOW, before)
    special = {event.day_on for event in list_days(before - WINDOW, before)}
    ordinary = {day: cents for day, cents in sold.items() if day not in special}
    by_weekday = [[c for day, c in ordinary.items() if day.weekday() == at] for at in range(7)]
    return weekdays_from([(sum(cents), len(cents)) for cents in by_weekday])


def weekdays_from(sold: Sequence[tuple[int, int]]) -> tuple[int, ...] | None:
    """Weights from the cents and the number of days sold on Mondays to Sundays. None where there
    are less than `LEAST_DAYS` days, or where nothing was sold."""
    if sum(days for _cents, days in sold) < LEAST_DAYS:
        return None
    means = [Fraction(cents, days) if days else Fraction() for cents, days in sold]
    average = sum(means, Fraction())
    if average <= 0:
        return None
    return tuple(max(0, round(mean * 7 * EVEN / average)) for mean in means)


def _learnt_events(events: Sequence[Day]) -> dict[date, int]:
    """By day: what days of the same name sold in the chain, in per cent of an ordinary day of
    their weekday. Days that were never seen are left out."""
    found: dict[date, int] = {}
    chain = ensure_head_office()
    for event in events:
        earlier = Day.objects.filter(name=event.name, day_on__lt=min(event.day_on, clock.today()))
        rates = [rate for day in earlier if (rate := _rate_of(chain, day.day_on)) is not None]
        if rates:
            found[event.day_on] = max(0, round(sum(rates) * 100 / len(rates)))
    return found


def _rate_of(chain: Node, day: date) -> Fraction | None:
    cents = _over(chain, day, day + timedelta(days=1)).get(day)
    means = _over(chain, day - WINDOW, day + WINDOW)
    special = {event.day_on for event in list_days(day - WINDOW, day + WINDOW)}
    alike = [c for d, c in means.items() if d.weekday() == day.weekday() and d not in special]
    usual = _mean(alike)
    return Fraction(cents) / usual if cents is not None and usual > 0 else None


def _mean(cents: Sequence[int]) -> Fraction:
    return Fraction(sum(cents), len(cents)) if cents else Fraction()


def sold_by_day(place: Node, start: date, end: date) -> Mapping[date, int]:
    """Cents of a place, as it stands today, from `start` up to but not including `end`; days
    without sales are not in it."""
    where = place_of(Question(place, Period(start, end))) | {"as_of": clock.today()}
    rows = answer(named(__package__, "days"), where | {"start": start, "end": end})
    columns = (rows.column(name).to_pylist() for name in ("business_on", "net_cents"))
    return dict(zip(*columns, strict=True))


def _over(place: Node, start: date, end: date) -> Mapping[date, int]:
    """Of the days that are over: today is still selling."""
    return sold_by_day(place, start, min(end, clock.today()))
