"""What became of those who joined, month by month since: the value of join cohorts (LTV)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from regulars.ground.accounts.access import Capability, requires
from regulars.understand.metrics.service import Cohort, Worth, get_cohorts, get_freshness
from regulars.web.console import asking
from regulars.web.parts import charts
from regulars.web.parts.excel import as_excel, wants_excel
from regulars.web.parts.tables import CENTS, COUNT, RATE, Column, at, table_of

MONTHS = range(13)
DRAWN, MONTHS_APART = 4, 4


@dataclass(frozen=True)
class Measure:
    """One way to look at a cohort: `value` names a property of its Worth."""

    label: Promise
    unit: str
    value: str


MEASURES = {
    "net": Measure(_("Net sales per member"), CENTS, "net_per_member"),
    "margin": Measure(_("Margin per member"), CENTS, "margin_per_member"),
    "bought": Measure(_("Share who have bought"), RATE, "bought_rate"),
}


@requires(Capability.SEE_METRICS)
def show(request: HttpRequest) -> HttpResponse:
    question = asking.question_of(request)
    told = get_cohorts(question)
    code = request.GET.get("measure", "")
    code = code if code in MEASURES else next(iter(MEASURES))
    measure = MEASURES[code]
    table = table_of(request, told.cohorts, columns_of(measure), sort="-month")
    if wants_excel(request):
        return as_excel(request, table, f"cohorts-{code}-{question.period.last_day}")
    page = {
        "question": question,
        "told": told,
        "measures": MEASURES,
        "code": code,
        "measure": measure,
        "table": table,
        "chart": chart_of(told.cohorts, measure),
        "places": asking.places_above(request, question),
        "goods": asking.goods_above(question),
        "freshness": get_freshness(),
    }
    return render(request, "console/cohorts.html", page)


def columns_of(measure: Measure) -> list[Column]:
    """Month of joining, members, the measure to date and by the end of each month since."""
    since = [_column(f"m{n}", gettext("M%(n)s") % {"n": n}, measure, _after(n)) for n in MONTHS]
    return [
        Column("month", _("Joined in"), month_of_joining),
        Column("members", _("Members"), at("members"), COUNT),
        _column("to_date", gettext("To date"), measure, at("to_date")),
        *since,
    ]


def chart_of(cohorts: Sequence[Cohort], measure: Measure) -> charts.Chart | None:
    """The latest cohort of which two months are known, and every fourth one before it."""
    drawn = [cohort for cohort in cohorts if len(cohort.months) > 1][::MONTHS_APART][:DRAWN]
    if not drawn:
        return None
    series = [
        charts.Series(month_of_joining(cohort), [_value(cohort.after(n), measure) for n in MONTHS])
        for cohort in drawn
    ]
    labels = [str(n) for n in MONTHS]
    return charts.generations("cohorts", measure.label, measure.unit, labels, *series)


def month_of_joining(cohort: Cohort) -> str:
    return cohort.month_on.strftime("%Y-%m")


def _column(
    key: str, label: str, measure: Measure, worth_of: Callable[[Cohort], Worth | None]
) -> Column:
    def value(cohort: Cohort) -> Fraction | None:
        return _value(worth_of(cohort), measure)

    def reason(cohort: Cohort) -> Promise | None:
        return cohort.why_unknown(worth_of(cohort), measure.value)

    return Column(key, label, value, measure.unit, reason=reason)


def _after(months: int) -> Callable[[Cohort], Worth | None]:
    return lambda cohort: cohort.after(months)


def _value(worth: Worth | None, measure: Measure) -> Fraction | None:
    found: Fraction | None = None if worth is None else getattr(worth, measure.value)
    return found
