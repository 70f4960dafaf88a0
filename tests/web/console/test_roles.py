from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from regulars.ground.accounts.access import CAPABILITIES, scope_of
from regulars.ground.accounts.models import User
from regulars.web.parts.navigation import SECTIONS, sections_for

Role = User.Role
BOUNDS: dict[str, dict[str, Any]] = {
    Role.REGION_HEAD: {"node": "R1"},
    Role.STORE_MANAGER: {"node": "S1"},
    Role.CONSULTANT: {"node": "S1"},
    Role.CATEGORY_MANAGER: {"category_codes": ["Baby"]},
    Role.BRAND_PARTNER: {"brand_codes": ["A"]},
}

pytestmark = pytest.mark.usefixtures("chain_of_two")
SignIn = Callable[..., Client]


def test_every_place_on_a_rail_opens_and_every_other_is_refused(sign_in: SignIn) -> None:
    for role in Role.values:
        client = sign_in(role, **BOUNDS.get(role, {}))
        scope = scope_of(User.objects.get(role=role))
        offered = {place.name for section in sections_for(scope) for place in section.places}
        for section in SECTIONS:
            for place in section.places:
                expected = 200 if place.name in offered else 403
                assert client.get(place.url).status_code == expected, (role, place.name)


def test_a_store_manager_is_refused_another_store(sign_in: SignIn) -> None:
    client = sign_in(Role.STORE_MANAGER, node="S1")
    own = client.get(reverse("metrics"), {"org": "S1", "from": "2020-02-01", "to": "2020-02-29"})
    other = client.get(reverse("metrics"), {"org": "S2"})
    assert own.status_code == 200
    assert other.status_code == 403
    assert "Mill Lane" in other.content.decode()
    assert client.get(reverse("org_node", args=["S2"])).status_code == 403
    assert client.get(reverse("member", args=["M2"])).status_code == 404


def test_a_brand_partner_sees_neither_members_nor_the_chains_assets(sign_in: SignIn) -> None:
    client = sign_in(Role.BRAND_PARTNER, brand_codes=["A"])
    home = client.get("/").content.decode()
    assert "Member assets" not in home
    assert client.get(reverse("product", args=["P2"])).status_code == 403
    assert client.get(reverse("product", args=["P1"])).status_code == 200


def test_roles_are_switched_on_demo_data_only(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in(Role.CONSULTANT, node="S1")
    boss = sign_in(Role.ADMINISTRATOR)
    User.objects.filter(role=Role.ADMINISTRATOR).update(username="admin")
    refused = client.post(reverse("switch_role"), {"username": "admin"})
    assert refused.status_code == 403
    assert boss.get(reverse("users")).status_code == 200

    demo = type("Chain", (), {"artificial": ("staff",)})
    monkeypatch.setattr("regulars.web.parts.demo_roles.chain", lambda: demo)
    assert client.post(reverse("switch_role"), {"username": "admin"}).status_code == 302
    assert client.get(reverse("users")).status_code == 200
    assert client.post(reverse("switch_role"), {"username": "nobody"}).status_code == 403
    on_the_phone = client.post(reverse("switch_role"), {"username": "admin", "is_phone": "1"})
    assert on_the_phone["Location"] == reverse("phone_home")
    for address in ("home", "phone_home"):
        assert 'value="admin" aria-current="true"' in client.get(reverse(address)).content.decode()


def test_every_role_has_a_first_page_at_the_desk_and_on_the_phone(sign_in: SignIn) -> None:
    for role in CAPABILITIES:
        client = sign_in(role, **BOUNDS.get(role, {}))
        assert client.get("/").status_code == 200, role
        assert client.get("/m/").status_code == 200, role
