"""The store log: what happened in or around a place, looked at before anybody is blamed."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from regulars.ground.accounts.access import Scope, may_see_node
from regulars.ground.audit.service import record
from regulars.ground.kit.errors import NotAllowed, UserError
from regulars.ground.org.models import Node
from regulars.ground.org.service import node_ids_under, path_of
from regulars.understand.diagnosis.findings import LOG, Finding, Guard
from regulars.understand.diagnosis.models import EventLog
from regulars.understand.metrics.service import Question


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


def with_log(findings: Iterable[Finding], question: Question) -> tuple[Finding, ...]:
    """Findings, each with what is noted of its place, of those in it and of those above it, in the
    question's days or the compared ones. Looked up when it is read: notes are written later."""
    found, compared = tuple(findings), question.compared or question.period
    first, last = min(question.period.start, compared.start), question.period.last_day
    entries = EventLog.objects.filter(first_on__lte=last, last_on__gte=first)
    noted = list(entries.select_related("node").order_by("-first_on", "-pk"))
    nodes = Node.objects.in_bulk({each.node_code for each in found}, field_name="code")
    around = {code: _around(node, last) if noted else set() for code, node in nodes.items()}
    return tuple(
        replace(each, guards=(*each.guards, _guard(noted, around[each.node_code])))
        for each in found
    )


def _around(node: Node, day: date) -> set[int]:
    return {*node_ids_under(node.pk, day), *(above.pk for above in path_of(node))}


def _guard(noted: Sequence[EventLog], around: set[int]) -> Guard:
    notes = tuple(_note(entry) for entry in noted if entry.node_id in around)
    return Guard(LOG, bool(notes), None, notes)


def _note(entry: EventLog) -> str:
    days = f"{entry.first_on:%m-%d}–{entry.last_on:%m-%d}"
    said = (f"{entry.node.name} {days}", entry.get_kind_display(), entry.note)
    return ": ".join(filter(None, said))
