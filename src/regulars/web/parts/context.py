"""What every template knows."""

from typing import Any

from django.http import HttpRequest

from regulars.ground.kit import clock
from regulars.ground.kit.deployment import chain


def page(request: HttpRequest) -> dict[str, Any]:
    return {"chain": chain(), "today": clock.today()}
