"""What is looked at each morning."""

from datetime import date, timedelta

from regulars.ground.kit import clock
from regulars.ground.org.service import ensure_head_office
from regulars.understand.diagnosis.findings import TARGET
from regulars.understand.diagnosis.kept import COMPARED, forget_old, keep_morning
from regulars.understand.metrics.service import Period, Question, compared_with, month_of
from regulars.understand.targets.service import find_target_cents

OLD_AFTER = timedelta(days=31)


def look_each_morning(today: date | None = None) -> int:
    """The month so far and the month before it, beside the period before, last year, and the target
    where one is set; how many findings were kept."""
    day = today or clock.today()
    head_office = ensure_head_office()
    found = 0
    for period in periods_on(day):
        for against, name in COMPARED.items():
            question = Question(head_office, period, compared_with(period, name))
            if against != TARGET or find_target_cents(question) is not None:
                found += keep_morning(question, against, day)
    forget_old(day - OLD_AFTER)
    return found


def periods_on(day: date) -> list[Period]:
    """The month so far (the day itself is its last) and the last whole month."""
    this = month_of(day)
    before = month_of(this.start - timedelta(days=1))
    so_far = Period(this.start, day + timedelta(days=1))
    return [so_far, before]
