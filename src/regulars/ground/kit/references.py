"""References between tables that are filled a set at a time."""

from typing import Any

from django.db import models


def looked_up(
    to: type[models.Model] | str, on_delete: Any = models.PROTECT, **options: Any
) -> models.ForeignKey[Any, Any]:
    """A reference that upserts resolve by a join: Postgres need not check again, one row at a time,
    what a statement over millions has just looked up."""
    return models.ForeignKey(to, on_delete, db_constraint=False, **options)
