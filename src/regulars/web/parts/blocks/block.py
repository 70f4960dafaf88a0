"""What a block is."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise

from regulars.ground.accounts.access import Capability, Scope
from regulars.ground.accounts.models import User


class Device(StrEnum):
    DESK = "desk"
    PHONE = "phone"


@dataclass(frozen=True)
class Looking:
    """Who looks at a home page, and on what."""

    request: HttpRequest
    user: User
    scope: Scope
    device: Device


def _everyone(_scope: Scope) -> bool:
    return True


@dataclass(frozen=True)
class Block:
    """A part of a home page. `fill` gives what its template needs; an empty answer leaves the block
    out. What asks the warehouse `is_later`: fetched once the page stands. `is_half` may stand
    beside another one at the desk. `scripts` are what its templates need."""

    code: str
    label: Promise
    needs: Capability
    fill: Callable[[Looking], dict[str, Any]]
    devices: tuple[Device, ...] = (Device.DESK, Device.PHONE)
    is_for: Callable[[Scope], bool] = _everyone
    is_later: bool = False
    is_half: bool = False
    scripts: tuple[str, ...] = ()

    def is_open_to(self, scope: Scope) -> bool:
        return scope.may(self.needs) and self.is_for(scope)

    def template(self, device: Device) -> str:
        return f"parts/blocks/{device}/{self.code}.html"
