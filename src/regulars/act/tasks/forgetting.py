"""What leads said of somebody who is to be forgotten goes; that they were worked on stays."""

from collections.abc import Sequence

from regulars.act.tasks.models import GuestVisit, Lead, LeadChange
from regulars.act.tasks.reading import TO_DO


def forget(member_ids: Sequence[int]) -> None:
    """Nobody approaches her any more, and no word on her stays in a lead or a note."""
    leads = Lead.objects.filter(member_id__in=member_ids)
    leads.filter(state__in=TO_DO).update(state=Lead.State.DROPPED)
    leads.update(reason="", facts={}, note="", goods=[], ticket_no="", next_contact_on=None)
    LeadChange.objects.filter(lead__member_id__in=member_ids, what="closed").update(detail={})
    GuestVisit.objects.filter(member_id__in=member_ids).delete()
