"""What of a file is kept: the columns that are read, with phones sealed.

Columns that nobody reads may hold anything, and so may the values of a row that does not fit.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import pyarrow as pa

from regulars.ground.kit.phones import sealed_text, sealed_texts, without_phones
from regulars.ground.kit.progress import Progress
from regulars.know.imports.readers.parquet_file import ParquetSource
from regulars.know.imports.readers.source import Refused, Source
from regulars.know.imports.rules import LINE_NO

UNFIT = "wrong_width"


def kept(source: Source, read: Mapping[str, str], phones: Sequence[str]) -> Source:
    """The source with only the columns of `read` ({ours: theirs}), those of `phones` (ours) sealed.

    A Parquet file of which everything is read in clear stays the file it is.
    """
    is_whole = set(source.columns) == set(read.values()) and not read.keys() & set(phones)
    if is_whole and isinstance(source, ParquetSource):
        return source
    return KeptSource(source, read, [name for name in phones if name in read])


class KeptSource:
    """Rows as the source underneath has them; what it refuses stands under our names."""

    def __init__(self, source: Source, read: Mapping[str, str], phones: Sequence[str]) -> None:
        self.path, self.sheet, self.where = source.path, source.sheet, source.where
        self.columns = [name for name in source.columns if name in read.values()]
        self._source, self._read, self._phones = source, read, phones

    def batches(self, progress: Progress, refused: list[Refused]) -> Iterator[pa.RecordBatch]:
        unreadable: list[Refused] = []
        for batch in self._source.batches(progress, unreadable):
            yield self._kept(batch)
        refused += [self._kept_refusal(row) for row in unreadable]

    def _kept(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        batch = batch.select([LINE_NO, *self.columns])
        for theirs in (self._read[name] for name in self._phones):
            place = batch.schema.get_field_index(theirs)
            batch = batch.set_column(place, theirs, sealed_texts(batch[theirs]))
        return batch

    def _kept_refusal(self, row: Refused) -> Refused:
        ours = {theirs: name for name, theirs in self._read.items()} | {"": ""}
        record = {ours[name]: text for name, text in row.record.items() if name in ours}
        column = ours.get(row.column, row.column)
        if row.reason == UNFIT:
            record = {name: text and without_phones(text) for name, text in record.items()}
        sealed = {name: sealed_text(record[name]) for name in self._phones if name in record}
        value = (sealed_text(row.value) or "") if column in self._phones else row.value
        return replace(row, column=column, value=value, record=record | sealed)
