"""Why a number moved: on demand for one node, each morning for all of them."""

from dataclasses import replace

from django.utils.translation import gettext as _

from regulars.ground.accounts.access import Scope, may_see_node
from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotAllowed, NotFound, UserError
from regulars.ground.org.models import Node
from regulars.ground.org.service import node_ids_under
from regulars.know.catalog.models import Category
from regulars.understand.diagnosis import models
from regulars.understand.diagnosis.dismissing import dismiss, marked, take_back
from regulars.understand.diagnosis.findings import (
    GUARDS,
    TARGET,
    Diagnosis,
    Dismissed,
    Finding,
    Guard,
    Offset,
    Place,
)
from regulars.understand.diagnosis.kept import COMPARED, find_kept, keep, told_by
from regulars.understand.diagnosis.morning import look_each_morning
from regulars.understand.diagnosis.reading import finding_of
from regulars.understand.diagnosis.sentences import cause_of, sentence_of
from regulars.understand.diagnosis.store_log import (
    list_log,
    strike_from_log,
    with_log,
    write_log,
)
from regulars.understand.diagnosis.whole import Found
from regulars.understand.metrics.service import (
    Comparison,
    Method,
    Period,
    Question,
    compared_with,
    get_tree,
)
from regulars.understand.targets.service import find_target

DATES, SEPARATOR = "dates", ".."

__all__ = [
    "AGAINST",
    "DATES",
    "GUARDS",
    "TARGET",
    "Diagnosis",
    "Dismissed",
    "Finding",
    "Guard",
    "Offset",
    "Place",
    "against_of",
    "cause_of",
    "diagnose",
    "dismiss",
    "finding_of",
    "get_kept",
    "glance",
    "is_kept",
    "list_log",
    "look_each_morning",
    "sentence_of",
    "strike_from_log",
    "take_back",
    "write_log",
]

AGAINST = tuple(COMPARED)


def against_of(given: str, compared: Period | None) -> str:
    """How other days than the usual ones stand in `against`: as two dates A..B."""
    if given != DATES or compared is None:
        return given
    return f"{compared.start.isoformat()}..{compared.last_day.isoformat()}"


def diagnose(scope: Scope, question: Question, against: str = "previous") -> Diagnosis:
    """Why the question's node stands where it does, beside the period before, last year, its
    target, or any other days (`against` as two dates, A..B). Findings lie at the node or below it,
    ranked by money; those that somebody set aside say so.

    Raises UserError for an unknown `against` or a question about brands or one channel;
    NotAllowed for a node outside the scope.
    """
    asked, comparison = _compared(scope, question, against)
    if comparison.before is None:
        return _without(asked, against, comparison)
    return _as_asked(asked, against, comparison, _found(asked, against))


def glance(scope: Scope, question: Question, against: str = "previous") -> Diagnosis:
    """As `diagnose`, but nothing is looked for: the gap and the exact shares of the node's own
    factors alone. `is_looked_for` says so."""
    asked, comparison = _compared(scope, question, against)
    told = _without(asked, against, comparison)
    return told if comparison.before is None else replace(told, is_looked_for=False, reason="")


def _compared(scope: Scope, question: Question, against: str) -> tuple[Question, Comparison]:
    """The question beside what is asked for, and its node's trees of both."""
    if against not in COMPARED and SEPARATOR not in against:
        message = _("Beside what: previous, year, target, or two dates A..B.")
        raise UserError(message, field="against")
    if question.brands or question.channel or len(question.categories) > 1:
        raise UserError(
            _("Causes are looked for in all brands and channels, and one category at a time."),
            field="brand" if question.brands else "channel",
        )
    if not may_see_node(scope, question.org.pk):
        raise NotAllowed(_("“%(name)s” lies outside what you may see.") % {
            "name": question.org.name
        })  # fmt: skip
    compared = compared_with(question.period, COMPARED.get(against, against))
    asked = replace(question, compared=compared)
    if against != TARGET:
        return asked, get_tree(asked)
    comparison = get_tree(replace(asked, compared=None))
    return asked, Comparison(comparison.tree, find_target(asked), asked.method)


def get_kept(finding_id: int) -> models.Finding:
    """Raises NotFound."""
    row = models.Finding.objects.select_related("node", "category").filter(pk=finding_id).first()
    if row is None:
        raise NotFound(_("There is no such finding."))
    return row


def is_kept(question: Question, against: str) -> bool:
    """Whether somebody looked today: then the findings are there at once."""
    compared = compared_with(question.period, COMPARED.get(against, against))
    return find_kept(replace(question, compared=compared), against) is not None


def _found(asked: Question, against: str) -> Found:
    """What was kept today, else what a look finds now and keeps; told by the question's method."""
    usual = replace(asked, method=Method.SHAPLEY)
    found = find_kept(usual, against) or keep(usual, against, clock.today())
    return found if asked.method is Method.SHAPLEY else told_by(asked.method, usual, against, found)


def _without(asked: Question, against: str, comparison: Comparison) -> Diagnosis:
    """Nothing stands beside it, so nothing is found."""
    nothing = _("There is nothing to compare with.")
    no_target = _("No target is set for this place, these goods and these days.")
    return Diagnosis(
        asked_code=asked.org.code,
        asked_name=_asked_name(asked.org, asked.categories[0] if asked.categories else None),
        period=asked.period,
        compared=None if against == TARGET else asked.compared,
        against=against,
        comparison=comparison,
        findings=(),
        calendar_cents=None,
        opening_cents=0,
        openings=(),
        reason=no_target if against == TARGET else nothing,
    )


def _as_asked(question: Question, against: str, comparison: Comparison, found: Found) -> Diagnosis:
    """What was found in the whole chain, as it concerns one node and category."""
    inside = set(node_ids_under(question.org.pk, question.period.last_day))
    codes = dict(Node.objects.filter(pk__in=inside).values_list("code", "pk"))
    category = question.categories[0] if question.categories else None
    gap = comparison.change_cents or 0
    findings = [
        replace(
            each,
            gap_cents=gap,
            asked_code=question.org.code,
            asked_name=_asked_name(question.org, category),
        )
        for each in found.findings
        if each.node_code in codes and _is_about(each, category)
    ]
    openings = tuple(place for place in found.openings if place.code in codes)
    before = comparison.before
    return Diagnosis(
        asked_code=question.org.code,
        asked_name=_asked_name(question.org, category),
        period=question.period,
        compared=None if against == TARGET else question.compared,
        against=against,
        comparison=comparison,
        findings=with_log(marked(findings), question),
        calendar_cents=round(found.calendar_share * before.net_cents) if before else None,
        opening_cents=sum(place.cents for place in openings),
        openings=openings,
        reason=found.reason or ("" if before else _("There is nothing to compare with.")),
    )


def _is_about(finding: Finding, category: Category | None) -> bool:
    if category is None:
        return True
    code = finding.category_code
    return code is not None and (code == category.code or code.startswith(f"{category.code} > "))


def _asked_name(node: Node, category: Category | None) -> str:
    return f"{node.name} · {category.name}" if category else node.name
