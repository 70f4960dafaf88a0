"""What can go wrong between a question and its answer."""


class WarehouseError(Exception):
    """The warehouse could not do what was asked; the text is the engine's own."""


class WarehouseAway(WarehouseError):
    """It cannot be reached: it is starting, or being started again."""


class WarehouseTooSlow(WarehouseError):
    """The question took longer than one may."""
