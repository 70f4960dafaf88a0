"""The tags of one owner as shop and desk see them: what matters, why, since when, by hand."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from tests.kept_chain import stand_on
from tests.know.tags.small_library import TODAY, bring_tags, counted, tag
from tests.web.conftest import bring_chain_of_two

from regulars.ground.accounts.models import User
from regulars.ground.warehouse.engine import Engine
from regulars.know.tags.models import ManualValue
from regulars.know.tags.service import Subject, compute_all, save_all
from regulars.know.tags.statistics import note_statistics

Role = User.Role
SignIn = Callable[..., Client]
MORE = {
    "feeding": tag("manual", type="text", choices=["breast", "formula"], values={
        "breast": {"zh": "纯母乳", "en": "Breast"}, "formula": {"zh": "奶粉", "en": "Formula"},
    }),
    "note": tag("manual", type="text"),
    "apples": counted("lines", "count", where='category under "Fresh"'),
    "product_units": counted("lines", "sum", field="units", subject="product"),
    "product_is_pushed": tag("manual", type="yes_no", subject="product"),
    "store_sales": counted("orders", "sum", field="net", subject="store"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _tagged(warehouse: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regulars.ground.kit.clock.today", lambda: TODAY)
    stand_on("chain of two, owners tagged", _bring_tagged, warehouse)


def _bring_tagged() -> None:
    bring_chain_of_two()
    bring_tags()
    save_all(None, MORE)
    note_statistics(Subject.MEMBER, compute_all(Subject.MEMBER, TODAY))
    for subject in (Subject.PRODUCT, Subject.STORE):
        compute_all(subject, TODAY)


def text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined, no-any-return]


def test_a_member_as_whoever_serves_her_sees_her(sign_in: SignIn) -> None:
    manager = sign_in(Role.STORE_MANAGER, node="S1")
    page = text(manager.get("/members/M1/"))
    assert "Known to staff" in page
    assert "/tags/of/member/M1/because/spend/" in page
    assert "/because/apples/" not in page  # none bought: a nought helps nobody
    assert text(manager.get("/tags/of/member/M1/")).count("/because/") > 10

    why = text(manager.get("/tags/of/member/M1/because/atv/"))
    assert "/tags/of/member/M1/because/spend_30d/" in why
    counted_rows = text(manager.get("/tags/of/member/M1/because/milk/"))
    assert re.findall(r"Oak Street</td><td class=\"amount\">([^<]+)<", counted_rows) == [
        "¥300.00", "¥100.00",
    ]  # fmt: skip
    assert "2020-01-31" in counted_rows
    assert "the last 30 days" in text(manager.get("/tags/of/member/M1/because/orders_30d/"))

    then = text(manager.get("/tags/of/member/M1/?on=2020-01-31"))
    changed, _cut, same = then.partition("The same on both days")
    assert "/because/spend/" in changed
    assert "/because/first_store/" in same
    assert "still to come" in text(manager.get("/tags/of/member/M1/?on=2020-03-02"))
    assert "begin on 2020-01-05" in text(manager.get("/tags/of/member/M1/?on=2019-12-31"))
    assert "is not a date" in text(manager.get("/tags/of/member/M1/?on=soon"))

    api = manager.get("/api/v1/members/M1/tags?on=2020-01-31").json()
    assert {each["code"]: each["value"] for each in api}["spend"] == 10_000
    refused = manager.get("/api/v1/members/M1/tags?on=2020-03-02")
    assert (refused.status_code, refused.json()["error"]["field"]) == (400, "on")


@pytest.mark.parametrize("where", ["/m/members/M1/", "/members/M1/"])
def test_a_consultant_sets_and_takes_back_with_one_thumb(sign_in: SignIn, where: str) -> None:
    consultant = sign_in(Role.CONSULTANT, node="S1")
    page = text(consultant.get(where))
    action = re.search(r'action="([^"]+/set/)"', page)
    assert action
    answer = consultant.post(action[1], {"code": "feeding", "value": "formula"})
    assert answer.headers["Location"] == f"{where}#by-hand"
    page = text(consultant.get(where))
    assert re.search(r'value="formula" aria-pressed="true">\s*Formula', page)
    slip = re.search(r'name="slip" value="(\d+)"', page)
    assert slip
    consultant.post(action[1], {"code": "feeding", "slip": slip[1]})
    assert 'aria-pressed="true"' not in text(consultant.get(where))
    assert [row.value for row in ManualValue.objects.order_by("id")] == ["formula", None]
    wrong = consultant.post(action[1], {"code": "feeding", "value": "beer"})
    assert (wrong.status_code, "none of what it may be" in text(wrong)) == (400, True)


def test_whoever_may_not_is_refused(sign_in: SignIn) -> None:
    value = {"code": "feeding", "value": "formula"}
    places = ("/tags/of/member/M1/set/", "/m/members/M1/set/")
    for role, bounds, status in (
        (Role.REGION_HEAD, {"node": "R1"}, 403),
        (Role.BRAND_PARTNER, {"brand_codes": ["A"]}, 403),
        (Role.CONSULTANT, {"node": "S2"}, 404),
    ):
        client = sign_in(role, **bounds)
        assert [client.post(place, value).status_code for place in places] == [status] * 2
    other = sign_in(Role.CONSULTANT, node="S2")
    assert other.get("/m/members/M1/").status_code == 404
    assert other.get("/tags/of/member/M1/").status_code == 404
    assert other.get("/tags/of/member/M1/because/spend/").status_code == 404
    assert other.get("/tags/of/store/S1/").status_code == 403
    assert "王芳" not in text(other.get("/m/members/"))
    partner = sign_in(Role.BRAND_PARTNER, brand_codes=["A"])
    assert partner.get("/m/members/").status_code == 403
    assert partner.get("/tags/of/product/P1/").status_code == 403
    assert "product_units" not in text(partner.get("/catalog/P1/"))
    assert other.get("/tags/of/nobody/M1/").status_code == 404
    assert not ManualValue.objects.exists()


def test_goods_show_theirs_to_whoever_looks_after_them(sign_in: SignIn) -> None:
    buyer = sign_in(Role.CATEGORY_MANAGER, category_codes=["Baby"])
    page = text(buyer.get("/catalog/P1/"))
    assert "/tags/of/product/P1/because/product_units/" in page
    assert "aria-pressed" not in page  # what is set by hand is to be read
    assert buyer.get("/tags/of/product/P2/").status_code == 403
    hq = sign_in(Role.OPERATIONS)
    pushed = {"code": "product_is_pushed", "value": "true"}
    assert hq.post("/tags/of/product/P1/set/", pushed).headers["Location"].startswith("/catalog/P1")
    assert 'value="true" aria-pressed="true"' in text(hq.get("/catalog/P1/"))


def test_what_is_said_of_everybody_is_for_the_whole_chain(sign_in: SignIn) -> None:
    head = sign_in(Role.REGION_HEAD, node="R1")
    assert "Have a value" not in text(head.get("/tags/"))
    page = text(head.get("/tags/member/spend/"))
    assert "For the whole chain only" in page
    assert "its scan took" not in page
    assert "distribution" not in page
    whole = sign_in(Role.OPERATIONS)
    assert "Have a value" in text(whole.get("/tags/"))
    assert "its scan took" in text(whole.get("/tags/member/spend/"))


def test_a_member_is_found_on_the_phone(sign_in: SignIn) -> None:
    manager = sign_in(Role.STORE_MANAGER, node="S1")
    assert "/m/members/M1/" in text(manager.get("/m/members/"))
    found = manager.get("/m/members/?q=13812345678")
    assert found.headers["Location"] == "/m/members/M1/"
    assert "Nobody found" in text(manager.get("/m/members/?q=nobody"))
    assert "138****5678" in text(manager.get("/m/members/M1/"))
