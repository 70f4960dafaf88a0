"""A tag that becomes what a play waits for opens a lead: by the real path, from a sale on."""

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.act.tasks.working import TODAY, member, user_of
from tests.kept_chain import stand_on
from tests.know.tags.small_library import counted, tag
from tests.understand.actions.small_chain import Role, bring, bring_chain, line

from regulars.act.opportunities import service as plays
from regulars.act.opportunities.models import Play
from regulars.act.opportunities.rules import awaited
from regulars.act.tasks.models import Lead
from regulars.act.tasks.triggering import missed, take_in
from regulars.ground.kit.errors import UserError
from regulars.know.segments import service as segments
from regulars.know.segments.models import Segment
from regulars.know.tags.service import Subject, compute_all, save_all, update_changed
from regulars.understand.experiments.models import Entry

TAGS = {
    "orders_30d": counted("orders", "count", where="is_purchase", last_days=30),
    "state": tag("rule", text='case when orders_30d >= 5 then "often" else "rarely" end'),
    "is_often": tag("rule", text="orders_30d >= 5"),
}
OFTEN = {"tag": "state", "becomes": "often"}


@pytest.fixture
def tagged(warehouse, set_chain) -> None:
    set_chain()
    stand_on("six stores, tagged", _bring_tagged, warehouse)


def _bring_tagged() -> None:
    bring_chain()
    save_all(None, TAGS)
    compute_all(Subject.MEMBER, TODAY)


@pytest.fixture
def start(tagged):
    maker, approver = (user_of(Role.OPERATIONS)[0] for _ in range(2))

    def started(code: str = "often", **told) -> Play:
        usual = {
            "name": code, "reason": "{orders_30d}", "starts_on": TODAY, "ends_on": TODAY,
            "holdout_rate": 0, "trigger": OFTEN,
        }  # fmt: skip
        play = plays.save_play(maker, code, usual | told, is_new=True)
        play = plays.approve(approver, plays.submit(maker, play))
        segments.refresh_all()
        assert take_in(missed()) == 0
        return play

    started.stop = lambda play: plays.stop(approver, play)
    return started


def buy_often(*codes: str, on=TODAY) -> None:
    """Five tickets, as a till sends them, until tags and segments have followed."""
    tickets = [line(f"{code}-{n}", on, int(code[1]), code) for code in codes for n in range(5)]
    bring("lines", *tickets)
    update_changed(TODAY)
    segments.refresh_all()


def test_a_sale_that_changes_a_tag_opens_the_lead_once(start) -> None:
    play = start()
    buy_often("M1-3")
    assert take_in(missed()) == 1
    (lead,) = Lead.objects.all()
    assert (lead.member.code, lead.play, lead.reason) == ("M1-3", play, "5")
    assert lead.source_id == "segment.entered"
    segments.refresh_all()
    assert take_in(missed()) == 0
    assert Entry.objects.get().member == lead.member


def test_whoever_has_the_value_already_has_not_become_it(start) -> None:
    buy_often("M1-3", on=TODAY - timedelta(days=1))
    play = start(trigger={"tag": "is_often", "becomes": "yes"})
    segment = Segment.objects.get(code=awaited(play.trigger)[1]["segment"])
    inside = segments.list_member_ids(user_of(Role.OPERATIONS)[1], segment, 0, 100)
    assert inside == [member("M1-3").pk]
    buy_often("M2-3")
    assert take_in(missed()) == 1
    assert Lead.objects.get().member.code == "M2-3"


def test_whoever_is_held_out_gets_nothing_by_it(start) -> None:
    play = start(holdout_rate=Decimal("0.10"))
    Entry.objects.create(
        experiment=play.experiment, member=member("M1-3"), store=member("M1-3").home_store,
        entered_on=TODAY, is_held_out=True,
    )  # fmt: skip
    buy_often("M1-3")
    assert take_in(missed()) == 0
    assert not Lead.objects.exists()


def test_without_consent_or_with_a_lead_nothing_is_opened(start) -> None:
    start()
    shut = member("M1-3")
    shut.is_call_allowed = shut.is_sms_allowed = shut.is_wecom_allowed = False
    shut.save()
    served = member("M2-3")
    Lead.objects.create(
        member=served, store=served.home_store, title="t", source="manager",
        due_on=TODAY, opened_on=TODAY,
    )  # fmt: skip
    buy_often("M1-3", "M2-3")
    assert take_in(missed()) == 0


def test_entering_a_segment_opens_it_too(start) -> None:
    segments.save_rule(None, "regulars", "Regulars", "orders_30d >= 5")
    start(trigger={"segment": "regulars"})
    buy_often("M1-3")
    assert take_in(missed()) == 1


def test_what_watches_a_tag_is_switched_off_with_the_last_play(start) -> None:
    one, other = start("one"), start("other")
    watching = Segment.objects.filter(code=awaited(OFTEN)[1]["segment"])
    start.stop(one)
    assert watching.get().is_active
    start.stop(other)
    assert not watching.get().is_active


@pytest.mark.parametrize(
    "trigger",
    [
        {"segment": "nowhere"},
        {"segment": ""},
        {"tag": "nothing", "becomes": "x"},
        {"tag": "state", "becomes": 'of"ten'},
        {"tag": "orders_30d", "becomes": "many"},
        {"tag": "is_often", "becomes": "perhaps"},
        {"tag": "state"},
        {"tag": "state", "becomes": "often", "event": "x"},
    ],
)
def test_a_trigger_that_cannot_be_is_refused(start, trigger) -> None:
    with pytest.raises(UserError) as refused:
        start(trigger=trigger)
    assert refused.value.field == "trigger"
