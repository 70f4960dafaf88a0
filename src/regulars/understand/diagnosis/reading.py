"""A finding out of the table."""

from typing import Any

from regulars.understand.diagnosis import models
from regulars.understand.diagnosis.findings import Finding, lists_from


def finding_of(row: models.Finding) -> Finding:
    """A kept finding, as everybody reads it. `node` and `category` should be selected with it."""
    told: dict[str, Any] = row.told
    return Finding(
        node_code=row.node.code,
        node_name=row.node.name,
        category_code=row.category.code if row.category else None,
        category_name=row.category.name if row.category else "",
        channel=told.get("channel"),
        part=row.part,
        factor=row.factor,
        first_on=row.first_on,
        last_on=row.last_on,
        against=row.against,
        gap_cents=row.gap_cents,
        contribution_cents=row.contribution_cents,
        members_concerned=row.members_concerned,
        score=row.score,
        is_raised=told.get("is_raised", False),
        excess_cents=told.get("excess_cents", 0),
        asked_code=told.get("asked_code", row.node.code),
        asked_name=told.get("asked_name", row.node.name),
        pk=row.pk,
        **lists_from(told),
    )
