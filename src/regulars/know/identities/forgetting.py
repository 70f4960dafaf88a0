"""Forget me: the person goes, a tombstone stays, and no total changes.

At once in both stores, in one transaction here and by the inbox there; what was kept as it came is
rewritten by a job (`know/loader`, `know/imports`), which looks for the traces told to it.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from regulars.ground.audit.models import Entry
from regulars.ground.audit.service import record
from regulars.ground.jobs.service import publish
from regulars.ground.kit import clock, crypto
from regulars.ground.kit.deployment import chain
from regulars.ground.kit.errors import UserError
from regulars.ground.kit.sql import named
from regulars.ground.warehouse.service import Statement, query
from regulars.know.collect.service import receive
from regulars.know.identities import store
from regulars.know.identities.hashes import hash_of
from regulars.know.identities.models import Consent, Forgetting, Identity, Link, Move, Person
from regulars.know.identities.rules import KINDS, LONGEST, normalised
from regulars.know.members.models import Child, Member
from regulars.know.members.rules import add_months

FORGOTTEN = "person.forgotten"
"""The event; `forgetting_id` is its payload."""

KEPT_OF_A_MEMBER = frozenset({
    "line_no", "member_id", "joined_on", "join_store_id", "home_store_id", "join_channel", "level",
    "recruiter_id", "consultant_id", "staff_id", "valid_from", "valid_to",
})  # fmt: skip
"""Columns of a member's records that say nothing of who she is, and totals stand on."""
ABOUT_MEMBERS = frozenset({"members", "children", "relations"})


@dataclass(frozen=True)
class Traces:
    """What a forgotten person left in what was kept as it came. `names`: her member ids, {what
    stood there: what stands there now}; `hashes` of her identities; `batches` that hold her
    events."""

    names: dict[str, str]
    hashes: frozenset[str]
    batches: frozenset[str]

    @property
    def stand_in(self) -> str:
        return next(iter(self.names.values()))

    def is_in(self, text: str) -> bool:
        """Whether a text may mention her by a member id."""
        return any(name in text for name in self.names)

    def cleaned(self, value: Any) -> Any:
        """The same JSON value with a stand-in wherever something identifies her."""
        if isinstance(value, dict):
            return {name: self.cleaned(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.cleaned(each) for each in value]
        if isinstance(value, str | int) and not isinstance(value, bool):
            text = str(value)
            if text in self.names:
                return self.names[text]
            if 0 < len(text) <= LONGEST and self._identifies(text):
                return self.stand_in
        return value

    def cleaned_record(self, kind: str, row: dict[str, Any]) -> dict[str, Any] | None:
        """A record of a layout: of hers only what totals stand on is left; a child's is gone."""
        if str(row.get("member_id")) not in self.names:
            return row
        if kind == "children":
            return None
        kept = row if kind not in ABOUT_MEMBERS else {
            name: value for name, value in row.items() if name in KEPT_OF_A_MEMBER
        }  # fmt: skip
        return kept | {"member_id": self.names[str(row["member_id"])]}

    def _identifies(self, text: str) -> bool:
        for kind in KINDS:
            form = normalised(kind, text)
            if form is not None and hash_of(kind, form).hex() in self.hashes:
                return True
        return False


@transaction.atomic
def forget_member(actor: AbstractBaseUser | None, member: Member, reason: str = "") -> Forgetting:
    """Name, phone, birthday, children, identities and consents go, of the records merged into hers
    too; what she bought stays, under a tombstone. Cannot be taken back. Raises UserError when it
    was done before."""
    store.lock()
    records = list(
        Member.objects.select_for_update()
        .filter(Q(pk=member.pk) | Q(merged_into=member.pk))
        .order_by("pk")
    )
    if any(each.forgotten_at for each in records):
        raise UserError(_("This member was forgotten already."), field="member")
    ids = [each.pk for each in records]
    identities = _identities_of(ids)
    traces = {
        "names": {each.code: tombstone(each) for each in records},
        "hashes": [bytes(each.value_hash).hex() for each in identities]
        + [bytes(each.phone_hash).hex() for each in records if each.phone_hash],
        "batches": _batches_with([each.pk for each in identities]),
    }
    forgetting = Forgetting.objects.create(
        member_id=member.pk,
        traces=crypto.encrypt(json.dumps(traces)),
        asked_by_id=actor.pk if actor else None,
    )
    _bury(records)
    _drop([each.pk for each in identities], ids)
    Entry.objects.filter(subject_type="member", subject_id__in=map(str, ids)).update(
        detail={"forgotten": True}
    )
    record(actor, "member.forgotten", "member", member.pk, code=tombstone(member), reason=reason)
    receive("changed.members", source="console", body={"ids": ids})
    gone = [each.pk for each in identities]
    receive("forgotten.persons", source="console", body={"ids": gone or [0]})
    publish(FORGOTTEN, forgetting_id=forgetting.pk)
    return forgetting


def tombstone(member: Member) -> str:
    """The code that a forgotten member's sales stand under."""
    return f"forgotten-{member.pk}"


def traces_of(forgetting: Forgetting) -> Traces | None:
    """What to look for; None when all was done."""
    if forgetting.traces is None:
        return None
    told = json.loads(crypto.decrypt(bytes(forgetting.traces)))
    return Traces(told["names"], frozenset(told["hashes"]), frozenset(told["batches"]))


def get_forgetting(forgetting_id: int) -> Forgetting:
    return Forgetting.objects.get(pk=forgetting_id)


def mark_done(forgetting: Forgetting) -> None:
    """Nothing is left to rewrite: what was looked for goes too."""
    Forgetting.objects.filter(pk=forgetting.pk).update(traces=None, done_at=clock.now())


def statements_for_forgotten(identity_ids: Iterable[int]) -> list[Statement]:
    """Warehouse statements by which events of these identities are nobody's: counted still, by what
    and when, but not by whom."""
    ids = list(identity_ids)
    return [
        Statement(named(__package__, "forget_tell"), {"ids": ids}),
        Statement(named(__package__, "forget_persons"), {"ids": ids}),
        Statement(named(__package__, "forget_events"), {"ids": ids}),
    ]


def _identities_of(member_ids: list[int]) -> list[Identity]:
    own = Identity.objects.filter(member_id__in=member_ids)
    persons = {each.person_id for each in own}
    return list(Identity.objects.filter(Q(person_id__in=persons) | Q(pk__in=own)))


def _batches_with(identity_ids: list[int]) -> list[str]:
    if not identity_ids:
        return []
    rows = query(named(__package__, "batches_with"), {"ids": identity_ids})
    return [str(each) for each in rows["batch_id"].to_pylist()]


def _bury(records: list[Member]) -> None:
    ids = [each.pk for each in records]
    born = [child.birth_on or child.due_on for child in Child.objects.filter(member_id__in=ids)]
    last = max((day for day in born if day), default=None)
    graduates_on = add_months(last, chain().age_range_months) if last else None
    for each in records:
        Member.objects.filter(pk=each.pk).update(
            code=tombstone(each), name="", gender="", birthday=None, phone_sealed=None,
            phone_hash=None, household_code="", is_sms_allowed=False, is_call_allowed=False,
            is_wecom_allowed=False, forgotten_at=clock.now(), graduates_on=graduates_on,
        )  # fmt: skip
    Child.objects.filter(member_id__in=ids).delete()
    Consent.objects.filter(member_id__in=ids).delete()


def _drop(identity_ids: list[int], member_ids: list[int]) -> None:
    Person.objects.filter(member_id__in=member_ids).delete()
    Link.objects.filter(Q(follower_id__in=identity_ids) | Q(followed_id__in=identity_ids)).delete()
    Move.objects.filter(identity_id__in=identity_ids).delete()
    Identity.objects.filter(pk__in=identity_ids).delete()
