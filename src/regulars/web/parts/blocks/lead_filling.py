"""The block of leads: the few that are worth most now."""

from typing import Any

from django.db.models import Q

from regulars.act.tasks.service import list_leads
from regulars.web.parts.blocks.block import Looking
from regulars.web.parts.leads import cards_of

MOST_LEADS = 3


def leads(looking: Looking) -> dict[str, Any]:
    to_do = list_leads(looking.scope, state="to_do")
    if looking.user.staff_id is not None:
        to_do = to_do.filter(Q(staff_id=looking.user.staff_id) | Q(staff=None))
    first = cards_of(looking.request, list(to_do[:MOST_LEADS].values_list("pk", flat=True)))
    return {"cards": first, "lead_count": to_do.count() if len(first) == MOST_LEADS else len(first)}
