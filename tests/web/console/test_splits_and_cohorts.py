"""A part's slices beside the tree, and the page of join cohorts."""

import io
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from regulars.ground.accounts.models import User

Role = User.Role
SignIn = Callable[..., Client]
FEBRUARY = {"from": "2020-02-01", "to": "2020-02-29"}
BY_SCRIPT = {"HX-Request": "true"}

pytestmark = pytest.mark.usefixtures("chain_of_two")


def test_an_opened_part_fetches_its_split_and_others_do_not(sign_in: SignIn) -> None:
    hq = sign_in(Role.OPERATIONS)
    for part, is_split in (("new", True), ("active_old", True), ("dormant_old", False)):
        page = hq.get(reverse("metrics"), {"open": part, **FEBRUARY}).content.decode()
        assert (reverse("split") in page) == is_split, part


def test_the_tree_leads_to_the_cohorts(sign_in: SignIn) -> None:
    page = sign_in(Role.OPERATIONS).get(reverse("metrics"), FEBRUARY).content.decode()
    assert page.count(f'href="{reverse("cohorts")}?') == 1


def test_the_split_is_a_piece_for_a_script_and_a_page_without_one(sign_in: SignIn) -> None:
    hq = sign_in(Role.OPERATIONS)
    asked = {"part": "active_old", **FEBRUARY}
    piece = hq.get(reverse("split"), asked, headers=BY_SCRIPT).content.decode()
    page = hq.get(reverse("split"), asked).content.decode()
    assert "<html" not in piece
    assert "<html" in page
    for told in (piece, page):
        assert "infant, 1–6 months" in told
        assert "¥300.00" in told


def test_the_split_of_the_new_leads_on_to_the_cohorts_of_the_same_place(sign_in: SignIn) -> None:
    hq = sign_in(Role.OPERATIONS)
    asked = {"part": "new", "org": "S2", "channel": "store", **FEBRUARY}
    piece = hq.get(reverse("split"), asked, headers=BY_SCRIPT).content.decode()
    assert f"{reverse('cohorts')}?org=S2&amp;from=2020-02-01&amp;to=2020-02-29" in piece


def test_a_split_within_goods_says_that_there_is_none(sign_in: SignIn) -> None:
    manager = sign_in(Role.CATEGORY_MANAGER, category_codes=["Baby"])
    piece = manager.get(reverse("split"), {"part": "new"}, headers=BY_SCRIPT).content.decode()
    assert "not defined within goods" in piece


def test_a_place_outside_the_scope_is_refused(sign_in: SignIn) -> None:
    manager = sign_in(Role.STORE_MANAGER, node="S1")
    for name in ("split", "cohorts"):
        assert manager.get(reverse(name), {"part": "new", "org": "S2"}).status_code == 403


def test_cohorts_show_what_a_month_s_members_came_to_and_why_a_value_is_missing(
    sign_in: SignIn,
) -> None:
    hq = sign_in(Role.OPERATIONS)
    page = hq.get(reverse("cohorts"), FEBRUARY).content.decode()
    assert "2020-02" in page
    assert "¥70.00" in page
    assert "that month is not over yet" in page
    assert "joined before the first sale on record" in page
    margin = hq.get(reverse("cohorts"), {"measure": "margin", **FEBRUARY}).content.decode()
    assert "not every line&#x27;s cost is recorded" in margin
    march = hq.get(reverse("cohorts"), {"to": "2020-03-31"}).content.decode()
    assert 'data-chart="cohorts-option"' in march


def test_cohorts_are_exported_as_they_stand(sign_in: SignIn) -> None:
    hq = sign_in(Role.OPERATIONS)
    asked = {"measure": "bought", "export": "xlsx", "sort": "month", **FEBRUARY}
    answer = hq.get(reverse("cohorts"), asked)
    assert answer["Content-Disposition"] == 'attachment; filename="cohorts-bought-2020-02-29.xlsx"'
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)
    headings, earlier, february = sheet.to_python()[:3]
    assert headings[:5] == ["Joined in", "Members", "To date", "M0", "M1"]
    assert (earlier[0], earlier[2]) == ("2019-01", "")
    assert february[:5] == ["2020-02", 1, 1, 1, ""]
    store = sign_in(Role.STORE_MANAGER, node="S1").get(reverse("cohorts"), {"export": "xlsx"})
    assert store.status_code == 403


def test_cohorts_say_what_to_do_where_there_are_none(sign_in: SignIn) -> None:
    partner = sign_in(Role.BRAND_PARTNER, brand_codes=["A"])
    within = partner.get(reverse("cohorts"), FEBRUARY).content.decode()
    assert "No cohorts within goods or a channel" in within
    assert 'id="table"' not in within
    before = {"from": "2018-01-01", "to": "2018-01-31"}
    hq = sign_in(Role.OPERATIONS)
    assert "Nobody had joined here by then" in hq.get(reverse("cohorts"), before).content.decode()
