"""Parquet: columns keep their types."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from django.utils.translation import gettext as _

from regulars.ground.kit.errors import UserError
from regulars.ground.kit.progress import Progress
from regulars.know.imports.readers.source import Refused, broken, reading
from regulars.know.imports.rules import LINE_NO

ROWS_A_BATCH = 250_000


class ParquetSource:
    sheet = ""

    def __init__(self, path: Path, where: str) -> None:
        self.path, self.where = path, where
        try:
            with pq.ParquetFile(path) as file:
                schema, metadata = file.schema_arrow, file.metadata
        except (pa.ArrowException, OSError) as error:
            raise broken(where, error) from error
        for column in schema:
            if pa.types.is_nested(column.type):
                message = _("%(where)s: column “%(name)s” holds %(type)s, not single values.")
                facts = {"name": column.name, "type": column.type}
                raise UserError(message % {"where": where, **facts}, field=column.name)
        self.columns = list(schema.names)
        self.group_rows = [metadata.row_group(n).num_rows for n in range(metadata.num_row_groups)]

    def batches(self, progress: Progress, refused: list[Refused]) -> Iterator[pa.RecordBatch]:
        done, total = 0, sum(self.group_rows)
        with pq.ParquetFile(self.path) as file:
            for batch in file.iter_batches(ROWS_A_BATCH):
                line_no = pa.array(range(done + 1, done + 1 + batch.num_rows), pa.int64())
                yield batch.add_column(0, LINE_NO, line_no)
                done += batch.num_rows
                progress(reading(self.where), done, total)
