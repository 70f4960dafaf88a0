"""The events room for other rooms."""

from regulars.ground.kit.sql import named
from regulars.ground.warehouse.service import Statement

__all__ = ["schema"]


def schema() -> Statement:
    """This room's tables in the warehouse."""
    return Statement(named(__package__, "warehouse_schema"))
