"""A member of another store is here: her card opens for a while, and it is written down."""

from datetime import timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from regulars.act.tasks.models import GuestVisit
from regulars.ground.accounts.access import Capability, Scope, check
from regulars.ground.accounts.models import User
from regulars.ground.audit.service import record
from regulars.ground.kit import clock, crypto
from regulars.ground.kit.errors import NotAllowed, NotFound
from regulars.ground.org.models import Node
from regulars.ground.org.service import get_place
from regulars.know.members.models import Member
from regulars.know.members.service import visible_members

LASTS = timedelta(hours=2)
BY_CODE, BY_PHONE = "code", "phone"


def visit_member(actor: User, code_or_phone: str) -> GuestVisit:
    """Open the card of a member who stands at the counter, by her code or her verified phone, for
    two hours; the same one while it is open.

    Raises NotAllowed (whoever works in no store), NotFound: no such member, or several of them, or
    the phone is not verified: these look alike.
    """
    scope = check(actor, Capability.WORK_LEADS)
    store = get_place(scope.node_id)
    if store.kind != Node.Kind.STORE:
        raise NotAllowed(_("A visit is opened in a store."))
    member, by = _found(code_or_phone.strip())
    if visit := open_visits(scope).filter(member=member).first():
        return visit
    now = clock.now()
    visit = GuestVisit.objects.create(
        member=member, store=store, opened_by=actor, by=by, opened_at=now, ends_at=now + LASTS
    )
    record(
        actor, "member.visit_opened", "member", member.pk,
        code=member.code, store=store.code, by=by,
    )  # fmt: skip
    return visit


def _found(text: str) -> tuple[Member, str]:
    standing = Member.objects.filter(merged_into=None, forgotten_at=None)
    if found := standing.filter(code=text).first():
        return found, BY_CODE
    if kept := standing.filter(merged__code=text).first():
        return kept, BY_CODE
    if crypto.normalise_phone(text):
        hashed = crypto.lookup_hash(text)
        found_by_phone = list(standing.filter(phone_hash=hashed, is_phone_verified=True)[:2])
        if len(found_by_phone) == 1:
            return found_by_phone[0], BY_PHONE
    raise NotFound(_("No member is found by this code or verified phone."), field="member")


def open_visits(scope: Scope) -> QuerySet[GuestVisit]:
    """The visits that someone has open now, the latest first."""
    mine = GuestVisit.objects.filter(opened_by_id=scope.user_id, ends_at__gt=clock.now())
    return mine.select_related("member", "store").order_by("-opened_at")


def may_see_member(scope: Scope, member: Member) -> bool:
    """Whether she is at home where the scope reaches, or here on a visit that is still open."""
    if visible_members(scope).filter(pk=member.pk).exists():
        return True
    return open_visits(scope).filter(member=member).exists()


def end_visit(actor: User, visit: GuestVisit) -> None:
    """She has left. Raises NotFound for somebody else's visit."""
    if visit.opened_by_id != actor.pk:
        raise NotFound(_("There is no such visit."))
    GuestVisit.objects.filter(pk=visit.pk, ends_at__gt=clock.now()).update(ends_at=clock.now())
