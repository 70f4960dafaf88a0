"""Which batches go in as one. A transaction of one order, as a till sends them, costs as much as
one of hundreds."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from regulars.know.collect import service as collect
from regulars.know.collect.models import Batch

MOST_RECORDS = 2_000


def together(batches: Iterable[Batch]) -> Iterator[list[Batch]]:
    """The batches in their order, parted into those that go in as one: requests of one source with
    order lines, as long as no order comes twice among them. Any other batch goes in alone."""
    group = _Group()
    for batch in map(_opened, batches):
        if group.batches and not group.has_room_for(batch):
            yield group.batches
            group = _Group()
        group.add(batch)
    if group.batches:
        yield group.batches


@dataclass
class _Group:
    batches: list[Batch] = field(default_factory=list)
    orders: set[str] = field(default_factory=set)
    records: int = 0

    def has_room_for(self, batch: Batch) -> bool:
        last, orders = self.batches[-1], _orders_in(batch)
        return (
            bool(orders and self.orders)
            and batch.source == last.source
            and self.orders.isdisjoint(orders)
            and self.records + len(batch.records) <= MOST_RECORDS
        )

    def add(self, batch: Batch) -> None:
        self.batches.append(batch)
        self.orders |= _orders_in(batch)
        self.records += len(batch.records)


def _opened(batch: Batch) -> Batch:
    """What another system pushed, signed, becomes records of the layout that its source named."""
    if batch.kind == "webhook":
        batch.kind = batch.records_kind
        records = {"records": collect.records_of(batch)}
        batch.body = collect.with_sealed_phones(batch.kind, records)
    return batch


def _orders_in(batch: Batch) -> set[str]:
    """The numbers of a request's orders; none where the batch is anything else."""
    if batch.kind != "lines" or batch.file or batch.import_id:
        return set()
    return {str(record.get("order_id")).strip() for record in batch.records}
