"""Which leads someone sees, and how they are found."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from regulars.act.tasks.models import Lead
from regulars.ground.accounts.access import Capability, Scope
from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotFound, UserError
from regulars.ground.org.models import Node, Position, Staff
from regulars.ground.org.service import store_ids_under

TO_DO = (Lead.State.OPEN, Lead.State.TAKEN)
SHOWN = ("member", "store", "staff", "play", "closed_by")


def visible_leads(scope: Scope) -> QuerySet[Lead]:
    """The leads of the stores in a scope. That of a member who is at home elsewhere by now is
    seen by nobody who is bound to a place: she is another store's."""
    if not scope.may(Capability.SEE_LEADS):
        return Lead.objects.none()
    if scope.node_id is None:
        return Lead.objects.all()
    stores = store_ids_under(scope.node_id)
    at_home = Q(member=None) | Q(member__home_store_id__in=stores)
    return Lead.objects.filter(at_home, store_id__in=stores)


def list_leads(
    scope: Scope,
    *,
    store: Node | None = None,
    staff: Staff | None = None,
    is_free: bool = False,
    state: str = "",
    source: str = "",
    play: str = "",
    member: str = "",
    is_late: bool = False,
) -> QuerySet[Lead]:
    """Leads in sight, the most valuable first; every filter given narrows them.

    `state`: one of Lead.State, or "to_do" for open and taken. `is_free`: nobody has it. `play`,
    `member`: codes. Raises UserError for an unknown state.
    """
    found = visible_leads(scope).select_related(*SHOWN)
    if state and state != "to_do" and state not in Lead.State.values:
        raise UserError(_("There is no state “%(state)s”.") % {"state": state}, field="state")
    wanted: dict[str, Any] = {
        "store": store,
        "staff": staff,
        "source": source,
        "play__code": play,
        "member__code": member,
    }
    found = found.filter(**{name: value for name, value in wanted.items() if value})
    if state:
        found = found.filter(state__in=TO_DO if state == "to_do" else [state])
    if is_free:
        found = found.filter(staff=None)
    if is_late:
        found = found.filter(state__in=TO_DO, due_on__lt=clock.today())
    return found.order_by("-priority", F("value_cents").desc(nulls_last=True), "pk")


def count_opened_on(day: date) -> int:
    """How many leads were opened on a day, in the whole chain."""
    return Lead.objects.filter(opened_on=day).count()


def get_lead(scope: Scope, lead_id: int) -> Lead:
    """Raises NotFound when there is none or it is out of sight: the two look alike."""
    lead = visible_leads(scope).select_related(*SHOWN).filter(pk=lead_id).first()
    if lead is None:
        raise NotFound(_("There is no such lead here."), field="lead_id")
    return lead


def staff_of(actor: User) -> Staff:
    """Who on the staff someone signed in is. Raises UserError for an account that is nobody's."""
    if actor.staff is None:
        raise UserError(_("This account belongs to nobody on the staff, who could take a lead."))
    return actor.staff


def check_works_there(people: Iterable[Staff], store_ids: set[int]) -> None:
    """Raises UserError, naming whoever has no position at one of these stores today."""
    for staff in people:
        held = Position.objects.valid_on(clock.today()).filter(staff=staff)
        if store_ids - set(held.values_list("node_id", flat=True)):
            told = {"name": staff.name}
            raise UserError(_("%(name)s does not work at this store today.") % told, field="staff")
