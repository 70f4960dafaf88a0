"""What the members room offers: who they are, who looks after them, what others may know.

Verbs take the user who acts, write to the audit log and send the change to the inbox.
"""

from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import gettext_lazy as _

from regulars.ground.accounts.access import Capability, Scope, check
from regulars.ground.audit.service import record
from regulars.ground.kit import clock, crypto
from regulars.ground.kit.errors import NotFound, UserError
from regulars.ground.kit.succession import succeed_once
from regulars.ground.org.models import Node, Staff
from regulars.know.collect.service import receive
from regulars.know.members.models import Member, Relation
from regulars.know.members.profile import (
    ChildToday,
    Profile,
    get_profile,
    masked_phone,
)
from regulars.know.members.rules import Stage, births_in_stage, months_between
from regulars.know.members.search import (
    count_members,
    find_by_phone,
    find_ids,
    ids_of_codes,
    search_members,
    visible_members,
)
from regulars.know.members.upserts import upsert_children, upsert_members, upsert_relations
from regulars.know.members.warehouse import (
    warehouse_blocks,
    warehouse_rows,
    with_those_merged,
)

__all__ = [
    "ChildToday",
    "Profile",
    "Stage",
    "assign_consultant",
    "births_in_stage",
    "change_home_store",
    "change_phone",
    "count_members",
    "edit_profile",
    "find_by_phone",
    "find_ids",
    "get_member",
    "get_profile",
    "ids_of_codes",
    "masked_phone",
    "months_between",
    "number_to_dial",
    "reveal_phone",
    "search_members",
    "upsert_children",
    "upsert_members",
    "upsert_relations",
    "visible_members",
    "warehouse_blocks",
    "warehouse_rows",
    "with_those_merged",
]

Actor = AbstractBaseUser | None
EDITABLE = (
    "name", "gender", "birthday", "level", "household_code",
    "is_sms_allowed", "is_call_allowed", "is_wecom_allowed",
)  # fmt: skip


def get_member(scope: Scope, code: str) -> Member:
    """Raises NotFound when there is none or the user may not see her: the two look alike. The code
    of a record that was merged finds the member it goes on as."""
    members = visible_members(scope).select_related("home_store", "join_store", "recruiter")
    merged = Member.objects.filter(code=code, merged_into__isnull=False)
    kept = merged.values_list("merged_into_id", flat=True).first()
    try:
        return members.get(pk=kept) if kept else members.get(code=code)
    except Member.DoesNotExist:
        raise NotFound(
            _("There is no member “%(code)s” here.") % {"code": code}, field="member_id"
        ) from None


def reveal_phone(user: AbstractBaseUser, member: Member) -> str:
    """The whole phone, and an entry in the audit log. Raises NotAllowed, NotFound (no phone, or
    a member outside the user's scope)."""
    scope = check(user, Capability.REVEAL_PHONE)
    seen = get_member(scope, member.code)
    if not seen.phone_sealed:
        raise NotFound(_("No phone is on record for “%(member)s”.") % {"member": seen})
    record(user, "member.phone_revealed", "member", seen.pk, code=seen.code)
    return crypto.decrypt(bytes(seen.phone_sealed))


def number_to_dial(user: AbstractBaseUser, member: Member) -> str:
    """The whole phone for the dialler of whoever is to call her, and an entry in the audit log: no
    page shows it. Raises NotAllowed, NotFound (no phone, or a member outside the user's scope)."""
    scope = check(user, Capability.WORK_LEADS)
    seen = get_member(scope, member.code)
    if not seen.phone_sealed:
        raise NotFound(_("No phone is on record for “%(member)s”.") % {"member": seen})
    record(user, "member.dialled", "member", seen.pk, code=seen.code)
    return crypto.decrypt(bytes(seen.phone_sealed))


def change_phone(actor: Actor, member: Member, phone: str) -> None:
    """Record another phone, verified. Raises UserError when it has no digits."""
    digits = crypto.normalise_phone(phone)
    if not digits:
        raise UserError(_("“%(phone)s” is not a phone number.") % {"phone": phone}, field="phone")
    before = masked_phone(member)
    member.phone_sealed, member.phone_hash = crypto.encrypt(digits), crypto.lookup_hash(digits)
    member.is_phone_verified = True
    member.save(update_fields=["phone_sealed", "phone_hash", "is_phone_verified"])
    _changed(actor, "member.phone_changed", member, before=before, after=crypto.mask(digits))


def edit_profile(actor: Actor, member: Member, **changes: Any) -> None:
    """Set fields of `EDITABLE`; what stays the same is not recorded. Raises UserError for another
    field or an unknown gender."""
    if unknown := sorted(set(changes) - set(EDITABLE)):
        raise UserError(
            _("“%(field)s” of a member cannot be changed here.") % {"field": unknown[0]},
            field=unknown[0],
        )
    if changes.get("gender", "") not in ("", *Member.Gender.values):
        raise UserError(_("A gender is f or m."), field="gender")
    before = {name: getattr(member, name) for name in changes}
    differing = [name for name in changes if changes[name] != before[name]]
    if not differing:
        return
    for name in differing:
        setattr(member, name, changes[name])
    member.save(update_fields=differing)
    _changed(
        actor,
        "member.edited",
        member,
        before={name: _plain(before[name]) for name in differing},
        after={name: _plain(changes[name]) for name in differing},
    )


def change_home_store(actor: Actor, member: Member, store: Node) -> None:
    """Make another store her home. Raises UserError when it is not a store."""
    if store.kind != Node.Kind.STORE:
        raise UserError(_("“%(place)s” is not a store.") % {"place": store.name}, field="store")
    before = member.home_store.code if member.home_store else None
    member.home_store = store
    member.save(update_fields=["home_store"])
    _changed(actor, "member.home_store_changed", member, before=before, after=store.code)


def assign_consultant(
    actor: Actor, member: Member, staff: Staff, from_on: date | None = None
) -> None:
    """人客合一: from a day (today) on `staff` looks after her; the earlier relation ends there."""
    starts = from_on or clock.today()
    before = Relation.objects.valid_on(starts).filter(member=member).first()
    succeed_once(
        Relation,
        "member_id",
        "staff_id",
        owner_id=member.pk,
        holder_id=staff.pk,
        from_on=starts,
    )
    _changed(
        actor,
        "member.consultant_assigned",
        member,
        before=before.staff.code if before else None,
        after=staff.code,
        from_on=starts.isoformat(),
    )


def _changed(actor: Actor, action: str, member: Member, **detail: Any) -> None:
    record(actor, action, "member", member.pk, code=member.code, **detail)
    receive("changed.members", source="console", body={"ids": [member.pk]})


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
