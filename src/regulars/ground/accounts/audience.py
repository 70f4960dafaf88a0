"""Who is to be told of something: everyone who may see it, where each stands, in one question."""

from datetime import date

import pyarrow as pa
from django.conf import settings

from regulars.ground.accounts.access import (
    BOUND_BY_BRAND,
    BOUND_BY_CATEGORY,
    BOUND_BY_PLACE,
    CAPABILITIES,
    WORKS_IN_A_STORE,
    Capability,
)
from regulars.ground.kit import clock
from regulars.ground.kit.arrow_postgres import arrow_from_query
from regulars.ground.kit.sql import named

AUDIENCE = pa.schema([("user_id", pa.int64()), ("node_id", pa.int64()), ("language", pa.string())])


def get_audience(capability: Capability, on: date | None = None) -> pa.Table:
    """As `AUDIENCE` has it, a row for everyone active whose role holds `capability` and who sees
    all goods of a place on a day (today): that place, head office for the whole chain, and the
    language to speak to each in."""
    by_goods = BOUND_BY_CATEGORY | BOUND_BY_BRAND
    roles = [role for role, able in CAPABILITIES.items() if capability in able]
    parameters = {
        "day": on or clock.today(),
        "roles": [str(role) for role in roles if role not in by_goods],
        "in_stores": [str(role) for role in WORKS_IN_A_STORE],
        "need_a_place": [str(role) for role in BOUND_BY_PLACE],
        "language": settings.LANGUAGE_CODE,
    }
    return arrow_from_query(named(__package__, "audience"), parameters, AUDIENCE)
