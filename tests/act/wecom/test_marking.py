"""Tags of ours that customers wear in WeCom: chosen, compared as sets, told, taken off."""

from datetime import timedelta

import pytest
from tests.act.wecom.fake import FakeWecom
from tests.kept_chain import stand_on
from tests.web.conftest import bring_chain_of_two

from regulars.act.wecom import choosing_tags, contacts, jobs, marking
from regulars.act.wecom.connecting import connection, save_connection
from regulars.act.wecom.models import Callback, Contact, CustomerTag, Mark
from regulars.act.wecom.service import said_of
from regulars.ground.audit.models import Entry
from regulars.ground.kit import clock
from regulars.ground.kit.errors import UserError
from regulars.ground.warehouse.engine import Engine
from regulars.know.identities.service import forget_member
from regulars.know.members.models import Member
from regulars.know.tags.service import keep_up, save, set_as_told

State = Mark.State
MARK = "/cgi-bin/externalcontact/mark_tag"
SKIN = {
    "subject": "member", "kind": "manual", "type": "text", "zh": "肤质", "en": "Skin",
    "choices": ["干性", "油性"],
}  # fmt: skip
PAYS = {"subject": "member", "kind": "manual", "type": "yes_no", "zh": "会员日常客", "en": "Comes"}
SPEND = {"subject": "member", "kind": "manual", "type": "money", "zh": "预算", "en": "Budget"}


@pytest.fixture
def chain(warehouse: Engine, connected: FakeWecom, monkeypatch: pytest.MonkeyPatch) -> FakeWecom:
    """M1 is a customer of Lan and of Hua, M2 of Lan; skin, habit and budget are all the tags."""
    monkeypatch.setattr("regulars.know.tags.keeping._bring_library_once", lambda: None)
    stand_on("chain of two", bring_chain_of_two, warehouse)
    save_connection(
        None, corp_id="ww0123456789abcdef", agent_id="1000002", secret="the-app-secret",
        public_address="https://members.example.com", api_address=connected.address,
        is_active=True,
    )  # fmt: skip
    for code, told in (("skin", SKIN), ("comes", PAYS), ("budget", SPEND)):
        save(None, code, told)
    for userid, external, code in (
        ("Lan", "wm1", "M1"),
        ("Hua", "wm1", "M1"),
        ("Lan", "wm2", "M2"),
    ):
        connected.customers[userid][external] = {}
        member = Member.objects.get(code=code)
        Contact.objects.create(userid=userid, external_userid=external, member=member)
    say("M1", skin="干性", comes="true")
    say("M2", skin="油性")
    return connected


def say(code: str, **told: str) -> None:
    for tag, value in told.items():
        set_as_told(Member.objects.get(code=code).pk, tag, value)
    keep_up()


def worn(fake: FakeWecom) -> set[tuple[str, str, str]]:
    """(colleague, customer, the tag's name)"""
    return {(user, customer, fake.corp_tags[tag][1]) for user, customer, tag in fake.tags}


def pass_over() -> None:
    Mark.objects.update(due_at=clock.now())
    jobs.compare_tags()
    jobs.tell_marks()


def test_customers_wear_the_chosen_tags_for_each_colleague_and_follow_them(
    chain: FakeWecom,
) -> None:
    assert choosing_tags.choose_tags(None, ["skin", "comes"]) == 3
    pass_over()
    assert set(chain.corp_tags.values()) == {
        ("肤质", "干性"), ("肤质", "油性"), ("会员日常客", "会员日常客"),
    }  # fmt: skip
    both = {("Lan", "wm1"), ("Hua", "wm1")}
    assert worn(chain) == {(*each, name) for each in both for name in ("干性", "会员日常客")} | {
        ("Lan", "wm2", "油性")
    }
    assert len(chain.calls_of(MARK)) == 3  # one a customer and colleague
    pass_over()
    assert len(chain.calls_of(MARK)) == 3
    say("M1", skin="油性", comes="false")
    pass_over()
    assert worn(chain) == {(*each, "油性") for each in (*both, ("Lan", "wm2"))}
    assert len(chain.calls_of(MARK)) == 5
    assert {(tag.name, tag.worn) for tag in choosing_tags.list_customer_tags()} == {  # type: ignore[attr-defined]
        ("干性", 0), ("油性", 3), ("会员日常客", 0),
    }  # fmt: skip


def test_a_tag_that_is_not_chosen_any_more_is_taken_off_everybody(chain: FakeWecom) -> None:
    choosing_tags.choose_tags(None, ["skin"])
    pass_over()
    choosing_tags.choose_tags(None, [])
    pass_over()
    assert worn(chain) == set()
    assert not Mark.objects.exists()
    pass_over()
    assert not CustomerTag.objects.exists()
    chosen = Entry.objects.filter(action="wecom.tags_chosen")
    assert [entry.detail["codes"] for entry in chosen.order_by("pk")] == [["skin"], []]


def test_tags_that_wecom_has_already_are_taken_and_not_made_again(chain: FakeWecom) -> None:
    chain.corp_tags["old"] = ("肤质", "干性")
    choosing_tags.choose_tags(None, ["skin"])
    pass_over()
    assert CustomerTag.objects.get(value="干性").tag_id == "old"
    assert len(chain.corp_tags) == 2


def test_what_cannot_be_worn_is_refused(chain: FakeWecom) -> None:
    choices = {choice.code: choice.values for choice in choosing_tags.list_choices()}
    assert choices["skin"] == (("干性", "干性"), ("油性", "油性"))
    assert "budget" not in choices
    for code in ("budget", "nothing"):
        with pytest.raises(UserError):
            choosing_tags.choose_tags(None, ["skin", code])
    assert not CustomerTag.objects.exists()


@pytest.mark.parametrize("code", [45009, -1, 48002])
def test_what_wecom_refuses_is_told_later_and_once(chain: FakeWecom, code: int) -> None:
    choosing_tags.choose_tags(None, ["skin"])
    chain.troubles[MARK].extend([code] * 4 if code == -1 else [code])
    pass_over()
    waiting = Mark.objects.exclude(state=State.ON)
    if code == 45009:  # not its fault: nothing more is asked for now
        assert len(chain.calls_of(MARK)) == 1
        assert not waiting.exclude(error="").exists()
    else:
        (mark,) = waiting.exclude(error="")
        assert (mark.tries, mark.error) == (1, str(code))
        assert mark.due_at > clock.now()
        (shown,) = [tag for tag in choosing_tags.list_customer_tags() if tag.failed]  # type: ignore[attr-defined]
        assert said_of(shown.trouble)  # type: ignore[attr-defined]
    pass_over()
    assert len(worn(chain)) == 3
    assert not waiting.exists()


def test_while_wecom_is_away_all_of_it_waits(chain: FakeWecom) -> None:
    choosing_tags.choose_tags(None, ["skin"])
    jobs.compare_tags()
    save_connection(None, api_address="http://127.0.0.1:9")
    jobs.tell_marks()
    assert "reached" in connection().trouble
    assert Mark.objects.filter(state=State.TO_ADD, error="").count() == 3
    save_connection(None, is_active=False)
    calls = len(chain.calls)
    pass_over()
    assert len(chain.calls) == calls


def test_a_customer_who_is_gone_wears_nothing_and_added_again_wears_all_of_it(
    chain: FakeWecom,
) -> None:
    choosing_tags.choose_tags(None, ["skin"])
    jobs.compare_tags()
    del chain.customers["Lan"]["wm2"]
    jobs.tell_marks()
    gone = Contact.objects.get(external_userid="wm2")
    assert gone.ended_by == "unknown"
    jobs.compare_tags()
    assert not gone.marks.exists()
    chain.customers["Lan"]["wm2"] = {}
    told = Callback.objects.create(
        event="change_external_contact", change_type="add_external_contact", userid="Lan",
        external_userid="wm2", told_at=clock.now() + timedelta(seconds=1),
    )  # fmt: skip
    contacts.add_contact(told)
    pass_over()
    assert ("Lan", "wm2", "油性") in worn(chain)


def test_a_tag_deleted_in_wecom_is_made_again(chain: FakeWecom) -> None:
    choosing_tags.choose_tags(None, ["skin"])
    pass_over()
    dry = CustomerTag.objects.get(value="干性").tag_id
    del chain.corp_tags[dry]
    chain.tags = {each for each in chain.tags if each[2] != dry}
    say("M2", skin="干性")
    pass_over()
    pass_over()
    pass_over()
    assert {name for _user, _customer, name in worn(chain)} == {"干性"}
    assert len(worn(chain)) == 3


def test_whoever_is_forgotten_is_untagged_in_wecom(chain: FakeWecom) -> None:
    choosing_tags.choose_tags(None, ["skin"])
    pass_over()
    forgetting = forget_member(None, Member.objects.get(code="M1"))
    jobs.forget_person(forgetting_id=forgetting.pk)
    assert worn(chain) == {("Lan", "wm2", "油性")}
    assert not Contact.objects.filter(external_userid="wm1").exists()


def test_records_merged_into_hers_count_as_her(chain: FakeWecom) -> None:
    choosing_tags.choose_tags(None, ["skin"])
    other = Member.objects.create(code="M1-old", merged_into=Member.objects.get(code="M1"))
    Contact.objects.filter(userid="Hua").update(member=other)
    pass_over()
    assert ("Hua", "wm1", "干性") in worn(chain)


def test_only_so_many_are_told_at_once(chain: FakeWecom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marking, "SECONDS_AT_ONCE", -1.0)
    choosing_tags.choose_tags(None, ["skin"])
    pass_over()
    assert len(chain.calls_of(MARK)) == 1
    jobs.tell_marks()
    jobs.tell_marks()
    assert len(worn(chain)) == 3
