"""Take in files: checked, archived, and handed to the inbox in one transaction a kind."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.ground.kit import clock
from regulars.ground.kit.deployment import data_dir
from regulars.ground.kit.progress import Progress, silent
from regulars.know.collect import service as collect
from regulars.know.imports import archive
from regulars.know.imports.archive import Archived
from regulars.know.imports.deliveries import Delivery, open_path
from regulars.know.imports.models import Import, ImportQuerySet
from regulars.know.imports.rules import KindMapping, spans
from regulars.know.loader import service as loader
from regulars.know.orders import service as orders

ROWS_A_BATCH = {"lines": 4_000_000, "stock": 4_000_000}
ROWS_A_SMALL_BATCH = 250_000
LOOK_SECONDS = 0.3
SOURCE = "import"


@dataclass(frozen=True)
class Standing:
    """How far an import is. `rows_total` = loaded + rejected + still to come."""

    state: Import.State
    rows_loaded: int
    rows_rejected: int
    rows_total: int
    error: str


def import_path(
    path: Path,
    *,
    by: Any = None,
    kind: str | None = None,
    mapping: Mapping[str, KindMapping] | None = None,
    progress: Progress = silent,
) -> list[Import]:
    """Take in a file, or a folder of files named by kind; one import a kind, in their order.

    Headers are all checked before anything is stored; raises UserError naming file and column.
    A file that came before is not taken in again: its import is returned with `is_repeat` set.
    Commits one kind at a time: a run killed half-way and run again ends the same.
    """
    deliveries = open_path(path, kind, mapping or {})
    return [take_in(delivery, by=by, progress=progress) for delivery in deliveries]


def take_in(delivery: Delivery, *, by: Any = None, progress: Progress = silent) -> Import:
    """Archive a delivery, then put its batches and unreadable rows into the inbox."""
    names = archive.names(delivery)
    if known := find_import(delivery, names):
        collect.retry(known.pk)
        return known
    archived = archive.keep(delivery, names, archive.folder(), progress)
    with transaction.atomic():
        import_ = register(delivery, names, by=by)
        if not _claim(import_, archived, delivery):
            import_.is_repeat = True
            return import_
        for part in archived:
            _receive(import_, part)
        _refuse_orders(import_, delivery)
    return import_


def find_import(delivery: Delivery, names: Sequence[str]) -> Import | None:
    """The import that already brought exactly this, marked as a repeat."""
    same = Import.objects.filter(**_key(delivery, names), received_at__isnull=False)
    if import_ := same.first():
        import_.is_repeat = True
    return import_


def register(delivery: Delivery, names: Sequence[str], *, by: Any) -> Import:
    """The row of an import that is about to be read; the same delivery has one row for ever."""
    facts = {"file_name": delivery.file_name, "by": by}
    import_, _is_new = Import.objects.get_or_create(**_key(delivery, names), defaults=facts)
    return import_


def list_imports() -> ImportQuerySet:
    """All imports with their progress, the latest first."""
    return Import.objects.with_progress().select_related("by").order_by("-pk")


def progress_of(import_: Import) -> Standing:
    """How far it is, as the inbox says now."""
    return standing(Import.objects.with_progress().get(pk=import_.pk))


def standing(import_: Any) -> Standing:
    """The same of an import that comes from `list_imports`, without asking again."""
    error = import_.error or import_.loader_error or ""
    if error:
        state = Import.State.FAILED
    elif import_.received_at is None:
        state = Import.State.READING
    else:
        state = Import.State.LOADING if import_.waiting else Import.State.DONE
    return Standing(
        state=state,
        rows_loaded=import_.rows_loaded,
        rows_rejected=import_.rows_rejected,
        rows_total=import_.row_count,
        error=error,
    )


def wait_for(
    imports: Sequence[Import], progress: Progress = silent, *, loads_here: bool = False
) -> list[Standing]:
    """Until everything is loaded, with the chains that follow from it, or has failed. Where no
    loader process runs, load here."""
    while True:
        if loads_here:
            with suppress(*loader.FAILURES):  # a batch stands aside after its third
                loader.load_waiting()
        found = Import.objects.with_progress().in_bulk([import_.pk for import_ in imports])
        standings = [standing(found[import_.pk]) for import_ in imports]
        done = sum(each.rows_loaded + each.rows_rejected for each in standings)
        progress(_("Loading"), done, sum(each.rows_total for each in standings))
        is_over = all(each.state in (Import.State.DONE, Import.State.FAILED) for each in standings)
        if is_over and _is_derived(loads_here=loads_here):
            return standings
        time.sleep(LOOK_SECONDS)


def _is_derived(*, loads_here: bool) -> bool:
    """Raises WarehouseError where it is for us to derive, and that does not work."""
    if loads_here:
        loader.load_waiting()
    return orders.is_derived()


def batches_of(kind: str, part: Archived) -> Iterator[dict[str, Any]]:
    """The batches that an archived part comes in, as the inbox takes them. Files are named from
    the data folder, so that it can be moved."""
    size = ROWS_A_BATCH.get(kind, ROWS_A_SMALL_BATCH)
    file = str(part.path.relative_to(data_dir()))
    facts = {"kind": kind, "source": SOURCE, "file": file, "layout": part.layout}
    for first_row, last_row in spans(part.group_rows, size):
        yield {**facts, "first_row": first_row, "last_row": last_row}


def _key(delivery: Delivery, names: Sequence[str]) -> dict[str, Any]:
    return {
        "kind": delivery.kind,
        "sha256": archive.digest(*names),
        "mapping": delivery.mapping,
    }


def _claim(import_: Import, archived: Sequence[Archived], delivery: Delivery) -> bool:
    """Whether this run is the one that brings it in: of two at once only one is."""
    orders = delivery.orders.refused.values() if delivery.orders else []
    rows = sum(sum(part.group_rows) + len(part.refused) for part in archived)
    import_.row_count = rows + sum(map(len, orders))
    import_.received_at, import_.error = clock.now(), ""
    facts = {name: getattr(import_, name) for name in ("row_count", "received_at", "error")}
    unclaimed = Import.objects.filter(pk=import_.pk, received_at=None)
    return unclaimed.update(**facts) == 1


def _receive(import_: Import, part: Archived) -> None:
    for rows in batches_of(import_.kind, part):
        collect.receive_file(**rows, import_id=import_.pk)
    collect.receive_rejects(
        import_.kind,
        source=SOURCE,
        layout=part.layout,
        import_id=import_.pk,
        rejects=[vars(row) for row in part.refused],
    )


def _refuse_orders(import_: Import, delivery: Delivery) -> None:
    """Orders that could not be joined stand in quarantine under their own file's name."""
    if delivery.orders:
        for file_name, refused in delivery.orders.refused.items():
            collect.receive_rejects(
                import_.kind,
                source=SOURCE,
                layout={"file_name": file_name},
                import_id=import_.pk,
                rejects=[vars(row) for row in refused],
            )
