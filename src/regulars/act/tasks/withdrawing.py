"""A play rests or has ended: what nobody has begun for it is withdrawn, and comes back with it."""

import orjson
from django.db.models import Q

from regulars.act.opportunities import service as opportunities
from regulars.act.opportunities.models import Play
from regulars.act.tasks.ending import let_go
from regulars.act.tasks.models import Lead
from regulars.act.tasks.noting import BEGUN, What, put_all_down, tell
from regulars.act.tasks.reading import TO_DO
from regulars.ground.kit import clock

PAUSED, STOPPED = "play_paused", "play_stopped"


def withdraw(play_id: int) -> int:
    """Of a play that runs no more, the leads that nobody has begun; how many. What somebody has
    taken or done stays, and so does a service: it is owed."""
    play = Play.objects.get(pk=play_id)
    if play.is_service or play.state == Play.State.APPROVED:
        return 0
    why = STOPPED if play.state == Play.State.STOPPED else PAUSED
    begun = Lead.objects.filter(play=play, changes__what__in=BEGUN).values("pk")
    waiting = Lead.objects.filter(play=play, state=Lead.State.OPEN).exclude(pk__in=begun)
    return let_go(waiting, Lead.State.DROPPED, why)


def bring_back(play_id: int) -> int:
    """A play runs again: the same leads are open again, with what it says now, of those who meet
    it still and whom nobody else is to approach; how many. None is opened a second time."""
    play = Play.objects.get(pk=play_id)
    if play.state != Play.State.APPROVED:
        return 0
    rested = Lead.objects.select_for_update(of=("self",)).filter(
        play=play, state=Lead.State.DROPPED, due_on__gte=clock.today()
    )
    paused = Lead.objects.filter(changes__detail__why=PAUSED).values("pk")
    standing = Q(member=None) | Q(member__forgotten_at=None, member__merged_into=None)
    leads = list(rested.filter(standing, pk__in=paused).order_by("pk"))
    found = _who_still_meet(play, leads)
    for lead in found:
        lead.state, lead.closed_at, lead.version = Lead.State.OPEN, None, lead.version + 1
        lead.title, lead.talk, lead.coupon = play.name, play.talk, play.coupon
        lead.content_url, lead.priority = play.content_url, play.priority
    names = ("state", "closed_at", "version", "title", "talk", "coupon", "content_url", "priority")
    Lead.objects.bulk_update(found, [*names, "reason", "facts"])
    put_all_down([lead.pk for lead in found], What.OPENED, None, why="play_again")
    tell("lead.opened", found)
    return len(found)


def _who_still_meet(play: Play, leads: list[Lead]) -> list[Lead]:
    if play.is_of_store:
        return leads
    ids = [lead.member_id for lead in leads if lead.member_id]
    served = Lead.objects.filter(member_id__in=ids, is_outreach=True, state__in=TO_DO)
    others = set(served.values_list("member_id", flat=True))
    told = {row["member_id"]: row for row in opportunities.triggered(play, ids).to_pylist()}
    found = []
    for lead in leads:
        row = told.get(lead.member_id or 0)
        if row is not None and lead.member_id and lead.member_id not in others:
            others.add(lead.member_id)
            facts = row["facts"]
            lead.reason = row["reason"] or ""
            lead.facts = orjson.loads(facts) if isinstance(facts, str) else facts or {}
            found.append(lead)
    return found
