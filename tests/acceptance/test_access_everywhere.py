"""Every address with every role: open to exactly those whose role holds what it asks for."""

import inspect
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from ninja.operation import PathView

from regulars.ground.accounts import service as accounts
from regulars.ground.accounts.access import CAPABILITIES, Capability
from regulars.ground.accounts.models import User
from regulars.ground.org.models import Node
from regulars.ground.org.service import ensure_head_office, place_node
from regulars.ground.warehouse.engine import Engine

PASSWORD = "熟客-of-the-house-7"
Role = User.Role
ANONYMOUS = "anonymous"
SOMETHING = {"int": "0", "uuid": str(uuid.UUID(int=0))}
PUBLIC = {
    "account_login", "account_logout", "set_language", "healthz", "readyz",
    "openapi-json", "openapi-view", "api-root", "tracker", "rate", "phone_worker",
    "phone_manifest", "wecom_enter", "wecom_back", "wecom_callback",
    "assessment_begin", "assessment_question", "assessment_result", "assessment_phone",
}  # fmt: skip


@dataclass(frozen=True)
class Door:
    """One address and method, and what it declares: a capability, None for everyone."""

    name: str
    address: str
    method: str
    capability: Capability | None
    is_api: bool

    def __str__(self) -> str:
        return f"{self.method} {self.address} ({self.name})"

    def admits(self, role: str) -> bool:
        able = CAPABILITIES.get(role, frozenset())
        if self.capability is None:
            return True
        return self.capability in able and (not self.is_api or Capability.USE_API in able)


def walk(patterns: list[Any], prefix: str = "/") -> Iterator[tuple[str, URLPattern]]:
    """Every route below a resolver with an address that it matches."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, prefix + filled(pattern))
        else:
            yield prefix + filled(pattern), pattern


def filled(pattern: URLPattern | URLResolver) -> str:
    route = str(pattern.pattern)
    for name, converter in pattern.pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower()
        value = SOMETHING.get(kind, "nothing")
        route = route.replace(f"<{kind}:{name}>", value).replace(f"<{name}>", value)
    return route


def operations(view: Callable[..., Any]) -> list[Any]:
    """The operations of a view of the API; none for a page."""
    while view is not None:
        owner = (
            inspect.getclosurevars(view).nonlocals.get("self") if inspect.isfunction(view) else None
        )
        if isinstance(owner, PathView):
            return list(owner.operations)
        view = getattr(view, "__wrapped__", None)
    return []


def doors() -> list[Door]:
    found = []
    for address, pattern in walk(get_resolver().url_patterns):
        name = pattern.name or address
        if of_api := operations(pattern.callback):
            found += [
                Door(name, address, method, operation.auth_callbacks[0].capability, True)
                for operation in of_api
                for method in operation.methods
            ]
        elif hasattr(pattern.callback, "capability"):
            capability = pattern.callback.capability
            found += [Door(name, address, method, capability, False) for method in ("GET", "POST")]
    return found


@pytest.fixture
def someone(warehouse: Engine) -> Callable[[str], User | None]:
    """Makes a user of a role, bounded as the role asks for; nobody for the anonymous."""
    region = Node.objects.create(code="R", name="Region", kind="region")
    store = Node.objects.create(code="S", name="Store", kind="store")
    place_node(region, ensure_head_office())
    place_node(store, region)
    bounds: dict[str, dict[str, Any]] = {
        Role.REGION_HEAD: {"node": region},
        Role.STORE_MANAGER: {"node": store},
        Role.CONSULTANT: {"node": store},
        Role.CATEGORY_MANAGER: {"category_codes": ["Baby"]},
        Role.BRAND_PARTNER: {"brand_codes": ["A"]},
    }

    def make(role: str) -> User | None:
        if role == ANONYMOUS:
            return None
        return accounts.create_user(None, role, PASSWORD, role, **bounds.get(role, {}))

    return make


def knock(client: Client, door: Door) -> int:
    answer = client.generic(door.method, door.address, content_type="application/json")
    is_sent_to_sign_in = answer.headers.get("Location", "").startswith("/accounts/login/")
    return 401 if is_sent_to_sign_in else answer.status_code


def test_every_view_says_who_may_see_it() -> None:
    silent = [
        f"{address} ({pattern.name})"
        for address, pattern in walk(get_resolver().url_patterns)
        if not operations(pattern.callback) and not hasattr(pattern.callback, "capability")
    ]
    assert silent == []


def test_what_is_open_to_everyone_is_listed_here() -> None:
    assert {door.name for door in doors() if door.capability is None} <= PUBLIC


def test_every_operation_of_the_api_asks_for_more_than_a_token() -> None:
    plain = [str(d) for d in doors() if d.is_api and d.capability in (None, Capability.USE_API)]
    assert plain == []


@pytest.mark.parametrize("role", [*Role.values, ANONYMOUS])
def test_a_role_enters_where_it_may_and_is_refused_everywhere_else(
    someone: Callable[[str], User | None], role: str
) -> None:
    client, user = Client(raise_request_exception=False), someone(role)
    if user is not None:
        client.force_login(user)
    refused = 401 if user is None else 403
    closed = defaultdict(list)
    wrong = []
    for door in doors():
        if not door.admits(role):
            closed[door.address].append(knock(client, door))
        elif door.method == "GET":  # anything else would act: the rooms' own tests do that
            status = knock(client, door)
            if status == 500 or (door.capability and status in (401, 403)):
                wrong.append(f"{door} should open: {status}")
    for address, statuses in closed.items():
        # A method that a page does not know is refused as such, which tells nothing.
        if refused not in statuses or not set(statuses) <= {refused, 405}:
            wrong.append(f"{address} should be closed: {statuses}")
    assert wrong == []
