"""Plays of stores: a task for the store and about no member, when its event comes in, when somebody
opens it by hand, or in the hour that the store's own tickets leave empty."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import orjson
import pyarrow as pa
from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from regulars.act.opportunities import service as opportunities
from regulars.act.opportunities.models import Play
from regulars.act.opportunities.rules import fires
from regulars.act.tasks.opening import find_people, laid_out, open_rows
from regulars.ground.accounts.access import Capability, check
from regulars.ground.accounts.models import User
from regulars.ground.audit.service import record
from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotFound, UserError
from regulars.ground.kit.sql import named
from regulars.ground.messages.service import begin_round
from regulars.ground.org.models import Node
from regulars.ground.org.service import store_ids_under
from regulars.ground.warehouse.service import query

EMPTY_HOUR, ROUND = "store_empty_hour", "empty-hours"
AtStore = tuple[str, int, Mapping[str, Any]]
"""An event's name, the store, its properties."""


@transaction.atomic
def open_by_hand(actor: User, play: Play, store_codes: Sequence[str] | None = None) -> int:
    """It rains: open the task of a running play at these stores (None: at all in the actor's place
    where it runs); how many had none open. Raises UserError (a play of members, or that does not
    run), NotFound (a store out of sight)."""
    scope = check(actor, Capability.ASSIGN_LEADS)
    running = {each.play.pk: each for each in opportunities.placed(list_running())}
    if play.pk not in running:
        raise UserError(_("Only a play of stores that runs today is opened by hand."))
    stores = Node.objects.filter(kind=Node.Kind.STORE)
    if scope.node_id is not None:
        stores = stores.filter(pk__in=store_ids_under(scope.node_id))
    if store_codes is not None:
        stores = stores.filter(code__in=store_codes)
        if stores.count() < len(set(store_codes)):
            raise NotFound(_("There is no such store here."), field="stores")
    ids = sorted(stores.values_list("pk", flat=True))
    opened = _open(running[play.pk], ids, "by_hand", actor)
    record(actor, "play.opened_at_stores", "play", play.pk, code=play.code, stores=opened)
    return opened


def list_running(on: date | None = None) -> list[Play]:
    """The plays of stores that run."""
    return [play for play in opportunities.running(on) if play.is_of_store]


def open_by_events(happened: Iterable[AtStore]) -> int:
    """Tasks of the plays that these events fire at their stores; how many."""
    told = list(happened)
    opened = 0
    for each in opportunities.placed(list_running()):
        fired = [
            (store, name) for name, store, given in told if fires(each.play.trigger, name, given)
        ]
        opened += _open(each, sorted({store for store, _name in fired}), _names(fired))
    return opened


def open_in_empty_hours(on: date) -> int:
    """Once a day: at the stores whose own tickets say that an hour of this weekday is empty."""
    waiting = [
        each
        for each in opportunities.placed(list_running(on))
        if fires(each.play.trigger, EMPTY_HOUR, {})
    ]
    if not waiting or not begin_round(ROUND, on.isoformat()):
        return 0
    asked = {"today": on, "zone": str(clock.zone())}
    hours = query(named(__package__, "empty_hours"), asked).to_pylist()
    with translation.override(settings.LANGUAGE_CODE):
        why = {row["store_id"]: _said(row) for row in hours}
    return sum(_open(each, sorted(why), EMPTY_HOUR, more=why) for each in waiting)


def _said(row: Mapping[str, Any]) -> str:
    told = {"from": row["hour"], "until": row["hour"] + 1, "tickets": f"{row['tickets']:.1f}"}
    return _("%(from)s to %(until)s o'clock: %(tickets)s tickets on such days") % told


def _names(fired: Sequence[tuple[int, str]]) -> str:
    return fired[0][1] if fired else ""


def _open(
    each: opportunities.Placed,
    store_ids: Sequence[int],
    source_id: str,
    actor: User | None = None,
    more: Mapping[int, str] | None = None,
) -> int:
    """Of each of these stores where the play runs, one at a time."""
    play, reason = each.play, opportunities.reason_of(each.play.reason, {})
    rows = [
        {
            "play_id": play.pk,
            "store_id": store,
            "reason": " · ".join(part for part in (reason, (more or {}).get(store, "")) if part),
            "facts": orjson.dumps({}).decode(),
            "goods": "[]",
            "source": "play",
            "source_id": source_id,
            "is_outreach": False,
        }
        for store in store_ids
        if not each.stores or store in each.stores
    ]
    if not rows:
        return 0
    on = clock.today()
    find_people(on)
    return int(open_rows(laid_out(pa.Table.from_pylist(rows)), on, actor=actor).num_rows)
