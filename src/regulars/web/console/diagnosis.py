"""Why a number moved: findings ranked by money, what was checked, and the log of places."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from regulars.ground.accounts.access import Capability, requires, scope_of
from regulars.ground.kit import clock
from regulars.ground.org.service import node_ids_under
from regulars.understand.diagnosis.models import EventLog
from regulars.understand.diagnosis.service import (
    Diagnosis,
    Finding,
    cause_of,
    diagnose,
    list_log,
    strike_from_log,
    write_log,
)
from regulars.understand.metrics.service import (
    WHOLE,
    Question,
    ask,
    factor_name,
    get_freshness,
    part_name,
)
from regulars.web.console import asking
from regulars.web.parts.forms import DateField, Form
from regulars.web.parts.who import signed_in

AGAINST: dict[str, Promise] = {
    "previous": _("the period before"),
    "year": _("the same days last year"),
}
CHECKS: dict[str, Promise] = {
    "small_sample": _("Small numbers"),
    "mix": _("Members moved between stores (mix)"),
    "calendar": _("Calendar"),
    "opening": _("Openings and closures"),
    "returns": _("Returns of earlier tickets"),
    "log": _("Store log"),
}
LARGEST = 8
MOST_ENTRIES = 200
FIRST_FACTORS = {"non_member": "tickets", "cross_store": "buyers"}


@dataclass(frozen=True)
class Card:
    """A finding, and where its evidence stands."""

    finding: Finding
    question: Question
    against: str

    @property
    def cause(self) -> str:
        return cause_of(self.finding)

    @property
    def evidence(self) -> str:
        """The tree of the finding's place and goods, with the same periods, its part opened."""
        asked = self._asked() | {"compare": "last_year" if self.against == "year" else "previous"}
        if self.finding.part != WHOLE:
            asked["open"] = self.finding.part
        return f"{reverse('metrics')}?{urlencode(asked)}"

    @property
    def here(self) -> str:
        """The same question, asked of the finding's place."""
        return f"{reverse('why')}?{urlencode(self._asked() | {'against': self.against})}"

    @property
    def members(self) -> str:
        """Who they are, where the part has members and all goods are meant."""
        finding = self.finding
        if finding.members_concerned is None or finding.category_code or finding.part == WHOLE:
            return ""
        if finding.part in FIRST_FACTORS:
            return ""
        asked = self._asked() | {"part": finding.part}
        return f"{reverse('leaf_members')}?{urlencode(asked)}"

    @property
    def checks(self) -> list[dict[str, Any]]:
        return [{"name": CHECKS[guard.code], "guard": guard} for guard in self.finding.guards]

    @property
    def offsets(self) -> list[dict[str, Any]]:
        return [
            {
                "name": f"{part_name(each.part)} · {_factor(each.part, each.factor)}",
                "cents": each.cents,
            }
            for each in self.finding.offsets
        ]

    def _asked(self) -> dict[str, str]:
        period = self.question.period
        asked = {
            "org": self.finding.node_code,
            "from": period.start.isoformat(),
            "to": period.last_day.isoformat(),
        }
        if self.finding.category_code:
            asked["category"] = self.finding.category_code
        return asked


@requires(Capability.SEE_TARGETS)
def show(request: HttpRequest) -> HttpResponse:
    """The causes behind the gap of one place and period."""
    against = request.GET.get("against", "previous")
    against = against if against in AGAINST else "previous"
    given = {name: request.GET.get(name, "") for name in ("org", "category", "from", "to")}
    scope = scope_of(request.user)
    question = ask(
        scope, org=given["org"], category=given["category"], first=given["from"],
        last=given["to"], compare="last_year" if against == "year" else "previous",
    )  # fmt: skip
    told = diagnose(scope, question, against)
    page = {
        "told": told,
        "question": question,
        "against": against,
        "comparisons": AGAINST,
        "raised": [Card(each, question, against) for each in told.raised],
        "others": [Card(each, question, against) for each in told.findings if not each.is_raised],
        "largest": _largest(told),
        "presets": [(preset, preset.is_asked_by(question)) for preset in asking.presets()],
        "places": asking.places_above(request, question),
        "goods": asking.goods_above(question),
        "freshness": get_freshness(),
        "can_log": scope.may(Capability.SEE_ORG),
    }
    return render(request, "console/why.html", page)


class LogForm(Form):
    kind = forms.ChoiceField(label=_("What happened"), choices=EventLog.Kind.choices)
    first_on = DateField(label=_("From"))
    last_on = DateField(label=_("To"))
    note = forms.CharField(label=_("Note"), required=False, max_length=500)


@requires(Capability.SEE_ORG)
def show_log(request: HttpRequest) -> HttpResponse:
    """What happened in and around a place and those below it, and a form to write it down."""
    scope = scope_of(request.user)
    today = clock.today()
    question = ask(scope, org=request.GET.get("org", ""), compare="none")
    form = LogForm(request.POST or None, initial={"first_on": today, "last_on": today})
    if request.method == "POST" and form.is_valid():
        with form.explaining():
            write_log(
                scope, signed_in(request), question.org,
                kind=form.cleaned_data["kind"],
                first=form.cleaned_data["first_on"],
                last=form.cleaned_data["last_on"],
                note=form.cleaned_data["note"],
            )  # fmt: skip
            messages.success(request, _("Written down; findings look at it from now on."))
            return redirect(request.get_full_path())
    nodes = node_ids_under(question.org.pk)
    page = {
        "question": question,
        "form": form,
        "entries": list_log(nodes, date.min, date.max)[:MOST_ENTRIES],
        "places": asking.places_above(request, question),
    }
    return render(request, "console/store_log.html", page)


@require_POST
@requires(Capability.SEE_ORG)
def strike(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Take an entry of the log back."""
    entry = get_object_or_404(EventLog.objects.select_related("node"), pk=entry_id)
    strike_from_log(scope_of(request.user), signed_in(request), entry)
    messages.success(request, _("Struck out."))
    return redirect(f"{reverse('store_log')}?{urlencode({'org': entry.node.code})}")


def _factor(part: str, code: str) -> Promise:
    return factor_name(part, code, is_first=code == FIRST_FACTORS.get(part, "members"))


def _largest(told: Diagnosis) -> list[tuple[str, int]]:
    """The exact contributions of the asked node's own parts and factors, the largest first."""
    rows = [
        (f"{part.name} · {factor.name}", factor.contribution_cents)
        for part in told.comparison.parts
        for factor in part.factors
        if factor.contribution_cents
    ]
    return sorted(rows, key=lambda row: -abs(row[1]))[:LARGEST]
