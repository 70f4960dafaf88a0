"""A customer's way through an assessment: an event, a tag, a lead, and no more than she gave."""

import time
from typing import Any

import pytest
from tests.act.assessments.test_rules import SKIN
from tests.kept_chain import stand_on
from tests.web.conftest import bring_chain_of_two

from regulars.act.assessments import service
from regulars.act.assessments.jobs import forget_answers
from regulars.act.assessments.links import Link
from regulars.act.assessments.models import Answer, Assessment
from regulars.act.tasks.models import Lead
from regulars.ground.accounts.access import scope_of
from regulars.ground.accounts.models import User
from regulars.ground.audit.models import Entry
from regulars.ground.kit.errors import NotAllowed, NotFound, UserError
from regulars.ground.org.models import Node
from regulars.ground.warehouse.engine import Engine
from regulars.ground.warehouse.service import query
from regulars.know.catalog.models import Category
from regulars.know.identities.service import forget_member
from regulars.know.loader.service import load_waiting
from regulars.know.members.models import Member
from regulars.know.tags.models import ManualValue
from regulars.know.tags.service import save

FINISHED = """
    SELECT members.code AS member, properties->>'result' AS result,
        properties->>'answer_q3' AS age
    FROM events JOIN persons USING (person_id) JOIN members USING (member_id)
    WHERE events.name = 'assessment.finished'
"""
SKIN_TAG = {
    "subject": "member", "kind": "manual", "type": "text", "zh": "肤质", "en": "Skin",
    "choices": ["Dry", "Oily"],
}  # fmt: skip


@pytest.fixture
def editor(warehouse: Engine) -> User:
    stand_on("chain of two", bring_chain_of_two, warehouse)
    Member.objects.update(is_call_allowed=True, is_sms_allowed=True, is_wecom_allowed=True)
    return User.objects.create(username="editor", role=User.Role.CONTENT_EDITOR)


def published(editor: User, **more: Any) -> Assessment:
    made = service.make(editor, "Skin", SKIN | more)
    service.publish(editor, made)
    return made


def finished(link: Link, *told: list[str]) -> Answer:
    answer = service.begin(link)
    for place, each in enumerate(told or (["a"], ["a"], ["4"])):
        service.answer_question(answer, place, each)
    answer.refresh_from_db()
    return answer


def known(assessment: Assessment) -> Link:
    member = Member.objects.get(code="M1")
    token = service.token_of(assessment, member=member, store=Node.objects.get(code="S1"))
    return service.read_token(token)


def poster(assessment: Assessment) -> Link:
    return service.read_token(service.token_of(assessment, store=Node.objects.get(code="S1")))


def test_answers_come_to_a_result_and_are_an_event_of_the_member(editor: User) -> None:
    answer = finished(known(published(editor)))
    assert answer.scores == {"dry": 6, "oily": 0}
    assert [each.name for each in service.results_of(answer)] == ["Dry"]
    load_waiting()
    (event,) = query(FINISHED).to_pylist()
    assert event == {"member": "M1", "result": "dry", "age": "4"}


def test_the_store_gets_a_lead_with_the_result_as_its_reason(editor: User) -> None:
    category = Category.objects.get(code="Fresh")
    results = [{**each, "goods": {"category": category.code}} for each in SKIN["results"]]
    answer = finished(known(published(editor, results=results)))
    lead = Lead.objects.get(pk=answer.lead_id)
    assert (lead.source, lead.source_id, lead.reason) == ("assessment", str(answer.pk), "Dry")
    assert (lead.member, lead.store.code, lead.goods) == (answer.member, "S1", ["P2"])


def test_someone_unknown_stays_so_until_she_leaves_a_phone(editor: User) -> None:
    answer = finished(poster(published(editor)))
    assert (answer.member, answer.lead_id, Lead.objects.count()) == (None, None, 0)
    service.leave_phone(answer, "139 0000 1111")
    answer.refresh_from_db()
    assert b"1390000" not in bytes(answer.phone_sealed or b"")
    lead = Lead.objects.get(pk=answer.lead_id)
    assert (lead.member, lead.reason) == (None, "Dry · 139****1111")
    with pytest.raises(UserError, match="once"):
        service.leave_phone(answer, "139 0000 1112")


@pytest.mark.parametrize("phone", ["", "12", "1" * 40, "call me"])
def test_what_is_no_phone_is_refused(editor: User, phone: str) -> None:
    answer = finished(poster(published(editor)))
    with pytest.raises(UserError, match="no phone number"):
        service.leave_phone(answer, phone)


def test_a_known_member_leaves_no_phone(editor: User) -> None:
    answer = finished(known(published(editor)))
    with pytest.raises(UserError, match="once"):
        service.leave_phone(answer, "13900001111")


def test_questions_come_one_after_the_other_and_may_be_answered_anew(editor: User) -> None:
    answer = service.begin(poster(published(editor)))
    with pytest.raises(UserError, match="One question after"):
        service.answer_question(answer, 1, ["a"])
    service.answer_question(answer, 0, ["a"])
    service.answer_question(answer, 0, ["b"])
    assert (answer.reached, answer.given) == (1, {"q1": "b"})
    with pytest.raises(UserError):
        service.answer_question(answer, 3, ["a"])
    service.answer_question(answer, 1, ["a"])
    service.answer_question(answer, 2, ["4"])
    with pytest.raises(UserError, match="finished already"):
        service.answer_question(answer, 0, ["a"])


def test_a_later_version_leaves_begun_answers_as_they_were(editor: User) -> None:
    assessment = published(editor)
    answer = service.begin(poster(assessment))
    results = [{**each, "name": each["name"] + " anew"} for each in SKIN["results"]]
    service.write(editor, assessment, name="Skin", draft=SKIN | {"results": results})
    assert service.publish(editor, assessment).number == 2
    for place, told in enumerate((["a"], ["a"], ["4"])):
        service.answer_question(answer, place, told)
    assert [each.name for each in service.results_of(answer)] == ["Dry"]
    assert [each.name for each in service.results_of(finished(poster(assessment)))] == ["Dry anew"]


def test_a_link_is_ours_and_of_this_assessment(editor: User) -> None:
    assessment = published(editor)
    answer = service.begin(poster(assessment))
    other = service.copy(editor, assessment)
    for token in ("", "forged", service.token_of(assessment) + "x"):
        with pytest.raises(NotFound):
            service.read_token(token)
    with pytest.raises(NotFound):
        service.get_answer(Link(other.pk), answer.pk)


def test_a_personal_link_ends_after_a_month(editor: User, monkeypatch: pytest.MonkeyPatch) -> None:
    assessment = published(editor)
    mine = service.token_of(assessment, member=Member.objects.get(code="M1"))
    everybodys = service.token_of(assessment)
    later = time.time() + 31 * 86_400
    monkeypatch.setattr(time, "time", lambda: later)
    with pytest.raises(NotFound):
        service.read_token(mine)
    assert service.read_token(everybodys).assessment_id == assessment.pk


def test_a_closed_one_begins_for_nobody_but_lets_people_finish(editor: User) -> None:
    assessment = published(editor)
    answer = service.begin(poster(assessment))
    service.close(editor, assessment)
    with pytest.raises(NotFound, match="closed"):
        service.begin(poster(assessment))
    service.answer_question(answer, 0, ["a"])
    service.open_again(editor, assessment)
    assert service.begin(poster(assessment)).reached == 0


def test_words_that_claim_health_and_guarded_goods_are_not_published(editor: User) -> None:
    assessment = service.make(editor, "Skin", SKIN)
    results = [{**each, "advice": "这款可以治疗湿疹"} for each in SKIN["results"]]
    service.write(editor, assessment, name="Skin", draft=SKIN | {"results": results})
    with pytest.raises(UserError, match="claims an effect on health"):
        service.publish(editor, assessment)
    Category.objects.filter(code="Baby > Milk").update(code="Baby > 1段奶粉")
    for goods, why in (
        ({"products": ["P1"]}, "neither pushed"),
        ({"products": ["P9"]}, "no product"),
        ({"category": "Toys"}, "no category"),
    ):
        results = [{**each, "goods": goods} for each in SKIN["results"]]
        service.write(editor, assessment, name="Skin", draft=SKIN | {"results": results})
        with pytest.raises(UserError, match=why):
            service.publish(editor, assessment)
    assert not assessment.versions.exists()


@pytest.mark.parametrize("ready", [each.code for each in service.ready()])
def test_ready_ones_can_be_published_as_they_come(editor: User, ready: str) -> None:
    assessment = service.make_ready(editor, ready)
    assert service.publish(editor, assessment).number == 1


def test_who_may_not_make_assessments_is_refused(editor: User) -> None:
    assessment = published(editor)
    nobody = User.objects.create(username="brand", role=User.Role.CHAIRMAN)
    for act in (
        lambda: service.make(nobody, "x"),
        lambda: service.write(nobody, assessment, name="x", draft=SKIN),
        lambda: service.publish(nobody, assessment),
        lambda: service.close(nobody, assessment),
        lambda: service.open_again(nobody, assessment),
    ):
        with pytest.raises(NotAllowed):
            act()
    with pytest.raises(NotFound):
        service.get_assessment("none")
    with pytest.raises(NotFound):
        service.make_ready(editor, "none")
    with pytest.raises(UserError, match="Publish it first"):
        service.open_again(editor, service.make(editor, "Mine"))


def test_what_came_of_it_is_counted(editor: User) -> None:
    assessment = published(editor)
    finished(known(assessment))
    finished(poster(assessment), ["b"], ["b"], ["12"])
    left = service.begin(poster(assessment))
    service.answer_question(left, 0, ["a"])
    now = service.count_answers(assessment)
    assert (now.started, now.finished, now.members, now.phones) == (3, 2, 1, 0)
    assert [each.people for each in now.left] == [0, 0, 0]
    Answer.objects.filter(pk=left.pk).update(agreed_at="2020-01-01T00:00:00Z")
    then = service.count_answers(assessment)
    assert [(each.place, each.people) for each in then.left] == [(1, 0), (2, 1), (3, 0)]
    assert {each.result: (each.people, each.members) for each in then.found} == {
        "Dry": (1, 1),
        "Oily": (1, 0),
    }


def test_a_phone_is_shown_to_who_may_and_it_is_written_down(editor: User) -> None:
    assessment = published(editor)
    answer = finished(poster(assessment))
    service.leave_phone(answer, "13900001111")
    head = User.objects.create(username="hq", role=User.Role.OPERATIONS)
    assert service.reveal_phone(head, assessment, str(answer.pk)) == "13900001111"
    assert Entry.objects.filter(action="assessment.phone_revealed").count() == 1
    with pytest.raises(NotAllowed):
        service.reveal_phone(editor, assessment, str(answer.pk))
    with pytest.raises(NotFound):
        service.reveal_phone(head, assessment, "nothing")
    with pytest.raises(NotFound):
        service.reveal_phone(head, assessment, "-" * 36)


def test_bounded_sight_lists_nobody(editor: User) -> None:
    assessment = published(editor)
    finished(known(assessment))
    manager = User.objects.create(
        username="m", role=User.Role.STORE_MANAGER, node=Node.objects.get(code="S1")
    )
    assert not service.list_answers(scope_of(manager), assessment).exists()


def test_what_a_forgotten_member_answered_goes_with_her(editor: User) -> None:
    assessment = published(editor)
    answer = finished(known(assessment))
    assert answer.member is not None
    forget_answers(forget_member(None, answer.member).pk)
    assert not Answer.objects.exists()


def test_the_result_is_set_on_the_tag_that_the_assessment_names(editor: User) -> None:
    made_by = User.objects.create(username="tags", role=User.Role.OPERATIONS)
    save(made_by, "skin_kind", SKIN_TAG)
    assessment = service.make(editor, "Skin", SKIN, tag="skin_kind")
    service.publish(editor, assessment)
    answer = finished(known(assessment))
    value = ManualValue.objects.get(owner_id=answer.member_id)
    assert (value.value, value.set_by) == ("Dry", None)
    results = [{**each, "name": "Other " + each["name"]} for each in SKIN["results"]]
    service.write(editor, assessment, name="S", draft=SKIN | {"results": results}, tag="skin_kind")
    with pytest.raises(UserError):
        service.publish(editor, assessment)
