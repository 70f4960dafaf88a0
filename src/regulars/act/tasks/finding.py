"""What was found out in the morning becomes a task of the store that it concerns: for its manager,
once, with the sentence and the play that answers it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import orjson
import pyarrow as pa
from django.conf import settings
from django.db import connection
from django.utils import translation
from django.utils.translation import gettext as _

from regulars.act.opportunities import service as opportunities
from regulars.act.opportunities.models import Play
from regulars.act.tasks.noting import BEGUN
from regulars.act.tasks.opening import find_people, laid_out, open_rows
from regulars.ground.jobs.service import publish
from regulars.ground.kit import clock
from regulars.ground.kit.arrow_postgres import arrow_from_query, copy_to_temporary_table
from regulars.ground.kit.deployment import chain
from regulars.ground.kit.sql import named
from regulars.ground.messages.service import begin_round
from regulars.ground.org.models import Node
from regulars.understand.actions.service import find_latest_morning, list_of_morning
from regulars.understand.diagnosis import models
from regulars.understand.diagnosis.service import cause_of, finding_of, sentence_of

SOURCE, ROUND = "finding", "findings"
WORST = 3
"""Of a place above stores: so many of those that brought most of it."""
RESTS_FOR = timedelta(days=14)
"""What somebody has dealt with is not asked again for so long, though it is still found."""
STALE_AFTER = timedelta(days=3)
DUE_IN = timedelta(days=3)
FOUND = pa.schema([("row_no", pa.int64()), ("store_id", pa.int64()), ("source_id", pa.string())])
ROW_NO = pa.schema([("row_no", pa.int64())])
MANAGERS = pa.schema([("store_id", pa.int64()), ("staff_id", pa.int64())])


@dataclass(frozen=True)
class Concern:
    """A finding and a store that it stands for."""

    row: models.Finding
    store_id: int

    @property
    def source_id(self) -> str:
        """What it is about, whatever it came to and wherever above the store it was found."""
        category = self.row.category.code if self.row.category else ""
        return f"{self.row.part}|{self.row.factor}|{category}"


def ask_stores(on: date) -> int:
    """Tasks of the stores that this morning's findings stand for, once a morning, and the end of
    those that nothing stands for any more; how many were opened. In the caller's transaction."""
    latest = find_latest_morning(on)
    is_stale = latest is None or on - latest > STALE_AFTER
    if (latest != on and not is_stale) or not begin_round(ROUND, on.isoformat()):
        return 0
    concerns = [] if is_stale else concerns_of(list_of_morning(on))
    _stage(concerns)
    _end_what_is_gone(on)
    return _open(concerns, on)


def concerns_of(rows: Iterable[models.Finding]) -> list[Concern]:
    """The stores that losses stand for, the most money first, each store once for each cause: its
    own finding goes before one of a place above it."""
    losses = [row for row in rows if row.factor and row.contribution_cents < 0]
    codes = {code for row in losses for code in _worst_codes(row)}
    stores = Node.objects.filter(kind=Node.Kind.STORE, code__in=codes)
    ids = dict(stores.values_list("code", "pk"))
    told = [Concern(row, store_id) for row in losses for store_id in _stores_of(row, ids)]
    told.sort(key=lambda each: (each.row.node_id != each.store_id, each.row.contribution_cents))
    once = {(each.store_id, each.source_id): each for each in reversed(told)}
    return sorted(once.values(), key=lambda each: (each.row.contribution_cents, each.store_id))


def _worst_codes(row: models.Finding) -> list[str]:
    return [place["code"] for place in row.told.get("worst_places", ())]


def _stores_of(row: models.Finding, ids: Mapping[str, int]) -> Iterator[int]:
    """Itself, or the worst of the stores right below it; of a place above those nobody's."""
    if row.node.kind == Node.Kind.STORE:
        yield row.node_id
    else:
        yield from [ids[code] for code in _worst_codes(row) if code in ids][:WORST]


def _stage(concerns: Sequence[Concern]) -> None:
    columns = {
        "row_no": range(1, len(concerns) + 1),
        "store_id": [each.store_id for each in concerns],
        "source_id": [each.source_id for each in concerns],
    }
    copy_to_temporary_table("tasks_found", pa.table(columns, schema=FOUND))


def _end_what_is_gone(on: date) -> None:
    told: dict[str, Any] = {"now": clock.now(), "day": on, "begun": list(BEGUN)}
    with connection.cursor() as cursor:
        cursor.execute(named(__package__, "end_findings"), told)
        ended = cursor.fetchall()
    if ended:
        stores = sorted({store for _pk, store in ended})
        publish("lead.closed", lead_ids=[pk for pk, _store in ended], store_ids=stores)


def _open(concerns: Sequence[Concern], on: date) -> int:
    told = {"day": on, "most": chain().finding_tasks_a_day, "since": clock.now() - RESTS_FOR}
    fresh = arrow_from_query(named(__package__, "fresh_findings"), told, ROW_NO)
    asked = [concerns[row_no - 1] for row_no in fresh["row_no"].to_pylist()]
    if not asked:
        return 0
    managers = _managers_of([each.store_id for each in asked], on)
    running = opportunities.placed(opportunities.running(on))
    with translation.override(settings.LANGUAGE_CODE):
        rows = [_row(each, managers.get(each.store_id), running, on) for each in asked]
    find_people(on)
    return int(open_rows(laid_out(pa.Table.from_pylist(rows)), on).num_rows)


def _managers_of(store_ids: list[int], on: date) -> dict[int, int]:
    told = {"stores": store_ids, "day": on}
    rows = arrow_from_query(named(__package__, "managers"), told, MANAGERS)
    return dict(zip(rows["store_id"].to_pylist(), rows["staff_id"].to_pylist(), strict=True))


def _row(
    each: Concern, manager: int | None, running: Sequence[opportunities.Placed], on: date
) -> dict[str, Any]:
    row, finding = each.row, finding_of(each.row)
    play = opportunities.find_answer(running, row.part, row.factor, each.store_id)
    return {
        "store_id": each.store_id,
        "staff_id": manager,
        "value_cents": -row.contribution_cents if row.node_id == each.store_id else None,
        "title": cause_of(finding),
        "reason": sentence_of(finding) + _answer(play, row),
        "facts": orjson.dumps(_facts(row, play)).decode(),
        "goods": "[]",
        "source": SOURCE,
        "source_id": each.source_id,
        "is_outreach": False,
        "due_on": on + DUE_IN,
    }


def _answer(play: Play | None, row: models.Finding) -> str:
    """What is done about it already, or what is ready to be."""
    if play is not None:
        return " " + _("“%(play)s” runs for it: its leads stand in the list.") % {"play": play.name}
    ready = opportunities.answers_to(row.part, row.factor)[:WORST]
    if not ready:
        return ""
    names = _(", ").join(each.zh for each in ready)
    return " " + _("No play runs for it; ready ones answer it: %(plays)s.") % {"plays": names}


def _facts(row: models.Finding, play: Play | None) -> dict[str, str]:
    """Where its evidence stands: what pages ask about."""
    facts = {
        "org": row.node.code,
        "from": row.first_on.isoformat(),
        "to": row.last_on.isoformat(),
        "against": row.against,
    }
    facts |= {"category": row.category.code} if row.category else {}
    return facts | ({"play": play.code} if play else {})
