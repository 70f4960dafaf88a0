"""Why a number moved: on demand for one node, each morning for all of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from regulars.ground.accounts.access import Scope, may_see_node
from regulars.ground.audit.service import record
from regulars.ground.kit.errors import NotAllowed, UserError
from regulars.ground.org.models import Node
from regulars.ground.org.service import node_ids_under
from regulars.know.catalog.models import Category
from regulars.understand.diagnosis.findings import GUARDS, Diagnosis, Finding, Guard, Offset, Place
from regulars.understand.diagnosis.kept import find_morning
from regulars.understand.diagnosis.models import EventLog
from regulars.understand.diagnosis.morning import look_each_morning
from regulars.understand.diagnosis.reading import finding_of
from regulars.understand.diagnosis.sentences import cause_of, cause_sentence_of
from regulars.understand.diagnosis.whole import Found, TargetOf, look
from regulars.understand.metrics.service import (
    Comparison,
    Question,
    compared_with,
    get_tree,
)
from regulars.understand.targets.service import find_target

__all__ = [
    "AGAINST",
    "GUARDS",
    "Diagnosis",
    "Finding",
    "Guard",
    "Offset",
    "Place",
    "cause_of",
    "cause_sentence_of",
    "diagnose",
    "finding_of",
    "list_log",
    "look_each_morning",
    "strike_from_log",
    "write_log",
]

AGAINST = {"previous": "previous", "year": "last_year", "target": "previous"}


def diagnose(
    scope: Scope,
    question: Question,
    against: str = "previous",
    target_of: TargetOf | None = find_target,
) -> Diagnosis:
    """Why the question's node stands where it does, beside the period before, last year, or its
    target (where `target_of` finds one). Findings lie at the node or below it, ranked by money.

    Raises UserError for an unknown `against` or a question about brands or one channel;
    NotAllowed for a node outside the scope.
    """
    if against not in AGAINST:
        raise UserError(_("Beside what: previous, year or target."), field="against")
    if question.brands or question.channel or len(question.categories) > 1:
        raise UserError(
            _("Causes are looked for in all brands and channels, and one category at a time."),
            field="brand" if question.brands else "channel",
        )
    if not may_see_node(scope, question.org.pk):
        raise NotAllowed(_("“%(name)s” lies outside what you may see.") % {
            "name": question.org.name
        })  # fmt: skip
    set_for = target_of if against == "target" else None
    asked = question
    if question.compared is None or against != "previous":
        asked = replace(question, compared=compared_with(question.period, AGAINST[against]))
    comparison = get_tree(asked)
    if against == "target":
        comparison = Comparison(comparison.tree, set_for and set_for(asked), asked.method)
    found = find_morning(asked, against) or look(asked, against, set_for)
    return _as_asked(asked, against, comparison, found)


def list_log(nodes: Sequence[int], first: date, last: date) -> QuerySet[EventLog]:
    """What happened at these places between two days, the latest first."""
    return (
        EventLog.objects.filter(node__in=nodes, first_on__lte=last, last_on__gte=first)
        .select_related("node", "made_by")
        .order_by("-first_on", "-pk")
    )


def write_log(
    scope: Scope,
    actor: AbstractBaseUser,
    node: Node,
    *,
    kind: str,
    first: date,
    last: date,
    note: str = "",
) -> EventLog:
    """Note what happened in or around a place; both days count.

    Raises UserError, or NotAllowed outside the scope.
    """
    if not may_see_node(scope, node.pk):
        raise NotAllowed(_("“%(name)s” lies outside what you may see.") % {"name": node.name})
    if kind not in EventLog.Kind.values:
        raise UserError(_("Choose what happened."), field="kind")
    if last < first:
        raise UserError(_("The last day stands before the first one."), field="last_on")
    entry = EventLog.objects.create(
        node=node, kind=kind, first_on=first, last_on=last, note=note.strip(), made_by_id=actor.pk
    )
    record(actor, "store_log.written", "node", node.pk, kind=kind, first=first.isoformat())
    return entry


def strike_from_log(scope: Scope, actor: AbstractBaseUser, entry: EventLog) -> None:
    """Take an entry back. Raises NotAllowed outside the scope."""
    if not may_see_node(scope, entry.node_id):
        raise NotAllowed(_("“%(name)s” lies outside what you may see.") % {"name": entry.node.name})
    record(actor, "store_log.struck", "node", entry.node_id, kind=entry.kind)
    entry.delete()


def _as_asked(question: Question, against: str, comparison: Comparison, found: Found) -> Diagnosis:
    """What was found in the whole chain, as it concerns one node and category."""
    inside = set(node_ids_under(question.org.pk, question.period.last_day))
    codes = dict(Node.objects.filter(pk__in=inside).values_list("code", "pk"))
    category = question.categories[0] if question.categories else None
    gap = comparison.change_cents or 0
    findings = tuple(
        replace(
            each,
            gap_cents=gap,
            asked_code=question.org.code,
            asked_name=_asked_name(question.org, category),
        )
        for each in found.findings
        if each.node_code in codes and _is_about(each, category)
    )
    openings = tuple(place for place in found.openings if place.code in codes)
    before = comparison.before
    return Diagnosis(
        asked_code=question.org.code,
        asked_name=_asked_name(question.org, category),
        period=question.period,
        compared=question.compared,
        against=against,
        comparison=comparison,
        findings=findings,
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
