"""What the pages of why share, at the desk and on the phone: what is asked, a card a cause."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.act.opportunities.service import answers_to
from regulars.ground.accounts.access import scope_of
from regulars.understand.diagnosis.service import (
    DATES,
    TARGET,
    Diagnosis,
    Finding,
    against_of,
    cause_of,
    dismiss,
    get_kept,
    take_back,
)
from regulars.understand.metrics.service import WHOLE, Method, Question, ask, part_name
from regulars.web.parts.doing import FIRST_FACTORS, about
from regulars.web.parts.forms import Form, given
from regulars.web.parts.who import signed_in

AGAINST: dict[str, Promise] = {
    "previous": gettext_lazy("the period before"),
    "year": gettext_lazy("the same days last year"),
    TARGET: gettext_lazy("the target"),
    DATES: gettext_lazy("other dates …"),
}
METHODS: dict[str, Promise] = {
    Method.SHAPLEY: gettext_lazy("All orders"),
    Method.CHAIN: gettext_lazy("First factor first"),
    Method.CHAIN_REVERSED: gettext_lazy("Last factor first"),
}
CHECKS: dict[str, Promise] = {
    "small_sample": gettext_lazy("Small numbers"),
    "mix": gettext_lazy("Members moved between stores (mix)"),
    "calendar": gettext_lazy("Calendar"),
    "opening": gettext_lazy("Openings and closures"),
    "returns": gettext_lazy("Returns of earlier tickets"),
    "stock": gettext_lazy("Sold-out goods"),
    "log": gettext_lazy("Store log"),
}
COMPARE = {"previous": "previous", "year": "last_year", TARGET: "none", DATES: DATES}
LARGEST = 8
ASKED = ("org", "category", "from", "to", "against", "compare_from", "compare_to", "by")


class ReasonForm(Form):
    reason = forms.CharField(label=gettext_lazy("Why is it not worth it?"), max_length=500)


@dataclass(frozen=True)
class Asked:
    """What an address asks about: `choice` is what stands in it, `against` what it means."""

    question: Question
    choice: str
    against: str


@dataclass(frozen=True)
class Card:
    """A finding, and where its evidence stands."""

    finding: Finding
    asked: Asked
    why: str

    @property
    def cause(self) -> str:
        return cause_of(self.finding)

    @property
    def evidence(self) -> str:
        """The tree of the finding's place and goods, with the same periods, its part opened."""
        address = self._place() | {"compare": COMPARE[self.asked.choice]} | self._beside()
        address["by"] = self.asked.question.method.value
        if self.finding.part != WHOLE:
            address["open"] = self.finding.part
        return f"{reverse('metrics')}?{urlencode(address)}"

    @property
    def answers(self) -> str:
        """The ready plays that answer it; "" where there are none."""
        asked = {"part": self.finding.part, "factor": self.finding.factor}
        if not answers_to(**asked):
            return ""
        return f"{reverse('play_library')}?{urlencode(asked)}"

    @property
    def here(self) -> str:
        """The same question, asked of the finding's place."""
        address = self._place() | {"against": self.asked.choice} | self._beside()
        return f"{reverse(self.why)}?{urlencode(address)}"

    @property
    def members(self) -> str:
        """Who they are, where the part has members and all goods are meant."""
        finding = self.finding
        if finding.members_concerned is None or finding.category_code or finding.part == WHOLE:
            return ""
        if finding.part in FIRST_FACTORS:
            return ""
        return f"{reverse('leaf_members')}?{urlencode(self._place() | {'part': finding.part})}"

    @property
    def checks(self) -> list[dict[str, Any]]:
        return [{"name": CHECKS[guard.code], "guard": guard} for guard in self.finding.guards]

    @property
    def offsets(self) -> list[dict[str, Any]]:
        return [
            {"name": about(each.part, each.factor), "cents": each.cents}
            for each in self.finding.offsets
        ]

    def _place(self) -> dict[str, str]:
        period = self.asked.question.period
        place = {
            "org": self.finding.node_code,
            "from": period.start.isoformat(),
            "to": period.last_day.isoformat(),
        }
        if self.finding.category_code:
            place["category"] = self.finding.category_code
        return place

    def _beside(self) -> dict[str, str]:
        compared = self.asked.question.compared
        if self.asked.choice != DATES or compared is None:
            return {}
        return {
            "compare_from": compared.start.isoformat(),
            "compare_to": compared.last_day.isoformat(),
        }


def asked_in(request: HttpRequest) -> Asked:
    """Raises UserError, NotFound or NotAllowed for an address that asks something impossible. Whose
    goods are several categories is told of the first one, unless the address names another."""
    words = {name: request.GET.get(name, "") for name in ASKED}
    choice = words["against"] if words["against"] in AGAINST else "previous"
    scope = scope_of(request.user)
    compare = {"year": "last_year"}.get(choice, "previous")
    dates = (words["compare_from"], words["compare_to"])
    if choice == DATES and all(dates):
        compare = "..".join(dates)
    question = ask(
        scope, org=words["org"], category=words["category"] or next(iter(scope.category_codes), ""),
        first=words["from"], last=words["to"], compare=compare, by=words["by"],
    )  # fmt: skip
    return Asked(question, choice, against_of(choice, question.compared))


def page_of(told: Diagnosis, asked: Asked, why: str) -> dict[str, Any]:
    """What both pages of why show; `why` is the URL's name."""

    def cards(findings: Sequence[Finding]) -> list[Card]:
        return [Card(each, asked, why) for each in findings]

    return {
        "told": told,
        "question": asked.question,
        "against": asked.choice,
        "comparisons": AGAINST,
        "methods": METHODS,
        "raised": cards(told.raised),
        "others": cards(told.others),
        "set_aside": cards(told.set_aside),
        "largest": largest(told),
    }


def largest(told: Diagnosis) -> list[tuple[str, int]]:
    """The exact contributions of the asked node's own parts and factors, the largest first."""
    rows = [
        (f"{part_name(part.code)} · {factor.name}", factor.contribution_cents)
        for part in told.comparison.parts
        for factor in part.factors
        if factor.contribution_cents
    ]
    return sorted(rows, key=lambda row: -abs(row[1]))[:LARGEST]


def set_aside(request: HttpRequest, finding_id: int) -> None:
    """Raises UserError, NotFound or NotAllowed."""
    reason = given(ReasonForm(request.POST))["reason"]
    scope = scope_of(request.user)
    said = dismiss(signed_in(request), scope, get_kept(finding_id), reason)
    messages.success(
        request,
        _("Set aside until %(day)s, or until its money doubles.") % {"day": said.until_on},
    )


def tell_again(request: HttpRequest, dismissal_id: int) -> None:
    """Raises NotFound or NotAllowed."""
    take_back(signed_in(request), scope_of(request.user), dismissal_id)
    messages.success(request, _("It is told again."))


def back_to(request: HttpRequest, why: str) -> str:
    """The page of why as it was asked."""
    return f"{reverse(why)}?{request.GET.urlencode()}"
