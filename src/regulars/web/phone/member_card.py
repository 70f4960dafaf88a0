"""All that the counter needs to know of a member, on one screen."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.models import AbstractBaseUser

from regulars.act.tasks.models import GuestVisit, Lead
from regulars.act.tasks.service import visible_leads
from regulars.ground.accounts.access import Scope
from regulars.ground.kit import clock
from regulars.know.identities.models import Consent
from regulars.know.identities.service import list_standing
from regulars.know.members.models import Member
from regulars.know.members.service import get_profile
from regulars.know.orders.service import list_usual_goods, list_visits
from regulars.know.tags.definitions import Model
from regulars.know.tags.service import Subject, Value, list_values
from regulars.understand.experiments.models import Touch
from regulars.web.parts.leads import age_of
from regulars.web.parts.names import masked_name
from regulars.web.parts.tags_of import tags_from
from regulars.web.phone.suggesting import LONG_AGO, Due, suggestion

USUAL_WITHIN = timedelta(days=365)
CONTACTED_BY = tuple(Touch.Channel)
LAST_VISITS, MOST_DUE = 3, 3
ALLERGY, COMPLAINT, COUPONS = "allergy_note", "is_complaint_open", "coupon"
TO_DO = (Lead.State.OPEN, Lead.State.TAKEN)


def card_of(
    user: AbstractBaseUser, scope: Scope, member: Member, visit: GuestVisit | None
) -> dict[str, Any]:
    """What the card's template shows: of her own store, or of the one that she visits."""
    store_id = visit.store_id if visit else member.home_store_id
    today, profile = clock.today(), get_profile(member)
    values = list_values(Subject.MEMBER, member.pk)
    tags = tags_from(user, Subject.MEMBER, member.pk, values)
    goods = list_usual_goods(member.pk, store_id or 0, today - USUAL_WITHIN)
    lead = visible_leads(scope).filter(member=member, state__in=TO_DO).select_related("staff")
    coming = [each for each in _due(values) if each.on >= today - LONG_AGO]
    due = sorted(coming, key=lambda each: each.on)
    by_hand = {each.code: each for each in tags.by_hand}
    open_lead = lead.first()
    return {
        "member": member,
        "name": masked_name(member),
        "profile": profile,
        "children": [(age_of(child.birth_on, child.due_on), child) for child in profile.children],
        "tags": tags,
        "goods": goods,
        "due": due[:MOST_DUE],
        "visits": list_visits(member.pk)[:LAST_VISITS],
        "consents": [
            each
            for each in list_standing(member)[Consent.Purpose.MARKETING]
            if each.channel in CONTACTED_BY
        ],
        "coupons": [tag for group in tags.groups if group.code == COUPONS for tag in group.tags],
        "allergy": by_hand[ALLERGY].text if ALLERGY in by_hand else "",
        "lead": open_lead,
        "visit": visit,
        "suggestion": suggestion(
            is_complaint_open=COMPLAINT in by_hand and by_hand[COMPLAINT].given == "true",
            lead=open_lead,
            due=due,
            goods=goods,
            has_child=bool(profile.children),
            today=today,
        ),
    }


def _due(values: Sequence[Value]) -> Iterator[Due]:
    """What the models expect her to buy next, and when."""
    for value in values:
        spec = value.tag.spec
        if isinstance(spec, Model) and spec.output == "due_on" and isinstance(value.value, date):
            yield Due(value.name, value.value, spec.category)
