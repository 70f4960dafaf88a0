"""Whom a ticket is for: found at the counter, or signed up there."""

from dataclasses import dataclass

import pyarrow as pa
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from regulars.act.pos.goods import Article, list_named, list_usual
from regulars.act.pos.models import Counter
from regulars.act.pos.offers import Offer, read_offer
from regulars.act.tasks.models import Lead
from regulars.act.tasks.service import may_see_member, visit_member
from regulars.ground.accounts.access import Scope, scope_of
from regulars.ground.accounts.models import User
from regulars.ground.audit.service import record
from regulars.ground.kit import crypto
from regulars.ground.kit.errors import NotFound, UserError
from regulars.ground.org.models import Node
from regulars.know.collect.service import receive
from regulars.know.members.models import Member
from regulars.know.members.service import search_members, upsert_members

MOST_FOUND = 8
SHORTEST_PHONE = 7
LONGEST_NAME = 60
TO_DO = (Lead.State.OPEN, Lead.State.TAKEN)


@dataclass(frozen=True)
class Suggestion:
    """The one thing to say: of her open lead that is worth most."""

    lead: Lead
    offer: Offer | None
    goods: list[Article]


def find_buyers(scope: Scope, text: str) -> list[Member]:
    """Members of the stores that the user sees, as everywhere."""
    text = text.strip()
    return list(search_members(scope, text)[:MOST_FOUND]) if text else []


def welcome(actor: User, code_or_phone: str) -> Member:
    """She is at home in another store and stands at this counter: her visit is opened, and written
    down. Raises as `visit_member` does."""
    member: Member = visit_member(actor, code_or_phone).member
    return member


def get_buyer_here(scope: Scope, code: str) -> Member:
    """An own member, or one whose visit is open. Raises NotFound for anyone else."""
    member = get_buyer(code)
    if not may_see_member(scope, member):
        raise NotFound(_("There is no member “%(code)s” here.") % {"code": code}, field="member")
    return member


def get_buyer(code: str) -> Member:
    """Who the till named, or the one that she goes on as. Raises NotFound."""
    member = Member.objects.filter(code=code, forgotten_at=None).first()
    if member and member.merged_into_id:
        member = Member.objects.filter(pk=member.merged_into_id, forgotten_at=None).first()
    if member is None:
        raise NotFound(_("There is no member “%(code)s” here.") % {"code": code}, field="member")
    return member


def sign_up(actor: User, store: Node, name: str, phone: str) -> Member:
    """A member of this store from today on; whoever has this phone already is she, on a visit where
    she is at home elsewhere. The phone is what she said: verified it is not. Raises UserError for a
    phone or name that is none."""
    digits, name = crypto.normalise_phone(phone), name.strip()
    if len(digits) < SHORTEST_PHONE:
        raise UserError(_("“%(phone)s” is not a phone number.") % {"phone": phone}, field="phone")
    if not name or len(name) > LONGEST_NAME:
        raise UserError(
            _("A name has 1 to %(most)s letters.") % {"most": LONGEST_NAME}, field="name"
        )
    counter = lock_counter(store)
    known = Member.objects.filter(phone_hash=crypto.lookup_hash(digits), forgotten_at=None)
    if before := known.order_by(F("merged_into").asc(nulls_first=True), "pk").first():
        known_as = get_buyer(before.code)
        is_here = may_see_member(scope_of(actor), known_as)
        return known_as if is_here else welcome(actor, known_as.code)
    return _made(actor, store, name, digits, _free_code(counter))


def suggest(scope: Scope, store: Node, member: Member) -> Suggestion | None:
    """What her open lead of this store says, with what its coupon takes off."""
    leads = Lead.objects.filter(member=member, store=store, state__in=TO_DO)
    lead = leads.select_related("play").order_by("-is_outreach", "-value_cents", "pk").first()
    if lead is None:
        return None
    goods = list_named(scope, store, [str(code) for code in lead.goods])
    shown = [each for each in goods if not each.is_guarded]
    return Suggestion(lead, read_offer(lead.coupon), shown)


def usual_goods_of(scope: Scope, store: Node, member: Member) -> list[Article]:
    """Of whom the user may see: an own member, or a guest on her visit."""
    return list_usual(scope, store, member) if may_see_member(scope, member) else []


def lock_counter(store: Node) -> Counter:
    """The store's counter, held until the transaction ends."""
    Counter.objects.get_or_create(store=store)
    return Counter.objects.select_for_update().get(store=store)


def _free_code(counter: Counter) -> str:
    """The next of the store's own member ids that nobody has."""
    while True:
        counter.last_member += 1
        code = f"{counter.store.code}-M{counter.last_member:06d}"
        if not Member.objects.filter(code=code).exists():
            counter.save(update_fields=["last_member"])
            return code


def _made(actor: User, store: Node, name: str, digits: str, code: str) -> Member:
    seller = actor.staff.code if actor.staff else None
    row = {
        "line_no": 0, "member_id": code, "name": name, "phone": digits, "join_channel": "store",
        "join_store_id": store.code, "home_store_id": store.code, "recruiter_id": seller,
        "consultant_id": seller if actor.role == User.Role.CONSULTANT else None,
    }  # fmt: skip
    upsert_members(pa.Table.from_pylist([row], _ROW))
    member = Member.objects.get(code=code)
    Member.objects.filter(pk=member.pk).update(is_phone_verified=False)
    record(actor, "till.member_signed_up", "member", member.pk, code=code, store=store.code)
    receive("changed.members", source="till", body={"ids": [member.pk]})
    return member


_TEXTS = (
    "member_id", "name", "phone", "join_channel", "join_store_id", "home_store_id",
    "recruiter_id", "consultant_id",
)  # fmt: skip
_ROW = pa.schema([("line_no", pa.int64()), *((name, pa.string()) for name in _TEXTS)])
