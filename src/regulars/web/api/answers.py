"""What each operation says it may answer."""

from typing import Any

from regulars.web.api.schemas import Refusal

REFUSALS = frozenset({400, 401, 403, 404, 422, 503, 504})


def answers(shape: Any) -> dict[Any, Any]:
    """200 with `shape`, or a refusal in the one shape they all have."""
    return {200: shape, REFUSALS: Refusal}
