"""What each kind of batch goes through: decode → check → deduplicate → resolve → stamp.

Lines and stock are resolved in the warehouse, against its own dimensions. Records whose home is
Postgres are written there first; the warehouse then takes what Postgres says.
"""

from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa
from django.db import transaction
from sqlglot import exp

from regulars.ground.kit.outcome import Outcome
from regulars.ground.kit.sql import named
from regulars.ground.org import service as org
from regulars.ground.warehouse.service import Statement, rehearse
from regulars.know.catalog import service as catalog
from regulars.know.collect import service as collect
from regulars.know.collect.models import Batch
from regulars.know.identities import service as identities
from regulars.know.loader import dimensions
from regulars.know.loader.decode import decoded
from regulars.know.loader.drain import announced
from regulars.know.loader.staging import Staging
from regulars.know.members import service as members
from regulars.know.orders import service as orders

Road = Callable[[Batch, Staging], list[Statement]]
Upsert = Callable[[pa.Table], Outcome]
GOOD = "SELECT * EXCLUDE (fault, batch_id) FROM arriving WHERE fault IS NULL"
Then = Callable[[Batch, Staging, pa.Table], list[Statement]]


def statements(staging: Staging) -> list[Statement]:
    """One warehouse transaction that takes its batches in, marks them loaded and says so.

    Writes to Postgres on the way where that is the records' home: with the same result when a
    killed loader comes this way again.
    """
    batch = staging.batches[0]
    counts = {str(each.id): count for each, count in staging.row_counts}
    told = {"kind": batch.kind, "import_id": batch.import_id}
    by = "announce_lines" if batch.kind == "lines" else "announce"
    return [
        *ROADS[batch.kind](batch, staging),
        _named("seal", {"ids": list(counts), "row_counts": list(counts.values())}),
        announced("batch.loaded", staging.batches, by, **told),
        collect.refresh(),
        *staging.dropped(),
    ]


def facts(staging: Staging) -> list[Statement]:
    """What takes batches in whose rows live in the warehouse alone: for a second time, so that
    nothing is said of them, and no chain derived before all have come."""
    batch = staging.batches[0]
    if batch.kind == "stock":
        return _stock(batch, staging)
    return _lines(batch, staging, at_once=False)


def _lines(batch: Batch, staging: Staging, *, at_once: bool | None = None) -> list[Statement]:
    taken = orders.load_lines(batch.import_id, batch.source, at_once=at_once)
    return [*_arriving("lines", staging), *taken]


def _stock(batch: Batch, staging: Staging) -> list[Statement]:
    return [*_arriving("stock", staging), *orders.load_stock()]


def _by_way_of_postgres(upsert: Upsert, then: Then) -> Road:
    """Good rows go to the room that owns them, its refusals to quarantine; `then` refreshes the
    warehouse's dimensions."""

    def road(batch: Batch, staging: Staging) -> list[Statement]:
        arriving = _arriving(batch.kind, staging)
        good = rehearse(*arriving, Statement(GOOD))
        with transaction.atomic():
            outcome = upsert(good)
        refused = staging.put("refused", outcome.rejects)
        return [
            *arriving,
            _named("decode_rejects"),
            _view("refused", exp.select("*").from_(refused).sql("duckdb")),
            _named("resolve_rejects"),
            *then(batch, staging, good),
        ]

    return road


def _org(batch: Batch, staging: Staging, rows: pa.Table | None = None) -> list[Statement]:
    return dimensions.replaced(org.warehouse_tables(), staging)


def _catalog(batch: Batch, staging: Staging, rows: pa.Table | None = None) -> list[Statement]:
    return dimensions.replaced(catalog.warehouse_tables(), staging)


def _members_of(batch: Batch, staging: Staging, rows: pa.Table) -> list[Statement]:
    ids = members.ids_of_codes(rows.column("member_id").unique().to_pylist())
    return _known_anew(ids, staging, is_live=batch.import_id is None)


def _changed_members(batch: Batch, staging: Staging) -> list[Statement]:
    ids = [int(each) for each in (batch.body or {})["ids"]]
    return _known_anew(ids, staging, is_live=True)


def _known_anew(ids: list[int], staging: Staging, *, is_live: bool) -> list[Statement]:
    """What was seen of these members before they were known is theirs now."""
    identities.recognise(ids)
    replaced = dimensions.members_replaced(ids, staging, is_live=is_live)
    return [*replaced, *identities.statements_for_changes()]


def _changed_persons(batch: Batch, staging: Staging) -> list[Statement]:
    return identities.statements_for_changes()


def _forgotten_persons(batch: Batch, staging: Staging) -> list[Statement]:
    return identities.statements_for_forgotten((batch.body or {})["ids"])


def _arriving(kind: str, staging: Staging) -> list[Statement]:
    """The batch's rows, decoded, as `arriving`: a view of a file's, which are many; of the records
    of requests a table, since planning to decode them takes longer than decoding them."""
    rows = staging.rows()
    typed = decoded(kind, staging.shape_of(rows))
    return [
        _view("received", rows.sql("duckdb")),
        _temporary("VIEW" if staging.batches[0].file else "TABLE", "arriving", typed),
    ]


def _view(name: str, rows: str) -> Statement:
    return _temporary("VIEW", name, rows)


def _temporary(kind: str, name: str, rows: str) -> Statement:
    return Statement(f"CREATE OR REPLACE TEMP {kind} {exp.to_identifier(name)} AS {rows}")


def _named(name: str, parameters: Mapping[str, Any] | None = None) -> Statement:
    return Statement(named(__package__, name), parameters or {})


ROADS: dict[str, Road] = {
    "stores": _by_way_of_postgres(org.upsert_stores, _org),
    "staff": _by_way_of_postgres(org.upsert_staff, _org),
    "products": _by_way_of_postgres(catalog.upsert_products, _catalog),
    "members": _by_way_of_postgres(members.upsert_members, _members_of),
    "children": _by_way_of_postgres(members.upsert_children, _members_of),
    "relations": _by_way_of_postgres(members.upsert_relations, _members_of),
    "lines": _lines,
    "stock": _stock,
    "changed.org": _org,
    "changed.catalog": _catalog,
    "changed.members": _changed_members,
    "changed.persons": _changed_persons,
    "forgotten.persons": _forgotten_persons,
}
