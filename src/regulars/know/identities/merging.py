"""Two members whom people say are one, and taking that back.

The record that goes on stays as it is: what it gains by a merge (children, an earlier day of
joining, tickets) is read through `merged_into`, so there is nothing to put back afterwards.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from regulars.ground.audit.service import record
from regulars.ground.jobs.service import publish
from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotFound, UserError
from regulars.know.collect.service import receive
from regulars.know.identities import store
from regulars.know.identities.graph import Graph
from regulars.know.identities.hashes import hash_of
from regulars.know.identities.models import Identity, Merge, Move
from regulars.know.identities.resolving import RECORD
from regulars.know.identities.rules import Kind
from regulars.know.identities.saving import save
from regulars.know.members.models import Child, Member
from regulars.know.orders.service import list_months

Actor = AbstractBaseUser | None
MERGED = "person.merged"
"""The event; `merge_id` is its payload."""


@dataclass(frozen=True)
class Side:
    """What one of the two brings."""

    member: Member
    tickets: int
    net_cents: int
    children: int
    identities: int


@dataclass(frozen=True)
class Plan:
    """What a merge would make of two members: `joined_on` is the earlier day."""

    kept: Side
    gone: Side
    joined_on: date

    @property
    def tickets(self) -> int:
        return self.kept.tickets + self.gone.tickets

    @property
    def net_cents(self) -> int:
        return self.kept.net_cents + self.gone.net_cents


def plan_merge(kept: Member, gone: Member) -> Plan:
    """What would happen. Raises UserError where the two cannot be merged."""
    _check(kept, gone)
    days = [
        member.joined_on
        for each in (kept, gone)
        for member in (each, *Member.objects.filter(merged_into=each))
    ]
    return Plan(_side(kept), _side(gone), min(days))


@transaction.atomic
def merge_members(actor: Actor, kept: Member, gone: Member, reason: str = "") -> Merge:
    """From now on `gone` goes on as `kept`: identities, tickets, children, the earlier day of
    joining. Raises UserError where the two cannot be merged."""
    store.lock()
    kept, gone = _locked(kept, gone)
    _check(kept, gone)
    identities = [_identity_of(member) for member in (kept, gone)]
    merge = Merge.objects.create(
        kept_member_id=kept.pk,
        gone_member_id=gone.pk,
        kept_identity_id=identities[0],
        gone_identity_id=identities[1],
        reason=reason,
        merged_by_id=actor.pk if actor else None,
    )
    _settle(merge, Move.Cause.MERGE)
    record(
        actor, "member.merged", "member", kept.pk,
        kept=kept.code, gone=gone.code, reason=reason, merge=merge.pk,
    )  # fmt: skip
    publish(MERGED, merge_id=merge.pk)
    return merge


@transaction.atomic
def unmerge_members(actor: Actor, merge: Merge) -> None:
    """Take a merge back: both are as they were, with what has come for each since. Raises NotFound
    when it was taken back already."""
    store.lock()
    sides = Member.objects.in_bulk([merge.kept_member_id, merge.gone_member_id])
    if any(side.forgotten_at for side in sides.values()):
        raise UserError(_("A forgotten member stays as she is."), field="member")
    now = {"undone_at": clock.now(), "undone_by_id": actor.pk if actor else None}
    if not Merge.objects.filter(pk=merge.pk, undone_at=None).update(**now):
        raise NotFound(_("This merge was taken back already."))
    _settle(merge, Move.Cause.UNMERGE)
    record(
        actor, "member.unmerged", "member", merge.kept_member_id, merge=merge.pk,
        kept=sides[merge.kept_member_id].code, gone=sides[merge.gone_member_id].code,
    )  # fmt: skip


def standing_of_merge(merge_id: int) -> int | None:
    """Who goes on, as of now, of the two that a merge made one; None where it was taken back."""
    merge = Merge.objects.filter(pk=merge_id, undone_at=None).first()
    if merge is None:
        return None
    kept = Member.objects.get(pk=merge.kept_member_id)
    return kept.merged_into_id or kept.pk


def list_merges(member: Member) -> QuerySet[Merge]:
    """Merges in force that lead to this member, the latest first."""
    whole = [member.pk, *Member.objects.filter(merged_into=member).values_list("pk", flat=True)]
    merges = Merge.objects.filter(undone_at=None, kept_member_id__in=whole)
    return merges.select_related("merged_by").order_by("-merged_at")


def _check(kept: Member, gone: Member) -> None:
    if kept.pk == gone.pk:
        raise UserError(_("These are one member already."), field="member")
    for member in (kept, gone):
        if member.merged_into_id:
            raise UserError(
                _("“%(code)s” is merged already: take the other one.") % {"code": member.code},
                field="member",
            )
        if member.forgotten_at:
            raise UserError(_("A forgotten member cannot be merged."), field="member")


def _locked(*members: Member) -> list[Member]:
    """The members as they stand, held in the order of their ids."""
    found = Member.objects.select_for_update().order_by("pk").in_bulk([m.pk for m in members])
    return [found[member.pk] for member in members]


def _settle(merge: Merge, cause: Move.Cause) -> None:
    """Records, identities and the warehouse follow the merges in force."""
    changed = _point_records(merge)
    graph = Graph(cause)
    graph.touch([merge.kept_identity_id, merge.gone_identity_id])
    graph.settle()
    save(graph)
    receive("changed.members", source="console", body={"ids": changed})
    store.tell_loader(changed)


def _point_records(merge: Merge) -> list[int]:
    """`merged_into` of all whom this merge concerns; their ids."""
    into = dict(
        Merge.objects.filter(undone_at=None).values_list("gone_member_id", "kept_member_id")
    )
    below = defaultdict(list)
    for gone, kept in into.items():
        below[kept].append(gone)

    def top(each: int) -> int:
        while each in into:
            each = into[each]
        return each

    concerned = [top(merge.kept_member_id), merge.gone_member_id]
    for each in concerned:
        concerned += [gone for gone in below[each] if gone not in concerned]
    for root in {top(each) for each in concerned}:
        theirs = [each for each in concerned if top(each) == root and each != root]
        Member.objects.filter(pk__in=theirs).update(merged_into=root)
        Member.objects.filter(pk=root).update(merged_into=None)
    return sorted(set(concerned))


def _identity_of(member: Member) -> int:
    """The identity of her member id, made where she was never seen under it."""
    hashed = hash_of(Kind.MEMBER, member.code)
    known = Identity.objects.filter(kind=Kind.MEMBER, value_hash=hashed).first()
    if known:
        Identity.objects.filter(pk=known.pk).update(member_id=member.pk)
        return known.pk
    (number,) = store.new_ids(1)
    now = clock.now()
    Identity.objects.create(
        pk=number, kind=Kind.MEMBER, value_hash=hashed, hint=member.code, person_id=number,
        member_id=member.pk, source=RECORD, first_seen_at=now, last_seen_at=now,
    )  # fmt: skip
    return number


def _side(member: Member) -> Side:
    months = list_months(member.pk)
    whole = Q(member=member) | Q(member__merged_into=member)
    persons = Identity.objects.filter(member_id=member.pk).values("person_id")
    return Side(
        member=member,
        tickets=sum(month.tickets for month in months),
        net_cents=sum(month.net_cents for month in months),
        children=Child.objects.filter(whole).count(),
        identities=Identity.objects.filter(person_id__in=persons).count(),
    )
