"""What a customer thought of the service: her last tap stands; a bad one is told at once."""

import orjson

from regulars.act.tasks.models import Lead
from regulars.ground.jobs.service import publish
from regulars.know.collect.service import receive_events

MOST_STARS, BAD = 5, 2
EVENT = "Service Rated"
SOURCE = "rating"


def find_rated(lead_id: int) -> Lead | None:
    """The lead that a customer may rate, whoever sees it otherwise: her address was signed."""
    about_someone = Lead.objects.exclude(member=None).select_related("store", "member")
    return about_someone.filter(pk=lead_id).first()


def rate(lead_id: int, rating: int) -> None:
    """1 to `MOST_STARS`. The same tap twice says it once: `lead.rated`, and an event of hers that
    plays hear ("Service Rated", with `rating` and `is_bad`)."""
    changed = Lead.objects.filter(pk=lead_id).exclude(rating=rating).update(rating=rating)
    lead = find_rated(lead_id)
    if not changed or lead is None or lead.member is None:
        return
    publish("lead.rated", lead_id=lead.pk, store_id=lead.store_id, rating=rating)
    told = {
        "type": "track", "event": EVENT, "userId": lead.member.code,
        "messageId": f"rating-{lead.pk}-{rating}",
        "properties": {
            "rating": rating, "is_bad": rating <= BAD, "lead_id": lead.pk,
            "store_id": lead.store.code,
        },
    }  # fmt: skip
    receive_events(orjson.dumps({"batch": [told]}), source=SOURCE)
