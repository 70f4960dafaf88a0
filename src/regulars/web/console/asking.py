"""What an address asks about, and the controls that ask something else."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regulars.ground.accounts.access import scope_of
from regulars.ground.kit import clock
from regulars.ground.org.models import Node
from regulars.know.catalog.models import Category
from regulars.know.catalog.service import path_of as path_of_category
from regulars.understand.metrics.service import Question, ask
from regulars.web.console.org import visible_path

COMPARISONS: dict[str, Promise] = {
    "previous": _("the period before"),
    "last_year": _("the same days last year"),
    "none": _("nothing"),
    "dates": _("other dates …"),
}
DATES = "dates"
NARROWING = ("org", "category", "brand", "channel", "from", "to", "compare", "by")
MONTHS_A_QUARTER = 3


@dataclass(frozen=True)
class Preset:
    """A period that one tap asks for."""

    label: Promise
    first: date
    last: date

    def is_asked_by(self, question: Question) -> bool:
        return (self.first, self.last) == (question.period.start, question.period.last_day)


def question_of(request: HttpRequest) -> Question:
    """Raises UserError, NotFound or NotAllowed for an address that asks something impossible."""
    given = {name: request.GET.get(name, "") for name in NARROWING}
    first, last = given.pop("from"), given.pop("to")
    if given["compare"] == DATES:
        dates = [request.GET.get(f"compare_{end}", "") for end in ("from", "to")]
        given["compare"] = "..".join(dates) if all(dates) else ""
    return ask(scope_of(request.user), first=first, last=last, **given)


def presets_for(question: Question) -> list[tuple[Preset, bool]]:
    """Each with whether it is what is asked about: the shortest, where it is several."""
    every = _presets()
    asked = next((preset for preset in every if preset.is_asked_by(question)), None)
    return [(preset, preset is asked) for preset in every]


def _presets() -> list[Preset]:
    today = clock.today()
    this_month = today.replace(day=1)
    last_month_ends = this_month - timedelta(days=1)
    quarter = this_month.replace(month=(today.month - 1) // MONTHS_A_QUARTER * MONTHS_A_QUARTER + 1)
    return [
        Preset(_("This month"), this_month, today),
        Preset(_("Last month"), last_month_ends.replace(day=1), last_month_ends),
        Preset(_("This quarter"), quarter, today),
        Preset(_("This year"), this_month.replace(month=1), today),
    ]


def places_above(request: HttpRequest, question: Question) -> list[Node]:
    """The breadcrumb of the organisation, from where the user's scope begins."""
    return visible_path(request, question.org)


def goods_above(question: Question) -> list[Category]:
    """The breadcrumb of the category asked about; empty for several or none."""
    return path_of_category(question.categories[0]) if len(question.categories) == 1 else []
