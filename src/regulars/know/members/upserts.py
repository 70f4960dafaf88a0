"""Members, their children and their consultants from files, the API or the console."""

import pyarrow as pa
from django.db import transaction

from regulars.ground.kit import clock, upsert
from regulars.ground.kit.outcome import Outcome
from regulars.ground.kit.phones import COLUMNS as PHONE_COLUMNS
from regulars.ground.kit.phones import seal_phones
from regulars.ground.kit.succession import make_successions, succeed
from regulars.know.members.models import Child, Member, Relation

MEMBER_COLUMNS = pa.schema(
    [
        ("member_id", pa.string()),
        ("joined_on", pa.date32()),
        ("name", pa.string()),
        ("gender", pa.string()),
        ("birthday", pa.date32()),
        ("join_store_id", pa.string()),
        ("join_channel", pa.string()),
        ("recruiter_id", pa.string()),
        ("home_store_id", pa.string()),
        ("level", pa.string()),
        ("household_id", pa.string()),
        ("consultant_id", pa.string()),
        ("consent_sms", pa.bool_()),
        ("consent_call", pa.bool_()),
        ("consent_wecom", pa.bool_()),
        *PHONE_COLUMNS,
    ]
)
CHILD_COLUMNS = pa.schema(
    [
        ("member_id", pa.string()),
        ("child_id", pa.string()),
        ("birth_on", pa.date32()),
        ("due_on", pa.date32()),
        ("gender", pa.string()),
        ("is_confirmed", pa.bool_()),
    ]
)
RELATION_COLUMNS = pa.schema(
    [
        ("member_id", pa.string()),
        ("staff_id", pa.string()),
        ("valid_from", pa.date32()),
        ("valid_to", pa.date32()),
    ]
)
SPELLS = (
    "line_no bigint, relation_id bigint, member_id bigint, staff_id bigint, valid_from date, "
    "valid_to date, next_from date"
)


@transaction.atomic
def upsert_members(rows: pa.Table) -> Outcome:
    """Make or change members; half a million rows a call is a good size.

    Absent columns and nulls leave what is there. A new member without `joined_on` joined today,
    and without one of her two stores has the other for both. A phone counts as verified: tills
    and apps take it by a code. `consultant_id` is who looks after her since she joined, or, when
    she had another one, from today.
    """
    upsert.lock(Member)
    upsert.stage(seal_phones(rows), MEMBER_COLUMNS, required=["member_id"])
    upsert.run(__package__, "member_rejects")
    upsert.drop_rejected()
    upsert.incoming(Member, __package__, "incoming_members")
    upsert.merge(Member)
    _look_after()
    return upsert.answer(Member, "member_id")


@transaction.atomic
def upsert_children(rows: pa.Table) -> Outcome:
    """Make or change children of known members; a child needs a birth or a due date.

    Absent columns and nulls leave what is there. The `code` of a result is the member's, the `id`
    the child's.
    """
    upsert.lock(Child)
    upsert.stage(rows, CHILD_COLUMNS, required=["member_id", "child_id"])
    upsert.run(__package__, "child_rejects")
    upsert.drop_rejected()
    upsert.incoming(Child, __package__, "incoming_children")
    upsert.merge(Child)
    return upsert.answer(Child, "member_id")


@transaction.atomic
def upsert_relations(rows: pa.Table) -> Outcome:
    """Make or change who looks after whom; a record is a member and the day it began.

    An open end is the day the next one begins, on record or in the rows; rows that would give a
    member two consultants at once are rejected. The `code` of a result is the member's.
    """
    upsert.lock(Relation)
    upsert.stage(
        rows,
        RELATION_COLUMNS,
        required=["member_id", "staff_id", "valid_from"],
        key=["member_id", "valid_from"],
    )
    upsert.run(__package__, "relation_rejects")
    upsert.drop_rejected()
    _lay_out_spells()
    upsert.run(__package__, "spell_overlaps")
    upsert.drop_rejected()
    _lay_out_spells()
    upsert.incoming(Relation, __package__, "incoming_relations")
    upsert.run(__package__, "relations_followed")
    upsert.merge(Relation)
    return upsert.answer(Relation, "member_id")


def _look_after() -> None:
    today = {"today": clock.today()}
    upsert.run(__package__, "first_consultants", today)
    make_successions()
    upsert.run(__package__, "successions_of_consultants", today)
    succeed(Relation, "member_id", "staff_id")
    upsert.mark_changed("successions")


def _lay_out_spells() -> None:
    upsert.make_table("spells", SPELLS)
    upsert.run(__package__, "spells")
