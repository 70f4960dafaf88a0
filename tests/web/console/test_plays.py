"""Plays at the desk and over the API: written with their size beside them, approved, stopped."""

import html
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.kept_chain import stand_on
from tests.know.tags.small_library import TODAY, bring_tags
from tests.web.conftest import bring_chain_of_two

from regulars.act.opportunities.models import Guard, Play
from regulars.act.tasks.models import Lead
from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.ground.org.models import Node, Position, Staff
from regulars.ground.warehouse.engine import Engine
from regulars.know.members.models import Member
from regulars.know.tags.service import Subject, compute_all
from regulars.understand.experiments import service as experiments

Role = User.Role
SignIn = Callable[..., Client]
FORM = {
    "name": "回来看看", "name_en": "Come back", "code": "come_back", "who": "spend > 50.00",
    "reason": "消费{spend}", "talk": "您好", "role": "consultant", "open_days": "7",
    "priority": "50", "outcome_kind": "purchase", "window_days": "14", "holdout": "10",
    "starts_on": "2020-03-01", "ends_on": "2020-03-07",
}  # fmt: skip


def _bring_tagged() -> None:
    bring_chain_of_two()
    bring_tags()
    compute_all(Subject.MEMBER, TODAY)


@pytest.fixture
def hq(warehouse: Engine, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    stand_on("chain of two, tagged", _bring_tagged, warehouse)
    return sign_in(Role.OPERATIONS)


@pytest.fixture
def running(hq: Client, sign_in: SignIn) -> Play:
    hq.post("/plays/new/", FORM)
    hq.post("/plays/come_back/submit/")
    sign_in(Role.OPERATIONS).post("/plays/come_back/approve/")
    play = Play.objects.get()
    assert play.state == Play.State.APPROVED
    return play


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_play_goes_from_the_editor_to_its_end(hq: Client, sign_in: SignIn) -> None:
    assert hq.post("/plays/new/", FORM)["Location"] == "/plays/come_back/"
    assert "Hand in for approval" in text(hq.get("/plays/come_back/"))
    hq.post("/plays/come_back/submit/")
    own = text(hq.post("/plays/come_back/approve/", follow=True))
    assert "Somebody else approves what you made." in own
    other = sign_in(Role.OPERATIONS)
    assert "Approved: it runs" in text(other.post("/plays/come_back/approve/", follow=True))
    listed = text(hq.get("/plays/"))
    assert "Come back" in listed and "running" in listed
    assert "Come back" in text(hq.get("/"))
    stopped = text(other.post("/plays/come_back/stop/", follow=True))
    assert "nobody is reached for it any more" in stopped
    assert "Come back" not in text(hq.get("/"))


def test_its_size_stands_beside_it_as_it_is_written(hq: Client) -> None:
    Member.objects.update(is_call_allowed=True)
    told = text(hq.post("/plays/size/", FORM))
    assert 'id="play-members"' in told and "members meet it today" in told
    assert '<span class="num">2</span>' in told
    one = text(hq.post("/plays/size/", FORM | {"stores": "S1"}))
    assert '<span class="num">1</span>' in one
    assert "mark" in text(hq.post("/plays/size/", FORM | {"who": "nothing_like_it > 1"}))
    assert "There is no store" in text(hq.post("/plays/size/", FORM | {"stores": "S9"}))
    fired = text(hq.post("/plays/size/", FORM | {"who": "", "trigger_event": "visit"}))
    assert "Fired by the event visit" in fired
    assert "every number" in text(hq.post("/plays/size/", FORM | {"window_days": "x"}))
    assert not Play.objects.exists()


def test_what_came_of_it_is_counted_when_first_opened_and_when_asked(
    hq: Client, running: Play, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = text(hq.get("/plays/come_back/"))
    assert "/plays/come_back/result/" in page and "as of" not in page
    assert "as of 2020-03-01" in text(hq.get("/plays/come_back/result/"))
    first = experiments.kept_outcome(running.experiment)
    assert first is not None and first.counted_at is not None
    assert hq.post("/plays/come_back/count/")["Location"] == "/plays/come_back/"
    again = experiments.kept_outcome(running.experiment)
    assert again is not None and again.counted_at > first.counted_at
    page = text(hq.get("/plays/come_back/"))
    assert "counted at" in page and "Count now" in page
    assert hq.get("/plays/come_back/count/").status_code == 405
    monkeypatch.setattr(clock, "today", lambda: TODAY - timedelta(days=1))
    refused = hq.post("/plays/come_back/count/")
    assert refused.status_code == 400 and "Nothing is measured" in text(refused)


def test_what_is_wrong_stands_at_its_field(hq: Client) -> None:
    claimed = text(hq.post("/plays/new/", FORM | {"talk": "可以提高免疫力"}))
    assert "提高免疫力” claims an effect on health: the talking points" in claimed
    marked = text(hq.post("/plays/new/", FORM | {"who": "spend >"}))
    assert 'class="record' in marked
    assert "There is no category" in text(
        hq.post("/plays/new/", FORM | {"goods_kind": "category", "goods_said": "Nowhere"})
    )
    assert not Play.objects.exists()


def test_a_segment_may_be_chosen_in_place_of_a_text(hq: Client) -> None:
    hq.post(
        "/segments/new/",
        {"kind@": "all", "kind@0": "tag", "tag@0": "spend", "sign@0": ">=", "value@0": "1.00",
         "save": "1", "name": "Rich", "code": "rich"},
    )  # fmt: skip
    hq.post("/plays/new/", FORM | {"segment": "rich", "who": ""})
    assert Play.objects.get().who == 'in segment "rich"'


def test_a_ready_play_is_taken_from_the_library(hq: Client) -> None:
    page = text(hq.get("/plays/library/"))
    assert page.count("Take it") >= 40  # each button is named twice
    answered = text(hq.get("/plays/library/?part=new"))
    assert "Second purchase" in answered and "After a return" not in answered
    assert "is_second_purchase_due" in text(hq.get("/plays/new/?ready=second_purchase"))
    assert hq.get("/plays/new/?ready=nothing").status_code == 404


def test_a_play_is_changed_and_copied(hq: Client, running: Play) -> None:
    page = text(hq.get("/plays/come_back/change/"))
    assert "it rests until it is approved anew" in page
    hq.post("/plays/come_back/change/", FORM | {"talk": "您好呀"})
    play = Play.objects.get()
    assert (play.version, play.talk, play.state) == (2, "您好呀", "draft")
    assert "消费{spend}" in text(hq.get("/plays/new/?copy=come_back"))


def test_the_calendar_shows_who_is_meant_twice(hq: Client, sign_in: SignIn, running: Play) -> None:
    hq.post("/plays/new/", FORM | {"code": "again", "name_en": "Again", "starts_on": "2020-03-05"})
    hq.post("/plays/again/submit/")
    page = text(hq.get("/plays/calendar/"))
    assert "Members in both" in page and "3/5–3/7" in page
    size = text(hq.get("/plays/again/size/"))
    assert "Shares members with" in size and "Come back" in size


def test_the_chain_keeps_its_lists(hq: Client) -> None:
    assert "提高免疫力" in text(hq.get("/plays/guards/"))
    hq.post("/plays/guards/add/", {"kind": "claim", "value": "神效"})
    assert "神效" in text(hq.get("/plays/guards/"))
    hq.post("/plays/guards/drop/", {"kind": "claim", "value": "神效"})
    assert not Guard.objects.filter(value="神效").exists()
    assert "is not in the list" in text(
        hq.post("/plays/guards/drop/", {"kind": "claim", "value": "神效"}, follow=True)
    )


def test_a_result_names_its_interval(hq: Client, running: Play) -> None:
    assert running.experiment is not None
    experiments.keep(running.experiment, TODAY)
    page = text(hq.get("/plays/come_back/"))
    assert "It cannot be told yet." in page and "anytime-valid interval" in page


def test_leads_are_counted_in_the_own_stores(hq: Client, sign_in: SignIn, running: Play) -> None:
    for code in ("S1", "S2", "S2"):
        Lead.objects.create(
            play=running, store=Node.objects.get(code=code), title="x", source="play",
            due_on=TODAY, opened_on=TODAY,
        )  # fmt: skip
    assert "3 leads so far" in text(hq.get("/plays/come_back/"))
    manager = sign_in(Role.STORE_MANAGER, node="S1")
    page = text(manager.get("/plays/come_back/"))
    assert "1 lead so far" in page and "/plays/come_back/change/" not in page
    assert '<span class="num">1</span>' in text(manager.get("/plays/come_back/size/"))


def test_what_was_approved_after_the_morning_is_launched_by_hand_once(
    hq: Client, sign_in: SignIn, running: Play
) -> None:
    for number, node in enumerate(Node.objects.filter(kind="store")):
        staff = Staff.objects.create(code=f"E{number}", name=f"Staff {number}")
        Position.objects.create(
            staff=staff, node=node, kind=Position.Kind.CONSULTANT, valid_from=TODAY
        )
    for role in (Role.STORE_MANAGER, Role.REGION_HEAD, Role.CHAIRMAN):
        refused = sign_in(role, node="S1").post("/leads/launch/")
        assert refused.status_code == 403
    assert "Open today's leads now" in html.unescape(text(hq.get("/leads/")))
    first = text(hq.post("/leads/launch/", follow=True))
    opened = Lead.objects.filter(play=running, opened_on=TODAY).count()
    assert opened and f"{opened} lead" in first
    assert "Nothing new" in text(hq.post("/leads/launch/", follow=True))
    assert Lead.objects.count() == opened
    assert f"{opened} row" in text(hq.get(f"/leads/?play={running.code}"))
    store = Lead.objects.latest("pk").store
    assert f"{store.leads.count()} row" in text(hq.get("/leads/", {"find": store.name}))
    assert "No row matches" in text(hq.get("/leads/", {"find": "nowhere"}))


def test_a_store_sees_no_draft_and_nothing_that_runs_elsewhere(hq: Client, sign_in: SignIn) -> None:
    manager = sign_in(Role.STORE_MANAGER, node="S1")
    hq.post("/plays/new/", FORM | {"stores": "S2"})
    assert manager.get("/plays/come_back/").status_code == 404
    hq.post("/plays/come_back/submit/")
    sign_in(Role.OPERATIONS).post("/plays/come_back/approve/")
    assert manager.get("/plays/come_back/").status_code == 404
    assert sign_in(Role.STORE_MANAGER, node="S2").get("/plays/come_back/").status_code == 200
    assert manager.post("/plays/come_back/stop/").status_code == 403


def test_the_list_is_filtered_and_exported(hq: Client, running: Play) -> None:
    assert "Come back" in text(hq.get("/plays/?state=running"))
    assert "Come back" not in text(hq.get("/plays/?state=draft"))
    assert hq.get("/plays/?export=xlsx")["Content-Type"].startswith("application/vnd")


def api(client: Client, method: str, path: str, **told: Any) -> Any:
    send = getattr(client, method)
    body = {"data": json.dumps(told), "content_type": "application/json"} if told else {}
    return send(f"/api/v1/{path}", **body)


NEW = {
    "code": "by_api", "name": "回来看看", "who": "spend > 50.00", "reason": "消费{spend}",
    "outcome": {"kind": "purchase"}, "starts_on": "2020-03-01", "ends_on": "2020-03-07",
}  # fmt: skip


def test_a_play_is_made_and_run_over_the_api(hq: Client, sign_in: SignIn) -> None:
    made = api(hq, "post", "plays", **NEW).json()
    assert (made["state"], made["version"], made["holdout_rate"]) == ("draft", 1, 0.1)
    changed = api(hq, "put", "plays/by_api", talk="您好", name=None).json()
    assert (changed["version"], changed["talk"], changed["name"]) == (2, "您好", "回来看看")
    size = api(hq, "get", "plays/by_api/size").json()
    assert size["members"] == 2 and {each["store"] for each in size["load"]} == {"S1", "S2"}
    assert api(hq, "post", "plays/by_api/submit").json()["state"] == "waiting"
    assert api(hq, "post", "plays/by_api/approve").status_code == 403
    other = sign_in(Role.OPERATIONS)
    assert api(other, "post", "plays/by_api/approve").json()["is_running"] is True
    assert [each["code"] for each in api(hq, "get", "plays?state=approved").json()["items"]] == [
        "by_api"
    ]
    assert api(hq, "get", "outcomes/by_api").json()["outcome"] is None
    experiment = Play.objects.get().experiment
    assert experiment is not None
    experiments.keep(experiment, TODAY)
    (kept,) = api(hq, "get", "outcomes").json()["items"]
    assert kept["outcome"]["verdict"] == "cannot_tell"
    assert api(other, "post", "plays/by_api/stop").json()["state"] == "stopped"


@pytest.mark.parametrize(
    ("told", "status", "field"),
    [
        (NEW | {"who": "spend >"}, 400, "text"),
        (NEW | {"reason": "{nothing}"}, 400, "reason"),
        (NEW | {"talk": "治疗湿疹"}, 400, "talk"),
        (NEW | {"code": "new"}, 400, "code"),
        (NEW | {"holdout_rate": 0.9}, 400, "holdout_rate"),
        (NEW | {"unknown": 1}, 422, None),
        ({"name": "x"}, 422, None),
    ],
)
def test_what_cannot_be_is_refused_over_the_api(
    hq: Client, told: dict[str, Any], status: int, field: str | None
) -> None:
    answer = api(hq, "post", "plays", **told)
    assert (answer.status_code, answer.json()["error"]["field"]) == (status, field) or (
        status == 422 and answer.status_code == 422
    )
    assert not Play.objects.exists()


def test_the_api_refuses_whoever_may_not(hq: Client, sign_in: SignIn, running: Play) -> None:
    manager = sign_in(Role.STORE_MANAGER, node="S1")
    assert api(manager, "post", "plays", **NEW).status_code == 403
    assert api(manager, "put", "plays/come_back", talk="x").status_code == 403
    for move in ("submit", "approve", "stop"):
        assert api(manager, "post", f"plays/come_back/{move}").status_code == 403
    assert api(manager, "get", "plays/come_back/size").json()["members"] == 1
    assert api(hq, "get", "plays/nothing").status_code == 404
    assert api(hq, "get", "plays/nothing/size").status_code == 404
    assert api(hq, "put", "plays/nothing", talk="x").status_code == 404
    assert api(hq, "get", "outcomes/nothing").status_code == 404
    assert api(hq, "post", "plays/come_back/submit").status_code == 400
    assert api(Client(), "get", "plays").status_code == 401
    assert api(sign_in(Role.CONSULTANT, node="S1"), "get", "outcomes").status_code == 403


def test_a_task_of_stores_is_opened_by_hand_where_one_works(hq: Client, sign_in: SignIn) -> None:
    told = {"who": "", "code": "rain", "trigger_event": "weather_rain", "is_of_store": "on"}
    hq.post("/plays/new/", FORM | told | {"reason": "今天下雨"})
    hq.post("/plays/rain/submit/")
    sign_in(Role.OPERATIONS).post("/plays/rain/approve/")
    play = Play.objects.get()
    assert play.is_of_store and play.experiment is None
    manager = sign_in(Role.STORE_MANAGER, node="S1")
    assert "Open it now at stores" in text(manager.get("/plays/rain/"))
    assert "Open it" in text(manager.get("/m/team/?org=S1"))
    assert "Opened at 1 store." in text(manager.post("/plays/rain/open/", follow=True))
    task = Lead.objects.get()
    assert (task.store.code, task.member, task.reason) == ("S1", None, "今天下雨")
    assert api(manager, "post", "plays/rain/open", stores=["S1"]).json() == {"opened": 0}
    assert api(manager, "post", "plays/rain/open", stores=["S2"]).status_code == 404
    assert "There is no such store here." in text(
        manager.post("/plays/rain/open/", {"stores": "S2", "from": "team"}, follow=True)
    )
    consultant = sign_in(Role.CONSULTANT, node="S1")
    assert consultant.post("/plays/rain/open/").status_code == 403
    assert api(consultant, "post", "plays/rain/open").status_code == 403


def test_what_fires_a_play_is_written_in_the_editor(hq: Client) -> None:
    becomes = {"who": "", "trigger_tag": "lifecycle", "trigger_value": "active"}
    hq.post("/plays/new/", FORM | becomes | {"answers": "active_old/buyers"})
    play = Play.objects.get()
    assert play.trigger == {"tag": "lifecycle", "becomes": "active"}
    assert play.answers == ["active_old/buyers"]
    shown = text(hq.get("/plays/come_back/"))
    assert "becomes “active”" in shown and "active_old/buyers" in shown
    assert 'value="lifecycle"' in text(hq.get("/plays/come_back/change/"))
    both = text(hq.post("/plays/new/", FORM | becomes | {"code": "both", "trigger_event": "x"}))
    assert "A trigger names an event." in both
    sized = text(hq.post("/plays/size/", FORM | becomes))
    assert "nobody knows before" in sized
