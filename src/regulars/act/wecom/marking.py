"""Customers wear in WeCom the tags that they have here: compared as sets, told one customer at a
time, since WeCom takes no more."""

import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby

import pyarrow as pa
from django.db.models import QuerySet
from sqlglot import exp

from regulars.act.wecom import api, errors
from regulars.act.wecom.choosing_tags import follow_definitions
from regulars.act.wecom.connecting import is_connected, note_trouble
from regulars.act.wecom.contacts import End
from regulars.act.wecom.errors import Away, Later, NotConnected, WecomError
from regulars.act.wecom.models import Contact, CustomerTag, Mark
from regulars.act.wecom.rules import wait_after
from regulars.ground.kit import clock
from regulars.ground.kit.arrow_postgres import arrow_from_query, copy_to_temporary_table
from regulars.ground.kit.upsert import make_table, run
from regulars.ground.warehouse.service import query
from regulars.know.tags.service import (
    CARRIERS,
    Subject,
    computed_columns,
    defined,
    parameter,
    spoken,
)

MOST_AT_ONCE = 2_000
SECONDS_AT_ONCE = 20.0
LONGEST_WAIT = timedelta(days=1)
WEARERS = pa.schema([("member_id", pa.int64())])
WORN = pa.schema([("member_id", pa.int64()), ("code", pa.string()), ("value", pa.string())])
State = Mark.State


def compare() -> None:
    """Put down who is to wear what from now on, and who no longer."""
    if not is_connected() or not CustomerTag.objects.exists():
        return
    follow_definitions()
    _make_tags()
    make_table("wecom_wearers", "contact_id bigint, member_id bigint")
    run(__package__, "wearers")
    members = arrow_from_query("SELECT DISTINCT member_id FROM wecom_wearers", {}, WEARERS)
    copy_to_temporary_table("wecom_worn", _worn(members["member_id"].to_pylist()))
    for step in ("marks_to_add", "marks_to_remove", "marks_ended"):
        run(__package__, step, {"now": clock.now()})
    CustomerTag.objects.filter(is_chosen=False, marks=None).delete()


def tell_marks() -> int:
    """Tell WeCom what is due; how many customers. Ends early when WeCom is asked too often, is away
    or takes too long: the rest is due the next time."""
    if not is_connected():
        return 0
    until, count = time.monotonic() + SECONDS_AT_ONCE, 0
    for _contact, marks in groupby(_due(), key=lambda mark: mark.contact_id):
        try:
            _tell(list(marks))
        except (Later, Away, NotConnected) as trouble:
            note_trouble("" if isinstance(trouble, Later) else str(trouble))
            break
        count += 1
        if time.monotonic() > until:
            break
    return count


def take_off(member_ids: Sequence[int]) -> None:
    """Whoever is to be forgotten wears nothing any more, as far as WeCom can be told now."""
    marks = Mark.objects.filter(contact__member_id__in=member_ids, contact__ended_at=None)
    marks.exclude(state=State.TO_REMOVE).update(state=State.TO_REMOVE)
    own = _with_all(marks).exclude(tag__tag_id="").order_by("contact_id")
    for _contact, theirs in groupby(own, key=lambda mark: mark.contact_id):
        try:
            _tell(list(theirs))
        except (Away, Later, NotConnected):
            return


def _make_tags() -> None:
    """Those chosen get their ids: of a tag of that name, or of one made now."""
    missing = CustomerTag.objects.filter(is_chosen=True, tag_id="").order_by("group", "pk")
    if not missing:
        return
    try:
        known = api.list_tags()
        for group, tags in groupby(missing, key=lambda tag: tag.group):
            own = list(tags)
            new = [tag.name for tag in own if (group, tag.name) not in known]
            known |= api.add_tags(group, list(dict.fromkeys(new))) if new else {}
            for tag in own:
                tag.tag_id = known.get((group, tag.name), "")
            CustomerTag.objects.bulk_update(own, ["tag_id"])
    except (WecomError, Away, NotConnected) as trouble:
        note_trouble(str(trouble))


def _worn(member_ids: Sequence[int]) -> pa.Table:
    """Which of the chosen tags these members have, as `WORN`; of yes or no the yes alone."""
    told, stored = defined(Subject.MEMBER), computed_columns(defined(Subject.MEMBER))
    carrier, parts = CARRIERS[Subject.MEMBER], []
    chosen = CustomerTag.objects.filter(is_chosen=True)
    for code, has_values in _kinds_of(chosen).items():
        if code not in told.columns.tags:
            continue
        value = told.columns.read(code)
        if not {column.name for column in value.find_all(exp.Column)} <= stored:
            continue
        shown = exp.cast(value.copy(), "VARCHAR") if has_values else exp.Literal.string("")
        is_worn = exp.not_(exp.paren(value.copy()).is_(exp.null())) if has_values else value
        row = exp.select(
            exp.column(carrier.key).as_("member_id"),
            exp.Literal.string(code).as_("code"),
            shown.as_("value"),
        )
        parts.append(row.from_(carrier.table).where(is_worn).where(_among(carrier.key)))
    if not parts or not member_ids:
        return WORN.empty_table()
    rows = exp.union(*parts, distinct=False) if len(parts) > 1 else parts[0]
    asked = {"members": list(member_ids)} | spoken(rows, clock.today())
    return query(rows.sql("duckdb"), asked).cast(WORN)


def _among(key: str) -> exp.Expression:
    ids = exp.Anonymous(this="unnest", expressions=[parameter("members")])
    return exp.In(this=exp.column(key), query=exp.Subquery(this=exp.select(ids)))


def _kinds_of(chosen: QuerySet[CustomerTag]) -> dict[str, bool]:
    """{code: whether it is one of several values}."""
    return {code: bool(value) for code, value in chosen.values_list("code", "value")}


def _due() -> list[Mark]:
    waiting = Mark.objects.filter(
        state__in=[State.TO_ADD, State.TO_REMOVE], due_at__lte=clock.now(),
        contact__ended_at=None,
    ).exclude(tag__tag_id="")  # fmt: skip
    held = _with_all(waiting).select_for_update(skip_locked=True, of=("self",))
    return sorted(held.order_by("due_at", "contact_id")[:MOST_AT_ONCE], key=lambda m: m.contact_id)


def _with_all(marks: QuerySet[Mark]) -> QuerySet[Mark]:
    return marks.select_related("contact", "tag")


def _tell(marks: Sequence[Mark]) -> None:
    """One customer's changes, in one call. Raises Later, Away, NotConnected; any other refusal is
    kept with the marks, which wait longer each time."""
    contact, ids = marks[0].contact, defaultdict[str, list[str]](list)
    for mark in marks:
        ids[mark.state].append(mark.tag.tag_id)
    try:
        api.mark_tags(
            contact.userid, contact.external_userid, ids[State.TO_ADD], ids[State.TO_REMOVE]
        )
    except Later:
        raise
    except WecomError as refusal:
        _refused(refusal, contact, marks)
        return
    done = Mark.objects.filter(pk__in=[mark.pk for mark in marks])
    done.filter(state=State.TO_REMOVE).delete()
    done.update(state=State.ON, tries=0, error="")


def _refused(refusal: WecomError, contact: Contact, marks: Sequence[Mark]) -> None:
    if refusal.code == errors.NO_RELATION:
        Contact.objects.filter(pk=contact.pk).update(ended_at=clock.now(), ended_by=End.UNKNOWN)
        return
    if refusal.code == errors.TAG_GONE:
        _make_again(marks)
    for mark in marks:
        mark.tries, mark.error = min(mark.tries + 1, 100), str(refusal.code)
        mark.due_at = clock.now() + min(wait_after(min(mark.tries, 6)), LONGEST_WAIT)
    Mark.objects.bulk_update(marks, ["tries", "error", "due_at"])


def _make_again(marks: Sequence[Mark]) -> None:
    """Somebody deleted one of these tags in WeCom, which takes it off everybody there."""
    try:
        known = set(api.list_tags().values())
    except (WecomError, Away):
        return
    gone = {mark.tag_id for mark in marks if mark.tag.tag_id not in known}
    CustomerTag.objects.filter(pk__in=gone).update(tag_id="")
    Mark.objects.filter(tag__in=gone, state=State.TO_REMOVE).delete()
    Mark.objects.filter(tag__in=gone).update(state=State.TO_ADD)
