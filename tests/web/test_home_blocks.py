"""Home pages: each role's blocks in their order, arranged by hand, and refused to others."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.template.loader import get_template
from django.test import Client

from regulars.ground.accounts.access import CAPABILITIES, Capability, Scope
from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.ground.org import service as org
from regulars.ground.warehouse import service as warehouse
from regulars.ground.warehouse.errors import WarehouseAway
from regulars.understand.actions.models import Action, Alert, AlertHit
from regulars.understand.diagnosis.models import Finding
from regulars.web.parts.blocks.block import Device
from regulars.web.parts.blocks.order import USUAL
from regulars.web.parts.blocks.registry import BLOCKS, BY_CODE

Role = User.Role
SignIn = Callable[..., Client]
TODAY = date(2020, 2, 28)
HOMES = {"/": Device.DESK, "/m/": Device.PHONE}
BOUNDS: dict[str, dict[str, Any]] = {
    Role.REGION_HEAD: {"node": "R1"},
    Role.STORE_MANAGER: {"node": "S1"},
    Role.CONSULTANT: {"node": "S1"},
    Role.CATEGORY_MANAGER: {"category_codes": ["Baby"]},
    Role.BRAND_PARTNER: {"brand_codes": ["A"]},
}
pytestmark = pytest.mark.usefixtures("chain_of_two")


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


def blocks_of(client: Client, address: str) -> list[str]:
    return re.findall(r'id="block-(\w+)"', client.get(address).content.decode())


def tap(client: Client, move: str, block: str = "", address: str = "/arrange/") -> Any:
    return client.post(address, {"move": move, "block": block})


def find(node: str, cents: int, **facts: Any) -> Finding:
    told = {"is_raised": facts.pop("is_raised", True)}
    return Finding.objects.create(
        made_on=TODAY,
        node=org.get_node(node),
        first_on=TODAY.replace(day=1),
        last_on=TODAY,
        gap_cents=-999_999_00,
        contribution_cents=cents,
        score=4.0,
        rank=Finding.objects.count() + 1,
        told=told,
        **{"part": "active_old", "factor": "buyers", "against": "previous"} | facts,
    )


def to_do(node: str, what: str, days: int, **facts: Any) -> Action:
    return Action.objects.create(
        node=org.get_node(node),
        what=what,
        due_on=TODAY + timedelta(days=days),
        made_on=TODAY,
        **facts,
    )


def test_every_role_opens_on_its_usual_blocks_on_both_devices(sign_in: SignIn) -> None:
    for role in Role.values:
        client = sign_in(role, **BOUNDS.get(role, {}))
        for address, device in HOMES.items():
            usual = [code for code in USUAL[role] if device in BY_CODE[code].devices]
            assert blocks_of(client, address) == usual, (role, address)


def test_every_block_opens_for_its_roles_filled_and_is_refused_to_all_others(
    sign_in: SignIn,
) -> None:
    for role in Role.values:
        client = sign_in(role, **BOUNDS.get(role, {}))
        user = User.objects.get(role=role)
        scope = Scope(
            user.pk, role, CAPABILITIES[role], user.node_id, tuple(user.category_codes),
            tuple(user.brand_codes),
        )  # fmt: skip
        for block in BLOCKS:
            for device, base in ((Device.DESK, "/blocks/"), (Device.PHONE, "/m/blocks/")):
                answer = client.get(f"{base}{block.code}/")
                if device not in block.devices:
                    assert answer.status_code == 404, (role, block.code)
                elif not block.is_open_to(scope):
                    assert answer.status_code == 403, (role, block.code)
                else:
                    assert answer.status_code == 200, (role, block.code)
                    assert "Being counted" not in answer.content.decode(), (role, block.code)
    assert client.get("/blocks/nothing/").status_code == 404


def test_every_block_has_a_template_for_each_of_its_devices() -> None:
    for block in BLOCKS:
        for device in block.devices:
            assert get_template(block.template(device))


def test_what_asks_the_warehouse_is_fetched_later_and_the_page_stands_without_it(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise WarehouseAway("away")

    client = sign_in(Role.REGION_HEAD, node="R1")
    monkeypatch.setattr(warehouse, "_backend", away)
    for address in HOMES:
        page = client.get(address)
        assert page.status_code == 200
        assert 'hx-trigger="load"' in page.content.decode()
    block = client.get("/blocks/month/")
    assert block.status_code == 200
    assert "looks again by itself" in block.content.decode()
    assert 'hx-trigger="load delay:5s"' in block.content.decode()


def test_without_scripts_all_blocks_stand_at_once(sign_in: SignIn) -> None:
    page = sign_in(Role.OPERATIONS).get("/", {"at_once": "1"}).content.decode()
    assert "Being counted" not in page
    assert "What sales are made of" in page


def test_blocks_are_moved_hidden_and_shown_and_as_usual_takes_all_of_it_back(
    sign_in: SignIn,
) -> None:
    client = sign_in(Role.STORE_MANAGER, node="S1")
    usual = blocks_of(client, "/")
    assert usual[:3] == ["live", "briefing", "huddle"]
    tap(client, "up", "huddle")
    assert blocks_of(client, "/")[:3] == ["live", "huddle", "briefing"]
    tap(client, "down", "live", "/m/arrange/")
    assert blocks_of(client, "/m/")[:4] == ["leads", "huddle", "live", "briefing"]
    tap(client, "hide", "live")
    assert "live" not in blocks_of(client, "/")
    tap(client, "show", "ledger")
    assert blocks_of(client, "/")[-1] == "ledger"
    tap(client, "as_usual")
    assert blocks_of(client, "/") == usual


def test_one_persons_order_is_nobody_elses(sign_in: SignIn) -> None:
    first, second = sign_in(Role.OPERATIONS), sign_in(Role.OPERATIONS)
    tap(first, "hide", "live")
    assert "live" in blocks_of(second, "/")


def test_a_step_past_what_the_phone_does_not_show_is_one_step_there(sign_in: SignIn) -> None:
    client = sign_in(Role.OPERATIONS)
    seen = blocks_of(client, "/m/")
    assert seen.index("targets") == seen.index("month") + 1
    tap(client, "up", "targets", "/m/arrange/")  # at the desk the trend stands between them
    after = blocks_of(client, "/m/")
    assert after.index("targets") == after.index("month") - 1


def test_all_hidden_the_page_says_where_to_get_them_back(sign_in: SignIn) -> None:
    client = sign_in(Role.BRAND_PARTNER, brand_codes=["A"])
    for code in USUAL[Role.BRAND_PARTNER]:
        tap(client, "hide", code)
    page = client.get("/").content.decode()
    assert "Every block is hidden." in page
    assert 'href="/arrange/"' in page


def test_the_tapped_button_is_at_hand_again_and_its_neighbour_at_the_end(sign_in: SignIn) -> None:
    client = sign_in(Role.STORE_MANAGER, node="S1")
    page = client.post("/arrange/", {"move": "up", "block": "huddle"}, follow=True)
    assert at_hand(page.content.decode()) == "Up: Morning huddle"
    page = client.post("/arrange/", {"move": "up", "block": "huddle"}, follow=True)
    assert at_hand(page.content.decode()) == "Down: Morning huddle"


def at_hand(page: str) -> str:
    (label,) = re.findall(r'<button[^>]* autofocus\s+aria-label="([^"]+)"', page)
    return label


@pytest.mark.parametrize(
    "wish", [{"move": "sideways"}, {"move": "up", "block": "roof"}, {}], ids=str
)
def test_a_move_that_is_none_is_refused(sign_in: SignIn, wish: dict[str, str]) -> None:
    client = sign_in(Role.OPERATIONS)
    assert client.post("/arrange/", wish).status_code == 400
    assert User.objects.get().home_blocks == []


def test_a_block_of_other_roles_cannot_be_shown_by_hand(sign_in: SignIn) -> None:
    client = sign_in(Role.CONSULTANT, node="S1")
    tap(client, "show", "usage")
    assert "usage" not in blocks_of(client, "/")
    assert "Who acts" not in client.get("/arrange/").content.decode()


def test_a_finding_is_a_sentence_of_the_own_place_and_is_given_out_from_there(
    sign_in: SignIn,
) -> None:
    mine, other = find("S1", -1_234_500), find("S2", -9_000_000)
    manager = sign_in(Role.STORE_MANAGER, node="S1")
    for address, to in (("/", f"/actions/new/?finding={mine.pk}"), ("/m/", f"#finding-{mine.pk}")):
        page = manager.get(address).content.decode()
        assert "Oak Street is 999,999 below the period before; " in page
        assert "(12,345) is active old members not coming back" in page
        assert to in page
        assert f"finding={other.pk}" not in page
        assert f"finding-{other.pk}" not in page
    consultant = sign_in(Role.CONSULTANT, node="S1")
    tap(consultant, "show", "findings")
    page = consultant.get("/m/").content.decode()
    assert "(12,345)" in page
    assert "?finding=" not in page


def test_each_cause_stands_once_and_neither_the_usual_nor_the_weather_is_given_to_anyone(
    sign_in: SignIn,
) -> None:
    find("HQ", -5_000_000, part="total", factor="")
    find("S2", -80_00, is_raised=False)
    find("S1", -100_00)
    find("S1", -90_00, against="year")
    page = sign_in(Role.CHAIRMAN).get("/blocks/findings/").content.decode()
    assert page.count("not coming back") == 1
    assert "100 are lost by" in page
    assert page.count("?finding=") == 1


def test_a_category_manager_sees_the_causes_in_the_own_goods_alone(sign_in: SignIn) -> None:
    from regulars.know.catalog.models import Category

    find("S1", -100_00, category=Category.objects.get(code="Baby > Milk"))
    find("S1", -200_00, category=Category.objects.get(code="Fresh"))
    find("S1", -300_00)
    page = sign_in(Role.CATEGORY_MANAGER, category_codes=["Baby"]).get("/").content.decode()
    assert re.findall(r"(\d+) are lost", page) == ["100"]


def test_what_is_mine_stands_before_what_is_late_and_due_at_my_places(sign_in: SignIn) -> None:
    client = sign_in(Role.REGION_HEAD, node="R1")
    to_do("S1", "Call them", -2)
    to_do("R1", "Mine, next week", 6, who=User.objects.get())
    to_do("S1", "Later, by others", 6)
    to_do("S2", "In the West", -9)
    for address in HOMES:
        page = client.get(address).content.decode()
        assert page.index("Mine, next week") < page.index("Call them")
        assert "2 days late" in page
        assert "1 late" in page
        assert "Later, by others" not in page
        assert "In the West" not in page


def test_an_alert_is_one_notice_however_many_places_it_tells_of(sign_in: SignIn) -> None:
    chain = org.get_node("HQ")
    alert = Alert.objects.create(name="Sales fell", node=chain, formula="net_sales", threshold="0")
    facts = {"alert": alert, "value": 0.0, "tickets": 40, "raised_at": clock.now()}
    for code in ("S1", "S2"):
        AlertHit.objects.create(node=org.get_node(code), **facts)
    assert sign_in(Role.OPERATIONS).get("/").content.decode().count("Sales fell") == 1
    east = sign_in(Role.REGION_HEAD, node="R1").get("/").content.decode()
    assert "Oak Street" in east
    assert "Mill Lane" not in east


def test_empty_blocks_say_what_to_do_next(sign_in: SignIn) -> None:
    page = sign_in(Role.OPERATIONS).get("/").content.decode()
    for told, to in (
        ("No cause that costs money is unanswered.", "/why/"),
        ("Nothing is late, and nothing is due by tomorrow.", "/actions/new/"),
        ("Nothing is past a threshold.", "/actions/alerts/new/"),
    ):
        assert re.search(rf'{re.escape(told)}\s*<a href="{to}"', page), told


def test_the_chairman_reads_the_whole_chain_gives_out_and_changes_nothing(sign_in: SignIn) -> None:
    client = sign_in(Role.CHAIRMAN)
    for address in (
        "/", "/m/", "/metrics/", "/why/", "/targets/", "/actions/", "/actions/ledger/",
        "/actions/usage/", "/actions/new/", "/stores/benchmark/", "/org/", "/catalog/",
    ):  # fmt: skip
        assert client.get(address).status_code == 200, address
    for address in ("/members/", "/segments/", "/users/", "/imports/", "/m/members/", "/audit/"):
        assert client.get(address).status_code == 403, address
    assert client.post("/stores/S1/costs/", {}).status_code == 403
    assert CAPABILITIES[Role.CHAIRMAN].isdisjoint(
        {
            Capability.SEE_MEMBERS, Capability.EDIT_MEMBERS, Capability.EDIT_ORG,
            Capability.EDIT_CATALOG, Capability.KEEP_COSTS, Capability.SET_TARGETS,
        }
    )  # fmt: skip


def test_a_narrow_screen_is_offered_the_phones_page(sign_in: SignIn) -> None:
    page = sign_in(Role.REGION_HEAD, node="R1").get("/").content.decode()
    assert re.search(r'class="[^"]*d-md-none[^"]*">.*?href="/m/"', page, re.S)
