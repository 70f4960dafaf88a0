"""Members, as far as the caller may see them; phones always masked."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from ninja import Query, Router

from regulars.ground.accounts.access import Capability, Scope, scope_of
from regulars.ground.kit import clock
from regulars.ground.org.models import Node, Staff
from regulars.ground.org.service import store_ids_under
from regulars.know.members import service as members
from regulars.know.members.models import Member, Relation
from regulars.know.tags.service import Subject, Value, list_values_on
from regulars.web.api.answers import answers
from regulars.web.api.auth import may, outside_scope
from regulars.web.api.paging import Cursor, page
from regulars.web.api.phones import masked
from regulars.web.api.records import Faults, upsert
from regulars.web.api.schemas import Batch, MemberIn, MemberOut, Page, Upserted
from regulars.web.api.tag_schemas import TagValueOut

router = Router(tags=["Members"])


@router.get("/members", auth=may(Capability.SEE_MEMBERS), response=answers(Page[MemberOut]))
def list_members(
    request: HttpRequest, cursor: Query[Cursor], store: str = "", phone: str = ""
) -> dict[str, Any]:
    """The members inside the caller's scope; of one home `store`; with one whole `phone`."""
    scope = scope_of(request.user)
    found = members.find_by_phone(scope, phone) if phone else members.visible_members(scope)
    if store:
        found = found.filter(home_store__code=store)
    return page(_with_all_shown(found), cursor, _described)


@router.post("/members", auth=may(Capability.EDIT_MEMBERS), response=answers(Upserted))
def upsert_members(request: HttpRequest, batch: Batch[MemberIn]) -> dict[str, Any]:
    """Make or change members by `member_id`. Sent twice, the second time is `unchanged`.

    Someone bound to a place may change its members alone, and leaves them there.
    """
    refused = _outside(scope_of(request.user), batch.records)
    write = members.upsert_members
    return upsert("members", batch.records, write, notice="changed.members", refused=refused)


def _outside(scope: Scope, records: Sequence[MemberIn]) -> Faults:
    """Records that would change another store's member, or give a member to another store."""
    if scope.node_id is None:
        return {}
    stores = Node.objects.filter(pk__in=store_ids_under(scope.node_id))
    own_stores = set(stores.values_list("code", flat=True))
    sent = Member.objects.filter(code__in=[record.member_id for record in records])
    existing = set(sent.values_list("code", flat=True))
    own = set(members.visible_members(scope).filter(pk__in=sent).values_list("code", flat=True))
    refused = {}
    for index, record in enumerate(records):
        stays = record.home_store_id is None and record.member_id in own
        if record.member_id in existing - own:
            refused[index] = [outside_scope("member_id", record.member_id)]
        elif not stays and record.home_store_id not in own_stores:
            refused[index] = [outside_scope("home_store_id", record.home_store_id or "")]
    return refused


@router.get(
    "/members/{member_id}/tags",
    auth=may(Capability.SEE_MEMBERS),
    response=answers(list[TagValueOut]),
)
def list_tags(request: HttpRequest, member_id: str, on: date | None = None) -> list[dict[str, Any]]:
    """Every tag of a member of the caller's, as of today or of the day `on`: money in cents, shares
    from 0 to 1, null where it is unknown. What is on record has no day and is as it is today, ranks
    go by today's cuts, and models knew nothing before. Raises 404 for a member that is none of the
    caller's, 400 for a day to come or before all data."""
    member = members.get_member(scope_of(request.user), member_id)
    values = list_values_on(Subject.MEMBER, member.pk, on or clock.today())
    return [_tag(value) for value in values]


def _tag(value: Value) -> dict[str, Any]:
    return {
        "code": value.code,
        "name": value.name,
        "type": value.tag.type,
        "group": value.tag.group,
        "value": value.value,
        "text": value.text if isinstance(value.value, str) else None,
        "because": {each.code: each.value for each in value.because},
    }


def _with_all_shown(found: QuerySet[Member]) -> QuerySet[Member]:
    looked_after = Relation.objects.valid_on(clock.today()).select_related("staff")
    return found.select_related("home_store", "join_store", "recruiter").prefetch_related(
        "children", Prefetch("relations", looked_after)
    )


def _described(shown: Sequence[Member]) -> list[dict[str, Any]]:
    return [_description(member) for member in shown]


def _description(member: Member) -> dict[str, Any]:
    return {
        "member_id": member.code,
        "joined_on": member.joined_on,
        "name": member.name,
        "phone": masked(member.phone_sealed),
        "gender": member.gender,
        "birthday": member.birthday,
        "join_store_id": _code(member.join_store),
        "join_channel": member.join_channel,
        "recruiter_id": _code(member.recruiter),
        "home_store_id": _code(member.home_store),
        "level": member.level,
        "household_id": member.household_code,
        "consultant_id": next((r.staff.code for r in member.relations.all()), None),
        "consent_sms": member.is_sms_allowed,
        "consent_call": member.is_call_allowed,
        "consent_wecom": member.is_wecom_allowed,
        "children": [
            {
                "child_id": child.code,
                "birth_on": child.birth_on,
                "due_on": child.due_on,
                "gender": child.gender,
                "is_confirmed": child.is_confirmed,
            }
            for child in member.children.all()
        ],
    }


def _code(row: Node | Staff | None) -> str | None:
    return row.code if row else None
