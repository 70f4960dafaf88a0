"""What each role may do, and how far it reaches."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import translation

from regulars.ground.accounts.access import (
    CAPABILITIES,
    Capability,
    Role,
    Scope,
    check,
    may_see_brand,
    may_see_category,
    may_see_node,
    scope_of,
)
from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotAllowed
from regulars.ground.org.models import Node, Placement, Position, Staff

pytestmark = pytest.mark.django_db
LONG_AGO = date(2000, 1, 1)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def chain() -> dict[str, Node]:
    """HQ → east → {e1, e2}; HQ → west → {w1}; w1 hung under east until today."""
    kinds = {"hq": "head_office", "east": "region", "west": "region"}
    nodes = {
        code: Node.objects.create(code=code, name=code, kind=kinds.get(code, "store"))
        for code in ("hq", "east", "west", "e1", "e2", "w1")
    }
    hangs = [("east", "hq"), ("west", "hq"), ("e1", "east"), ("e2", "east")]
    for child, parent in hangs:
        Placement.objects.create(node=nodes[child], parent=nodes[parent], valid_from=LONG_AGO)
    today = clock.today()
    Placement.objects.create(
        node=nodes["w1"], parent=nodes["east"], valid_from=LONG_AGO, valid_to=today
    )
    Placement.objects.create(node=nodes["w1"], parent=nodes["west"], valid_from=today)
    return nodes


def bounded(node: Node | None = None, **bounds: tuple[str, ...]) -> Scope:
    return Scope(1, Role.REGION_HEAD, frozenset(), node.pk if node else None, **bounds)


def test_every_role_has_its_capabilities_and_only_administrators_manage_users() -> None:
    assert set(CAPABILITIES) == set(Role.values)
    managers = {role for role, able in CAPABILITIES.items() if Capability.MANAGE_USERS in able}
    assert managers == {Role.ADMINISTRATOR}


def test_roles_that_see_no_member_pages_cannot_reveal_phones_either() -> None:
    for able in CAPABILITIES.values():
        assert Capability.SEE_MEMBERS in able or Capability.REVEAL_PHONE not in able


def test_a_region_head_sees_what_hangs_below_her_today(chain: dict[str, Node]) -> None:
    scope = bounded(chain["east"])
    seen = {code for code, node in chain.items() if may_see_node(scope, node.pk)}
    assert seen == {"east", "e1", "e2"}


def test_without_a_bound_every_place_is_seen(chain: dict[str, Node]) -> None:
    assert all(may_see_node(bounded(), node.pk) for node in chain.values())


def test_a_store_s_people_see_their_store_alone(chain: dict[str, Node]) -> None:
    scope = bounded(chain["e1"])
    assert may_see_node(scope, chain["e1"].pk)
    assert not may_see_node(scope, chain["e2"].pk)
    assert not may_see_node(scope, chain["east"].pk)


def test_a_category_scope_holds_all_below_it_and_nothing_that_only_sounds_alike() -> None:
    scope = bounded(category_codes=("Baby > Milk",))
    assert may_see_category(scope, "Baby > Milk")
    assert may_see_category(scope, "Baby > Milk > Stage 1")
    assert not may_see_category(scope, "Baby > Milk powder")
    assert not may_see_category(scope, "Baby")
    assert not may_see_category(scope, None)
    assert may_see_category(bounded(), None)


def test_a_brand_scope_holds_its_brands_alone() -> None:
    scope = bounded(brand_codes=("A",))
    assert may_see_brand(scope, "A")
    assert not may_see_brand(scope, "B")
    assert not may_see_brand(scope, None)
    assert may_see_brand(bounded(), None)


def test_the_anonymous_and_the_deactivated_have_no_scope() -> None:
    for user in (AnonymousUser(), User(pk=1, role=Role.ADMINISTRATOR, is_active=False)):
        with pytest.raises(NotAllowed):
            scope_of(user)


@pytest.mark.parametrize(
    "role",
    [
        Role.REGION_HEAD, Role.STORE_MANAGER, Role.CONSULTANT, Role.CATEGORY_MANAGER,
        Role.BRAND_PARTNER,
    ],
)  # fmt: skip
def test_a_role_without_the_bound_it_needs_sees_nothing_rather_than_everything(
    role: str,
) -> None:
    with pytest.raises(NotAllowed, match="needs"):
        scope_of(User(pk=1, role=role))


def test_a_consultant_s_place_moves_with_her_position(chain: dict[str, Node]) -> None:
    today = clock.today()
    staff = Staff.objects.create(code="s", name="Lin")
    first = Position.objects.create(
        staff=staff, node=chain["e1"], kind="consultant", valid_from=LONG_AGO
    )
    user = User(pk=1, role=Role.CONSULTANT, staff=staff, node=chain["e1"])
    assert scope_of(user).node_id == chain["e1"].pk
    Position.objects.filter(pk=first.pk).update(valid_to=today)
    with pytest.raises(NotAllowed):
        scope_of(user)
    Position.objects.create(staff=staff, node=chain["e2"], kind="consultant", valid_from=today)
    assert scope_of(user).node_id == chain["e2"].pk


def test_who_works_in_two_stores_stands_in_the_one_of_her_account(
    chain: dict[str, Node],
) -> None:
    staff = Staff.objects.create(code="s", name="Lin")
    for code in ("e1", "e2"):
        Position.objects.create(
            staff=staff, node=chain[code], kind="store_manager", valid_from=LONG_AGO
        )
    user = User(pk=1, role=Role.STORE_MANAGER, staff=staff, node=chain["e1"])
    assert scope_of(user).node_id == chain["e1"].pk


def test_a_refusal_names_what_the_role_may_not_do() -> None:
    with pytest.raises(NotAllowed, match="manage users"):
        check(User(pk=1, role=Role.OPERATIONS), Capability.MANAGE_USERS)
