"""Which plays there are, for whom."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from regulars.act.opportunities.models import Play
from regulars.ground.accounts.access import Capability, Scope
from regulars.ground.kit.errors import NotFound
from regulars.ground.org.service import store_ids_under


def list_plays(scope: Scope) -> QuerySet[Play]:
    """Those of the whole chain, and those with a pilot store in the caller's place; of others'
    drafts whoever makes or approves plays alone sees something. The latest first."""
    if not scope.may(Capability.SEE_PLAYS):
        return Play.objects.none()
    plays = Play.objects.select_related("experiment", "made_by", "approved_by")
    if not (scope.may(Capability.MAKE_PLAYS) or scope.may(Capability.APPROVE_PLAYS)):
        plays = plays.filter(state__in=[Play.State.APPROVED, Play.State.STOPPED])
    if scope.node_id is not None:
        own = Q(pilot_stores__in=store_ids_under(scope.node_id))
        plays = plays.filter(Q(pilot_stores=None) | own).distinct()
    return plays.order_by("-changed_at", "-pk")


def get_play(scope: Scope, code: str) -> Play:
    """Raises NotFound, also for one that runs elsewhere."""
    found = list_plays(scope).filter(code=code).first()
    if found is None:
        raise NotFound(_("There is no play “%(code)s”."), facts={"code": code})
    return found


def list_at_hand(scope: Scope) -> Sequence[Play]:
    """Those that wait, run, or will: what a calendar shows."""
    states = [Play.State.WAITING, Play.State.APPROVED]
    plays = list_plays(scope).filter(state__in=states, starts_on__isnull=False)
    return list(plays.order_by("starts_on", "pk"))
