"""Causes set aside as not worth it: until their money doubles, or a month is over."""

from collections.abc import Sequence
from dataclasses import replace

from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import gettext as _

from regulars.ground.accounts.access import Capability, Scope, may_see_node
from regulars.ground.audit.service import record
from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotAllowed, NotFound, UserError
from regulars.ground.org.models import Node
from regulars.understand.diagnosis import models
from regulars.understand.diagnosis.findings import Dismissed, Finding
from regulars.understand.diagnosis.reading import finding_of
from regulars.understand.metrics.service import months_later

AGAIN_FROM_TIMES = 2
MONTHS = 1


def dismiss(
    actor: AbstractBaseUser, scope: Scope, row: models.Finding, reason: str
) -> models.Dismissal:
    """Set a kept finding's cause aside for everybody who sees its place.

    Raises NotAllowed outside the scope and for who gives out nothing; UserError without a reason,
    and for what nobody is to be blamed for.
    """
    _check(scope, row.node)
    if not row.factor:
        raise UserError(_("The calendar and openings cannot be set aside."))
    if not reason.strip():
        raise UserError(_("Say in a few words why it is not worth it."), field="reason")
    today = clock.today()
    said = models.Dismissal.objects.create(
        node=row.node,
        category=row.category,
        part=row.part,
        factor=row.factor,
        first_on=row.first_on,
        cents=row.contribution_cents,
        reason=reason.strip(),
        made_by_id=actor.pk,
        made_on=today,
        until_on=months_later(today, MONTHS),
    )
    _mark_kept(said)
    record(
        actor, "finding.dismissed", "node", row.node_id,
        part=row.part, factor=row.factor, cents=row.contribution_cents, reason=said.reason,
    )  # fmt: skip
    return said


def take_back(actor: AbstractBaseUser, scope: Scope, dismissal_id: int) -> models.Dismissal:
    """Let a cause be told again. Raises NotFound, NotAllowed as `dismiss`."""
    said = models.Dismissal.objects.select_related("node").filter(pk=dismissal_id).first()
    if said is None:
        raise NotFound(_("This was not set aside."))
    _check(scope, said.node)
    record(actor, "finding.taken_back", "node", said.node_id, part=said.part, factor=said.factor)
    said.delete()
    _mark_kept(said)
    return said


def standing() -> dict[tuple[str, str | None, str, str], list[models.Dismissal]]:
    """What is set aside as of today, by what it is about."""
    found: dict[tuple[str, str | None, str, str], list[models.Dismissal]] = {}
    rows = models.Dismissal.objects.filter(until_on__gt=clock.today())
    for said in rows.select_related("node", "category", "made_by").order_by("pk"):
        category = said.category.code if said.category else None
        found.setdefault((said.node.code, category, said.part, said.factor), []).append(said)
    return found


def marked(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings, each with who set it aside where somebody did."""
    aside = standing()
    return tuple(
        replace(each, dismissed=_told(said)) if said else each
        for each in findings
        for said in [find_dismissal(each, aside.get(each.subject, []))]
    )


def find_dismissal(finding: Finding, said: Sequence[models.Dismissal]) -> models.Dismissal | None:
    """The latest word that still covers a finding of the same subject."""
    covering = [
        each
        for each in said
        if finding.last_on >= each.first_on
        and finding.contribution_cents * each.cents > 0
        and abs(finding.contribution_cents) < AGAIN_FROM_TIMES * abs(each.cents)
    ]
    return covering[-1] if covering else None


def _mark_kept(said: models.Dismissal) -> None:
    """What was kept of today says the same, in lists that ask for what is not dismissed."""
    rows = models.Finding.objects.filter(
        made_on=clock.today(), node=said.node, category=said.category,
        part=said.part, factor=said.factor,
    ).select_related("node", "category")  # fmt: skip
    aside = standing()
    for row in rows:
        found = finding_of(row)
        row.is_dismissed = find_dismissal(found, aside.get(found.subject, [])) is not None
        row.save(update_fields=["is_dismissed"])


def _check(scope: Scope, node: Node) -> None:
    if not scope.may(Capability.GIVE_ACTIONS) or not may_see_node(scope, node.pk):
        raise NotAllowed(_("“%(name)s” lies outside what you may see.") % {"name": node.name})


def _told(said: models.Dismissal) -> Dismissed:
    return Dismissed(said.pk, said.reason, str(said.made_by or "—"), said.until_on)
