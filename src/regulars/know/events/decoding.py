"""From bodies to events: which fields are read, and the statements that take a pass in."""

import json
from typing import Any

import pyarrow as pa

from regulars.ground.kit.deployment import chain
from regulars.ground.kit.sql import named, spoken_of
from regulars.ground.warehouse.service import Statement

WINDOW_DAYS = 7
"""An event that comes again within this many days of receipt is known; see `insert_keys.sql`."""

IS_OF_SENSORS = "SELECT EXISTS (FROM desk.arriving_bodies WHERE kind = 'sensors')"
HAS_FAULTS = """
    SELECT
        EXISTS (FROM desk.arriving_bodies WHERE fault IS NOT NULL OR NOT json_valid(body))
        OR EXISTS (FROM desk.arriving_events WHERE fault IS NOT NULL)
"""

BODIES = pa.schema(
    [
        ("batch_id", pa.string()),
        ("source", pa.string()),
        ("kind", pa.string()),
        ("received_at", pa.timestamp("us", tz="UTC")),
        ("what", pa.string()),
        ("body", pa.string()),
        ("fault", pa.string()),
    ]
)
PERSONS = pa.schema(
    [("event_no", pa.int64()), ("person_id", pa.int64()), ("identity_id", pa.int64())]
)

TEXT, JSON = "VARCHAR", "JSON"
CALL = {
    **dict.fromkeys(
        [
            "type", "event", "name", "userId", "anonymousId", "messageId", "timestamp",
            "originalTimestamp", "sentAt", "previousId", "groupId",
        ],
        TEXT,
    ),
    **dict.fromkeys(["properties", "traits", "context"], JSON),
}  # fmt: skip
SEGMENT_SHAPE = json.dumps({"batch": [CALL], "sentAt": TEXT, "context": JSON})
RECORD = {
    **dict.fromkeys(
        [
            "type", "event", "time", "distinct_id", "login_id", "anonymous_id", "original_id",
            "project", "time_free", "_track_id", "_flush_time", "item_type", "item_id",
        ],
        TEXT,
    ),
    **dict.fromkeys(["properties", "identities", "lib"], JSON),
}  # fmt: skip
SENSORS_SHAPE = json.dumps([RECORD])

# What autocapture tells, whoever sends it, by the names of the Sensors SDKs.
AUTO = (
    "$element_selector", "$element_path", "$element_content", "$element_position",
    "$share_distinct_id", "$share_depth", "store", "consultant",
)  # fmt: skip
SEGMENT_PROPERTIES = (
    "phone", "mobile", "email", "unionid", "openid", "external_userid",
    "url", "$url", "path", "$url_path", "title", "$title", *AUTO,
)  # fmt: skip
SEGMENT_CONTEXT = (
    "traits.phone", "traits.email", "traits.unionid", "traits.openid",
    "device.id", "page.url", "page.path", "page.title",
)  # fmt: skip
SENSORS_PROPERTIES = (
    "phone", "mobile", "email", "unionid", "openid", "$device_id",
    "$url", "$url_path", "$title", *AUTO,
)  # fmt: skip
SENSORS_IDENTITIES = (
    "$identity_cookie_id", "$identity_anonymous_id", "$identity_login_id", "$identity_mobile",
    "$identity_email", "$identity_mp_unionid", "$identity_mp_openid",
)  # fmt: skip


def schema() -> list[Statement]:
    """This room's tables and macros in the warehouse."""
    return [_statement("warehouse_schema"), _statement("warehouse_macros")]


def decode() -> list[Statement]:
    """Read the bodies of `desk.arriving_bodies` (`BODIES`) into `desk.arriving_events`; answers
    with `n`, how many events that are, good and bad."""
    segment = {
        "shape": SEGMENT_SHAPE,
        "property_paths": _paths(SEGMENT_PROPERTIES),
        "context_paths": _nested_paths(SEGMENT_CONTEXT),
    }
    sensors = {
        "shape": SENSORS_SHAPE,
        "property_paths": _paths(SENSORS_PROPERTIES),
        "identity_paths": _paths(SENSORS_IDENTITIES),
    }
    return [
        _statement("decode_segment", segment),
        _statement("decode_sensors", sensors, when=IS_OF_SENSORS),
        Statement("SELECT count(*) AS n FROM desk.arriving_events"),
    ]


def tell_apart() -> list[Statement]:
    """Which events are new; answers with who was seen: event_no (of a set of identities), kind,
    value, is_login, seen_at, source. Run apart from `decode`, after it: rows have their numbers for
    good only after a commit."""
    window = {"window_days": WINDOW_DAYS}
    return [_statement("mark_new", window), _statement("mark_sets"), _statement("sightings")]


def take_in() -> list[Statement]:
    """The pass goes in, with the persons of `desk.arriving_persons` (`PERSONS`)."""
    return [
        _statement("insert_events", {"cutoff_hours": chain().day_cutoff_hours}),
        _statement("insert_keys"),
        _statement("tell_members"),
        _statement("insert_rejects", when=HAS_FAULTS),
        _statement("seal_pass"),
    ]


def _paths(names: tuple[str, ...]) -> list[str]:
    return [f'$."{name}"' for name in names]


def _nested_paths(names: tuple[str, ...]) -> list[str]:
    return ["$." + ".".join(f'"{part}"' for part in name.split(".")) for name in names]


def _statement(name: str, parameters: dict[str, Any] | None = None, *, when: str = "") -> Statement:
    sql = named(__package__, name)
    return Statement(sql, spoken_of(sql, parameters or {}), when)
