from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from regulars.ground.accounts.models import User
from regulars.ground.audit.models import Entry
from regulars.ground.org.service import get_store, path_of
from regulars.ground.warehouse import service as warehouse
from regulars.ground.warehouse.service import WarehouseAway, WarehouseError, WarehouseTooSlow
from regulars.know.catalog.service import get_product
from regulars.know.collect.service import list_open_rejects, receive
from regulars.know.imports.models import Import
from regulars.know.imports.service import progress_of
from regulars.know.imports.uploads import read_upload
from regulars.know.loader.service import load_waiting
from regulars.web.console import members

Role = User.Role
FEBRUARY = {"from": "2020-02-01", "to": "2020-02-29"}

pytestmark = pytest.mark.usefixtures("chain_of_two")
SignIn = Callable[..., Client]


def text(client: Client, name: str, *arguments: str, **query: str) -> str:
    answer = client.get(reverse(name, args=arguments), query)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return answer.content.decode()


def test_the_tree_shows_the_sales_of_the_period_and_of_one_category(sign_in: SignIn) -> None:
    hq = sign_in(Role.OPERATIONS)
    assert "¥375.05" in text(hq, "metrics", **FEBRUARY)
    assert "¥5.05" in text(hq, "metrics", category="Fresh", **FEBRUARY)
    assert "¥70.00" in text(hq, "metrics", org="S2", category="Baby", **FEBRUARY)


def test_the_tree_opens_the_part_that_the_address_names(sign_in: SignIn) -> None:
    page = text(sign_in(Role.OPERATIONS), "metrics", open="non_member", **FEBRUARY)
    assert "Tickets without a member." in page


def test_the_comparison_can_be_with_any_other_dates(sign_in: SignIn) -> None:
    dates = {"compare": "dates", "compare_from": "2020-01-06", "compare_to": "2020-01-12"}
    page = text(sign_in(Role.OPERATIONS), "metrics", **FEBRUARY, **dates)
    assert "2020-01-06 – 2020-01-12" in page


def test_chain_substitution_prints_its_order(sign_in: SignIn) -> None:
    hq = sign_in(Role.OPERATIONS)
    chain = text(hq, "metrics", by="chain", open="non_member", **FEBRUARY)
    assert "Tickets → Goods per ticket → Units per good → Price per unit" in chain
    back = text(hq, "metrics", by="chain_reversed", open="non_member", **FEBRUARY)
    assert "Price per unit → Units per good → Goods per ticket → Tickets" in back
    assert " → " not in text(hq, "metrics", open="non_member", **FEBRUARY)


def test_the_key_figures_stand_beside_those_of_another_period(sign_in: SignIn) -> None:
    page = text(sign_in(Role.OPERATIONS), "kpis", **FEBRUARY)
    assert "¥375.05" in page
    assert "unknown: no source of visits is connected" in page
    assert "2020-01-01 – 2020-01-31" in page


def test_the_table_of_children_leads_down_and_keeps_the_period(sign_in: SignIn) -> None:
    page = text(sign_in(Role.OPERATIONS), "metrics", axis="category", **FEBRUARY)
    assert "?axis=category&amp;from=2020-02-01&amp;to=2020-02-29&amp;category=Baby" in page


def test_a_wrong_address_is_told_what_is_wrong_with_it(sign_in: SignIn) -> None:
    wrong = [
        ({"from": "2020-03-01", "to": "2020-02-01"}, "2020-02-01"),
        ({"from": "yesterday"}, "yesterday"),
        ({"org": "S9"}, "S9"),
        ({"category": "Nonsense"}, "Nonsense"),
        ({"by": "guessing"}, "guessing"),
        ({"compare": "dates", "compare_from": "soon", "compare_to": "later"}, "soon"),
    ]
    hq = sign_in(Role.OPERATIONS)
    for query, said in wrong:
        answer = hq.get(reverse("metrics"), query)
        assert answer.status_code in (400, 404)
        assert said in answer.content.decode()


def failing(error: Exception) -> Callable[..., None]:
    def backend() -> None:
        raise error

    return backend


def test_a_warehouse_that_is_away_is_said_and_looked_for_again(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, phone = sign_in(Role.OPERATIONS), sign_in(Role.STORE_MANAGER, node="S1")
    monkeypatch.setattr(warehouse, "_backend", failing(WarehouseAway("away")))
    for browser, address in ((desk, reverse("metrics")), (phone, reverse("huddle"))):
        answer = browser.get(address, FEBRUARY)
        assert (answer.status_code, answer["Retry-After"], answer["Refresh"]) == (503, "5", "5")
        page = answer.content.decode()
        assert "being started again" in page
        assert "looks again by itself" in page


def test_a_question_that_takes_too_long_is_told_how_to_ask_less(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    hq = sign_in(Role.OPERATIONS)
    monkeypatch.setattr(warehouse, "_backend", failing(WarehouseTooSlow("no answer within 120 s")))
    answer = hq.get(reverse("metrics"), FEBRUARY)
    assert answer.status_code == 504
    assert "a smaller part" in answer.content.decode()
    assert "Refresh" not in answer


def test_a_fault_in_the_sql_is_a_fault_and_logged_as_one(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    hq = sign_in(Role.OPERATIONS)
    hq.raise_request_exception = False
    monkeypatch.setattr(warehouse, "_backend", failing(WarehouseError("no_such_column")))
    assert hq.get(reverse("metrics"), FEBRUARY).status_code == 500
    assert "no_such_column" in caplog.text


def test_exports_are_for_those_who_may(sign_in: SignIn) -> None:
    query = {"axis": "org", "export": "xlsx", **FEBRUARY}
    exported = sign_in(Role.OPERATIONS).get(reverse("metrics"), query)
    assert exported["Content-Disposition"] == 'attachment; filename="org-2020-02-01.xlsx"'
    refused = sign_in(Role.CONSULTANT, node="S1").get(reverse("members"), {"export": "xlsx"})
    assert refused.status_code == 403


def test_a_search_that_finds_one_member_opens_her_page(sign_in: SignIn) -> None:
    answer = sign_in(Role.OPERATIONS).get(reverse("members"), {"q": "13812345678"})
    assert answer["Location"] == reverse("member", args=["M1"])


def test_the_member_page_shows_family_visits_and_a_masked_phone(sign_in: SignIn) -> None:
    page = text(sign_in(Role.OPERATIONS), "member", "M1")
    assert "138****5678" in page
    assert "13812345678" not in page
    assert "2019-08-10" in page
    assert "¥400.00" in page
    assert "Oak Street" in page


def test_each_look_at_a_phone_is_written_down(sign_in: SignIn) -> None:
    client = sign_in(Role.STORE_MANAGER, node="S1")
    shown = client.post(reverse("member_phone", args=["M1"]))
    assert "13812345678" in shown.content.decode()
    assert Entry.objects.get(action="member.phone_revealed").detail["code"] == "M1"
    consultant = sign_in(Role.CONSULTANT, node="S1")
    assert consultant.post(reverse("member_phone", args=["M1"])).status_code == 403


def test_a_store_moves_on_a_day_and_the_warehouse_is_told(sign_in: SignIn) -> None:
    hq = sign_in(Role.OPERATIONS)
    moved = hq.post(
        reverse("org_move", args=["S1"]), {"parent_code": "R2", "from_on": "2020-03-01"}
    )
    assert moved.status_code == 302
    store = get_store("S1").node
    assert [node.code for node in path_of(store, date(2020, 2, 29))][1] == "R1"
    assert [node.code for node in path_of(store, date(2020, 3, 1))][1] == "R2"
    load_waiting()
    assert "Oak Street" in text(
        hq, "metrics", org="R2", **{"from": "2020-02-01", "to": "2020-03-31"}
    )


def test_replenish_days_are_set_by_those_who_may_edit(sign_in: SignIn) -> None:
    page, days = reverse("product", args=["P1"]), {"replenish_days": "30"}
    assert sign_in(Role.CONSULTANT, node="S1").post(page, days).status_code == 403
    assert sign_in(Role.OPERATIONS).post(page, days).status_code == 302
    assert get_product("P1").replenish_days == 30


def test_an_administrator_makes_changes_and_shuts_out_a_user(sign_in: SignIn) -> None:
    admin = sign_in(Role.ADMINISTRATOR)
    new = {"username": "xiaoli", "password": "小李的一个很长的密码", "role": "store_manager"}
    refused = admin.post(reverse("user_new"), new)
    assert "needs a place" in refused.content.decode()
    assert admin.post(reverse("user_new"), {**new, "node_code": "S1"}).status_code == 302
    user = User.objects.get(username="xiaoli")
    token = admin.post(reverse("user_token", args=[user.pk])).content.decode()
    assert "rgl_" in token
    admin.post(reverse("user_deactivate", args=[user.pk]))
    assert not User.objects.get(pk=user.pk).is_active
    assert "user.deactivated" in text(admin, "audit")


def test_an_upload_with_a_bad_row_loads_the_rest_and_shows_the_reason(
    sign_in: SignIn, data_dir: Path, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    hq = sign_in(Role.OPERATIONS)
    content = b"member_id,joined_on,home_store_id\nM8,2020-02-02,S1\nM9,2020-02-02,S9\n"
    file = SimpleUploadedFile("members.csv", content)
    with django_capture_on_commit_callbacks():
        answer = hq.post(reverse("imports"), {"file": file, "kind": ""})
    import_ = Import.objects.get()
    assert answer["Location"] == reverse("import", args=[import_.pk])
    (path,) = data_dir.glob("uploads/*/members.csv")
    read_upload(import_.pk, path)
    load_waiting()
    assert progress_of(import_).rows_loaded == 1
    page = text(hq, "import", str(import_.pk))
    assert "There is no such store." in page
    rejects = hq.get(reverse("import_rejects", args=[import_.pk])).content.decode("utf-8-sig")
    assert "M9" in rejects
    assert "M8" not in rejects


def test_a_file_with_a_missing_column_is_refused_in_the_form(sign_in: SignIn) -> None:
    file = SimpleUploadedFile("members.csv", b"joined_on\n2020-02-02\n")
    page = sign_in(Role.OPERATIONS).post(reverse("imports"), {"file": file, "kind": "members"})
    assert page.status_code == 200
    assert "member_id" in page.content.decode()
    assert not Import.objects.exists()


def test_a_quarantined_record_is_mended_and_goes_in(sign_in: SignIn) -> None:
    hq = sign_in(Role.OPERATIONS)
    record = {"member_id": "M7", "joined_on": "2020-02-02", "home_store_id": "S9"}
    receive("members", source="test", body={"records": [record]})
    load_waiting()
    reject = list_open_rejects().get()
    assert "S9" in text(hq, "reject", str(reject.pk))
    mended = {name: value or "" for name, value in reject.record.items()} | {"home_store_id": "S1"}
    hq.post(reverse("reject_replay", args=[reject.pk]), mended)
    load_waiting()
    assert not list_open_rejects().exists()
    assert "Oak Street" in text(hq, "member", "M7")


def test_an_address_that_names_no_page_is_told_so(sign_in: SignIn) -> None:
    answer = sign_in(Role.OPERATIONS).get("/nowhere/")
    assert answer.status_code == 404
    assert "names no page" in answer.content.decode()


def test_records_that_waited_for_a_store_are_sent_in_again_together(sign_in: SignIn) -> None:
    records = [{"member_id": f"M{n}", "home_store_id": "S7"} for n in (7, 8)]
    receive("members", source="api", body={"records": records})
    load_waiting()
    hq = sign_in(Role.OPERATIONS)
    page = text(hq, "quarantine")
    assert "Send 2 records in again" in page
    assert "go in again as they came" in page
    receive("stores", source="api", body={"records": [{"store_id": "S7", "name": "New"}]})
    group = {"import": "", "kind": "members", "reason": "unknown_store"}
    answer = hq.post(reverse("quarantine_replay"), group, follow=True).content.decode()
    assert "2 records were sent in again" in answer
    load_waiting()
    assert not list_open_rejects().exists()
    assert "M8" in text(hq, "members")
    wrong = hq.post(reverse("quarantine_replay"), {**group, "reason": "missing"})
    assert wrong.status_code == 400


def test_more_members_than_are_listed_are_said_to_be_more(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    hq = sign_in(Role.OPERATIONS)
    monkeypatch.setattr(members, "MOST_ROWS", 2)
    whole = text(hq, "members")
    assert "2 found" in whole
    assert "sort=level" in whole
    monkeypatch.setattr(members, "MOST_ROWS", 1)
    cut = text(hq, "members")
    assert "More than 1 found" in cut
    assert "the first 1" in cut
    assert "sort=level" not in cut
    assert "sort=code" in cut
