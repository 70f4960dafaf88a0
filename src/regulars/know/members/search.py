"""Which members a user may see, and how they are found."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from regulars.ground.accounts.access import Capability, Scope
from regulars.ground.kit import clock, crypto
from regulars.ground.kit.deployment import chain
from regulars.ground.org.models import Node, Staff
from regulars.ground.org.service import store_ids_under
from regulars.know.members.models import Child, Member, Relation
from regulars.know.members.rules import Stage, births_in_stage

SHORTEST_PHONE = 7
KEYS_AT_ONCE = 10_000


def visible_members(scope: Scope) -> QuerySet[Member]:
    """The members that a user may see: those whose home store lies in the scope today, all of them
    (also those without a home) for someone bound to no place, none without the capability. Records
    that were merged or forgotten are no members of their own."""
    if not scope.may(Capability.SEE_MEMBERS):
        return Member.objects.none()
    standing = Member.objects.filter(merged_into=None, forgotten_at=None)
    if scope.node_id is None:
        return standing
    return standing.filter(home_store_id__in=store_ids_under(scope.node_id))


def search_members(
    scope: Scope,
    text: str = "",
    *,
    store: Node | None = None,
    consultant: Staff | None = None,
    level: str = "",
    stage: str = "",
    joined_from: date | None = None,
    joined_to: date | None = None,
) -> QuerySet[Member]:
    """Visible members, latest joined first; every filter given narrows them.

    `text`: a whole member id, a whole phone, or the beginning of the name. `store`: a home store.
    `stage`: of any child, today. `joined_to` is inclusive.
    """
    found = visible_members(scope).order_by("-joined_on", "-id")
    if text := text.strip():
        found = found.filter(_named(text))
    if store:
        found = found.filter(home_store=store)
    if consultant:
        found = found.filter(Exists(_relations_today().filter(staff=consultant)))
    if level:
        found = found.filter(level=level)
    if stage:
        found = found.filter(Exists(_children_in(Stage(stage))))
    if joined_from:
        found = found.filter(joined_on__gte=joined_from)
    if joined_to:
        found = found.filter(joined_on__lte=joined_to)
    return found


def find_by_phone(scope: Scope, phone: str) -> QuerySet[Member]:
    """Visible members with this whole phone, on a record merged into hers too."""
    hashed = crypto.lookup_hash(phone)
    merged = Member.objects.filter(phone_hash=hashed, merged_into__isnull=False)
    return visible_members(scope).filter(
        Q(phone_hash=hashed) | Q(pk__in=merged.values("merged_into"))
    )


def count_members(members: QuerySet[Member], limit: int = 10_000) -> int:
    """How many there are, counted up to `limit`: beyond it nobody pages."""
    return members.order_by()[:limit].count()


def ids_of_codes(codes: Sequence[str]) -> list[int]:
    """The ids of the members of these codes, however many; unknown codes are left out."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM members_member WHERE code = ANY (%s)", [list(codes)])
        return [row[0] for row in cursor.fetchall()]


def find_ids(scope: Scope, texts: Sequence[str]) -> dict[str, set[int]]:
    """The visible members whom each text means, by its whole: a member id, or else a phone, which
    several may share; a record that was merged means the one it goes on as. Set-based: however
    many there are."""
    by_code = _ids_by(scope, "code", {text: text for text in texts})
    phones = {
        crypto.lookup_hash(text): text
        for text in texts
        if text not in by_code and len(crypto.normalise_phone(text)) >= SHORTEST_PHONE
    }
    return by_code | _ids_by(scope, "phone_hash", phones)


def _ids_by(scope: Scope, field: str, texts: Mapping[Any, str]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    visible = visible_members(scope)
    waiting = iter(texts)
    while keys := list(islice(waiting, KEYS_AT_ONCE)):
        same = {f"{field}__in": keys}
        own = list(visible.filter(**same).values_list(field, "pk"))
        merged = Member.objects.filter(**same, merged_into__isnull=False)
        going_on = list(merged.values_list(field, "merged_into_id"))
        seen = set(
            visible.filter(pk__in=[pk for _key, pk in going_on]).values_list("pk", flat=True)
        )
        for key, pk in [*own, *(pair for pair in going_on if pair[1] in seen)]:
            text = texts[key if isinstance(key, str) else bytes(key)]
            found.setdefault(text, set()).add(pk)
    return found


def _named(text: str) -> Q:
    wanted = Q(code=text) | Q(name__istartswith=text)
    if len(crypto.normalise_phone(text)) >= SHORTEST_PHONE:
        wanted |= Q(phone_hash=crypto.lookup_hash(text))
    merged = Member.objects.filter(wanted, merged_into__isnull=False)
    return wanted | Q(pk__in=merged.values("merged_into"))


def _relations_today() -> QuerySet[Relation]:
    return Relation.objects.valid_on(clock.today()).filter(member=OuterRef("pk"))


def _children_in(stage: Stage) -> QuerySet[Child]:
    first, last = births_in_stage(stage, clock.today(), chain().age_range_months)
    return Child.objects.annotate(born_on=Coalesce("birth_on", "due_on")).filter(
        member=OuterRef("pk"), born_on__gte=first, born_on__lte=last
    )
