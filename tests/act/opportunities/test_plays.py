"""A play from draft to stop, its size, its conflicts, what fires it."""

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.act.opportunities.conftest import END, PASSWORD

from regulars.act.opportunities import service as plays
from regulars.act.opportunities import sizing
from regulars.act.opportunities.models import Guard, Play
from regulars.ground.accounts.access import Scope, scope_of
from regulars.ground.accounts.models import User
from regulars.ground.accounts.service import create_user
from regulars.ground.jobs.models import Event
from regulars.ground.kit import clock
from regulars.ground.kit.deployment import Chain
from regulars.ground.kit.errors import NotAllowed, NotFound, UserError
from regulars.ground.org.models import Node
from regulars.ground.warehouse.service import query
from regulars.know.language.errors import TextError
from regulars.know.members.models import Member
from regulars.understand.experiments.models import Experiment

pytestmark = pytest.mark.usefixtures("tagged")
WEEK = {"starts_on": END, "ends_on": END + timedelta(days=6)}
LAPSED = {
    "name": "好久不见", "who": "days_since_purchase between 60 and 180", **WEEK,
    "reason": "{days_since_purchase}天没来，消费{spend_365d}",
}  # fmt: skip


@pytest.fixture(autouse=True)
def at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: END)


def made(maker: User, code: str = "lapsed", **told: Any) -> Play:
    return plays.save_play(maker, code, LAPSED | told, is_new=True)


def launched(maker: User, approver: User, code: str = "lapsed", **told: Any) -> Play:
    return plays.approve(approver, plays.submit(maker, made(maker, code, **told)))


def test_a_play_whose_last_day_is_past_has_ended_on_it(maker: User, approver: User) -> None:
    over = launched(maker, approver)
    goes_on = launched(maker, approver, "goes_on", ends_on=END + timedelta(days=30))
    last = END + timedelta(days=6)
    assert plays.end_those_over(last) == 0
    assert plays.end_those_over(last + timedelta(days=1)) == 1
    assert plays.end_those_over(last + timedelta(days=2)) == 0
    ended = [Experiment.objects.get(play=play).ended_on for play in (over, goes_on)]
    assert ended == [last, None]


def test_a_play_runs_between_its_days_once_somebody_else_approved_it(
    maker: User, approver: User
) -> None:
    play = plays.submit(maker, made(maker))
    with pytest.raises(NotAllowed):
        plays.approve(maker, play)
    assert plays.running(END) == []
    play = plays.approve(approver, play)
    assert play.experiment is not None and play.experiment.code == "lapsed"
    assert [each.code for each in plays.running(END)] == ["lapsed"]
    assert plays.running(END + timedelta(days=7)) == []
    plays.stop(approver, play)
    assert plays.running(END) == []
    play.experiment.refresh_from_db()
    assert play.experiment.ended_on == END
    told = Event.objects.filter(topic__startswith="play.").values_list("topic", flat=True)
    assert sorted(told) == ["play.approved", "play.stopped"]


def test_an_administrator_may_approve_what_is_his_own(db: None) -> None:
    boss = create_user(None, "boss", PASSWORD, User.Role.ADMINISTRATOR)
    assert plays.approve(boss, plays.submit(boss, made(boss))).state == Play.State.APPROVED


def test_who_changed_it_last_does_not_approve_it_either(maker: User, approver: User) -> None:
    made(maker)
    play = plays.save_play(approver, "lapsed", {"talk": "您好"})
    play = plays.submit(maker, play)
    for each in (maker, approver):
        with pytest.raises(NotAllowed):
            plays.approve(each, play)


def test_every_change_is_a_version_and_is_approved_anew(maker: User, approver: User) -> None:
    play = launched(maker, approver)
    same = plays.save_play(maker, "lapsed", {"talk": play.talk})
    assert (same.version, same.state) == (1, Play.State.APPROVED)
    changed = plays.save_play(maker, "lapsed", {"talk": "来店里坐坐"})
    assert (changed.version, changed.state) == (2, Play.State.DRAFT)
    said = [version.said["talk"] for version in changed.versions.order_by("number")]
    assert said == ["", "来店里坐坐"]
    with pytest.raises(UserError) as refused:
        plays.save_play(maker, "lapsed", {"window_days": 30})
    assert refused.value.field == "window_days"


def test_a_service_play_holds_nobody_out(maker: User, approver: User) -> None:
    assert launched(maker, approver, is_service=True).experiment is None


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": "{no_such_tag}"}, "reason"),
        ({"name": " "}, "name"),
        ({"who": ""}, "who"),
        ({"who": "spend_365d >"}, "text"),
        ({"trigger": {"where": {"a": "b"}}}, "trigger"),
        ({"outcome": {"kind": "luck"}}, "outcome"),
        ({"outcome": {"kind": "category", "code": "没有"}}, "outcome"),
        ({"outcome": {"kind": "event", "name": "x"}}, "value_cents"),
        ({"goods": {"kind": "all"}}, "goods"),
        ({"holdout_rate": Decimal("0.7")}, "holdout_rate"),
        ({"holdout_rate": Decimal("0.12")}, "holdout_rate"),
        ({"window_days": 0}, "window_days"),
        ({"ends_on": END - timedelta(days=1)}, "ends_on"),
        ({"stores": ["nowhere"]}, "stores"),
        ({"content_url": "javascript:alert(1)"}, "content_url"),
        ({"role": "king"}, "role"),
        ({"goods": {"category": "奶粉 > 婴儿奶粉 > 1段奶粉"}}, "goods"),
        ({"outcome": {"kind": "category", "code": "奶粉 > 婴儿奶粉"}}, "outcome"),
        ({"goods": {"category": "奶粉"}, "coupon": "满减"}, "coupon"),
        ({"talk": "这款2段奶粉在做活动"}, "talk"),
        ({"talk": "吃了可以提高免疫力"}, "talk"),
        ({"name": "Boosts immunity"}, "name"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(
    maker: User, told: dict[str, Any], field: str
) -> None:
    with pytest.raises(UserError) as refused:
        made(maker, **told)
    assert refused.value.field == field
    assert not Play.objects.exists()


def test_a_recall_may_name_any_goods(maker: User) -> None:
    told = {"goods": {"category": "奶粉 > 婴儿奶粉 > 1段奶粉"}, "talk": "1段奶粉召回"}
    assert made(maker, is_service=True, **told).pk


def test_a_text_that_means_nothing_is_marked(maker: User) -> None:
    with pytest.raises(TextError) as refused:
        made(maker, who="no_such_tag > 3")
    assert refused.value.at == (0, 11)


def test_the_chain_keeps_its_own_words(maker: User) -> None:
    plays.add_guard(maker, Guard.Kind.CLAIM, "神效")
    assert "神效" in plays.list_guards(Guard.Kind.CLAIM)
    assert "提高免疫力" in plays.list_guards(Guard.Kind.CLAIM)
    with pytest.raises(UserError, match="神效"):
        made(maker, talk="神效")
    plays.drop_guard(maker, Guard.Kind.CLAIM, "神效")
    assert made(maker, talk="神效").pk
    with pytest.raises(NotFound):
        plays.drop_guard(maker, Guard.Kind.CLAIM, "神效")
    with pytest.raises(UserError):
        plays.add_guard(maker, Guard.Kind.CLAIM, "治疗")


def test_its_size_is_that_of_its_candidates(
    maker: User, scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    Member.objects.update(is_call_allowed=True, is_sms_allowed=False, is_wecom_allowed=None)
    play = made(maker)
    relation = plays.candidates(play, END)
    rows = query(relation.sql, relation.parameters).to_pylist()
    told = plays.size(scope, play)
    assert told.members == len(rows) > 0
    assert told.reachable == {"call": len(rows), "sms": 0, "wecom": len(rows)}
    monkeypatch.setattr(sizing, "chain", lambda: Chain(contact_unasked=False))
    assert plays.size(scope, play).reachable == {"call": len(rows), "sms": 0, "wecom": 0}
    assert told.stores == len({row["store_id"] for row in rows})
    assert told.days == 7
    assert sum(each.members for each in told.load) == told.members
    assert told.capped == sum(min(each.members, each.people * 15 * 7) for each in told.load)
    assert told.expected.basis == "history"
    rate = told.expected.rate
    assert rate is not None and 0 < rate.low <= rate.middle <= rate.high < 1
    assert sum(row["value_cents"] for row in rows) / len(rows) == pytest.approx(
        told.value_cents, abs=1
    )


def test_a_head_of_a_store_sees_the_size_of_his_own(maker: User, scope: Scope) -> None:
    play, whole = made(maker), plays.size(scope, made(maker, "again"))
    store = Node.objects.get(pk=whole.load[0].store_id)
    manager = create_user(None, "m", PASSWORD, User.Role.STORE_MANAGER, node=store)
    own = plays.size(scope_of(manager), play)
    assert own.members == whole.load[0].members < whole.members


def test_a_play_with_pilot_stores_stays_in_them(maker: User, scope: Scope) -> None:
    whole = plays.size(scope, made(maker))
    code = Node.objects.get(pk=whole.load[0].store_id).code
    play = made(maker, "pilot", stores=[code])
    assert plays.size(scope, play).members == whole.load[0].members
    elsewhere = Node.objects.get(pk=whole.load[1].store_id)
    manager = create_user(None, "m", PASSWORD, User.Role.STORE_MANAGER, node=elsewhere)
    with pytest.raises(NotFound):
        plays.get_play(scope_of(manager), "pilot")


def test_two_plays_share_those_who_meet_both(maker: User, approver: User) -> None:
    one = launched(maker, approver)
    other = launched(maker, approver, "rich", who="days_since_purchase between 90 and 365")
    both = made(maker, "both", who=f"{one.who} and {other.who}")
    (conflict,) = plays.conflicts_of(other, plays.running(END), END)
    relation = plays.candidates(both, END)
    assert conflict.shared == query(relation.sql, relation.parameters).num_rows > 0
    later = launched(
        maker, approver, "later", who=one.who,
        starts_on=date(2026, 8, 1), ends_on=date(2026, 8, 9),
    )  # fmt: skip
    assert plays.conflicts_of(later, [one, other], END) == []


def test_an_event_fires_the_plays_that_wait_for_it(maker: User, approver: User) -> None:
    told = {"who": "", "trigger": {"event": "store_visit", "where": {"bought": "no"}}}
    play = launched(maker, approver, **told)
    fired = plays.plays_triggered_by("store_visit", {"bought": "no", "hour": 3}, END)
    assert [each.pk for each in fired] == [play.pk]
    assert plays.plays_triggered_by("store_visit", {"bought": "yes"}, END) == []
    assert plays.events_awaited(END) == {"store_visit"}
    relation = plays.candidates(play, END)
    assert query(relation.sql, relation.parameters).num_rows == 0
    ids = list(Member.objects.exclude(home_store=None).values_list("pk", flat=True)[:3])
    rows = plays.triggered(play, ids, END)
    assert sorted(rows["member_id"].to_pylist()) == sorted(ids)
    assert plays.triggered(play, [], END).num_rows == 0


def test_what_an_event_fires_meets_the_plays_who(maker: User, approver: User) -> None:
    play = launched(maker, approver, trigger={"event": "store_visit"})
    relation = plays.candidates(play, END)
    inside = set(query(relation.sql, relation.parameters)["member_id"].to_pylist())
    everybody = list(Member.objects.values_list("pk", flat=True))
    assert set(plays.triggered(play, everybody, END)["member_id"].to_pylist()) == inside


def test_a_reason_is_told_alike_by_the_warehouse_and_from_kept_facts(maker: User) -> None:
    reason = (
        "{days_since_purchase}，{spend_365d}，{youngest_stage}，{is_repeat_buyer}，{last_order_on}"
    )
    play = made(maker, reason=reason)
    relation = plays.candidates(play, END)
    rows = query(relation.sql, relation.parameters).to_pylist()
    for row in rows[:50]:
        assert plays.reason_of(play.reason, json.loads(row["facts"])) == row["reason"]
