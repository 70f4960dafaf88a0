"""A coupon system as the demo has one: its events come in by the road that all events take."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq
from django.utils.translation import gettext as _

from regulars.demo.coupons import FILE
from regulars.know.collect.models import Source
from regulars.know.collect.service import make_source, receive_events

CALLS_AT_ONCE = 2_000


def send_coupons(source: Path) -> int:
    """Put the coupons written beside a chain's files into the inbox; how many events there are.
    Sent again they are known by their ids."""
    path, count = source / FILE, 0
    if not path.exists():
        return 0
    code = _sender().code
    for calls in _batches(path):
        receive_events(orjson.dumps({"batch": calls}), source=code)
        count += len(calls)
    return count


def _sender() -> Source:
    name = _("Coupon system")
    known = Source.objects.filter(name=name).first()
    return known or make_source(None, name, Source.Kind.SEGMENT)[0]


def _batches(path: Path) -> Iterator[list[dict[str, Any]]]:
    for batch in pq.ParquetFile(path).iter_batches(CALLS_AT_ONCE):
        yield [_call(row) for row in batch.to_pylist()]


def _call(row: dict[str, Any]) -> dict[str, Any]:
    told = {"coupon": row["coupon"], "campaign": row["campaign"], "store": row["store_id"]}
    return {
        "type": "track",
        "event": row["event"],
        "messageId": row["message_id"],
        "userId": row["member_id"],
        "originalTimestamp": row["occurred_at"],
        "properties": {name: value for name, value in told.items() if value is not None},
    }
