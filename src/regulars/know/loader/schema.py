"""The tables of all rooms in the warehouse."""

from regulars.ground.kit.sql import named
from regulars.ground.warehouse.service import Statement, run
from regulars.know.collect import service as collect
from regulars.know.events import service as events
from regulars.know.identities import service as identities
from regulars.know.orders import service as orders
from regulars.know.segments import service as segments
from regulars.know.tags import service as tags


def make() -> None:
    """Make those that are not there."""
    run(
        collect.schema(),
        Statement(named("regulars.ground.org", "warehouse_schema")),
        Statement(named("regulars.know.catalog", "warehouse_schema")),
        Statement(named("regulars.know.members", "warehouse_schema")),
        *orders.schema(),
        *events.schema(),
        identities.schema(),
        *tags.schema(),
        segments.schema(),
    )
