"""Two records turned out to be one person: she keeps one lead, and is not approached twice."""

from django.db.models import Exists, OuterRef, Q

from regulars.act.tasks.ending import let_go
from regulars.act.tasks.models import Contact, Lead
from regulars.act.tasks.reading import TO_DO
from regulars.know.identities.service import standing_of_merge
from regulars.know.members.models import Member

WHY = "merged"


def keep_one_lead(merge_id: int) -> int:
    """Of the leads to approach her the one that is furthest goes on, with the record that does;
    others that nobody worked on end; how many. One whose member was spoken to is never ended, and
    taking the merge back opens nothing again."""
    if (kept_id := standing_of_merge(merge_id)) is None:
        return 0
    kept = Member.objects.get(pk=kept_id)
    leads = _leads_of(kept)
    if not leads:
        return 0
    first, rest = leads[0], leads[1:]
    superfluous = [lead.pk for lead in rest if not _is_touched(lead)]
    if not _is_touched(first) and first.store_id != kept.home_store_id:
        superfluous.append(first.pk)  # she is at home in another store, which does not see it
    count = let_go(Lead.objects.filter(pk__in=superfluous), Lead.State.DROPPED, WHY)
    if first.pk not in superfluous and len(superfluous) == len(rest):
        _give_to(kept, first)
    return count


def _leads_of(kept: Member) -> list[Lead]:
    """Those to do of all her records: spoken to first, then at her store, her own record's, taken,
    more urgent, worth more."""
    hers = Q(member=kept) | Q(member__merged_into=kept)
    touched = Exists(Contact.objects.filter(lead=OuterRef("pk")))
    found = Lead.objects.filter(hers, is_outreach=True, state__in=TO_DO)
    held = found.annotate(is_touched=touched).select_for_update(of=("self",)).order_by("pk")
    return sorted(held, key=lambda lead: _rank(lead, kept), reverse=True)


def _rank(lead: Lead, kept: Member) -> tuple[bool, bool, bool, bool, int, int]:
    return (
        _is_touched(lead),
        lead.store_id == kept.home_store_id,
        lead.member_id == kept.pk,
        lead.state == Lead.State.TAKEN,
        lead.priority,
        lead.value_cents or 0,
    )


def _is_touched(lead: Lead) -> bool:
    return bool(lead.is_touched)  # type: ignore[attr-defined]


def _give_to(kept: Member, lead: Lead) -> None:
    """It is hers from now on, unless she had one of that play on the very day."""
    same = Lead.objects.filter(member=kept, play=lead.play_id, opened_on=lead.opened_on)
    if lead.store_id == kept.home_store_id and not (lead.play_id and same.exists()):
        Lead.objects.filter(pk=lead.pk).update(member=kept)
