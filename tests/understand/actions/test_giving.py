"""From a finding to who does it, and back to whoever gave it."""

from datetime import date, timedelta

import pytest
from tests.understand.actions.small_chain import Role, finding_at, node, staff_of, user_of

from regulars.ground.jobs.models import Event
from regulars.ground.kit.errors import NotAllowed, NotFound, UserError
from regulars.ground.org.models import Position
from regulars.understand.actions import service
from regulars.understand.actions.models import Action
from regulars.understand.diagnosis.models import Finding

pytestmark = pytest.mark.usefixtures("six_stores")
MANAGER = Position.Kind.STORE_MANAGER


def give(code: str, **facts: object) -> tuple[Action, object]:
    """The region's head gives the store's manager something to do about a finding there."""
    finding = finding_at(code)
    head, scope = user_of(Role.REGION_HEAD, "R1")
    (person, *_) = service.list_people(node(code))
    told = {"what": "Call them", "person": person, "finding": finding, **facts}
    action = service.give_action(
        head, scope, node=node(code), part=finding.part, factor=finding.factor, **told
    )  # type: ignore[arg-type]
    return action, scope


def test_a_finding_is_unanswered_until_someone_is_to_act_on_it() -> None:
    staff_of("S1", "Ming", MANAGER)
    _head, scope = user_of(Role.REGION_HEAD, "R1")
    action, _scope = give("S1")
    assert action.finding is not None
    assert action.finding not in service.list_unanswered(scope)
    other = finding_at("S2")
    assert list(service.list_unanswered(scope)) == [other]
    assert Event.objects.filter(topic="action.given", payload={"action_id": action.pk}).exists()


def test_findings_of_earlier_mornings_are_not_asked_about_again() -> None:
    _head, scope = user_of(Role.REGION_HEAD, "R1")
    finding_at("S1", made_on=date(2020, 5, 1))
    latest = finding_at("S2")
    assert list(service.list_unanswered(scope)) == [latest]


def test_a_cause_is_asked_about_once_whatever_it_was_set_beside() -> None:
    _head, scope = user_of(Role.REGION_HEAD, "R1")
    finding_at("S1", against="year", contribution_cents=-900_000)
    usual = finding_at("S1")
    finding_at("S1", against="target")
    finding_at("S2", is_of_morning=False)
    finding_at("S3", told={"is_raised": False})
    assert list(service.list_unanswered(scope)) == [usual]


def test_what_somebody_is_still_at_is_not_asked_about_again_the_next_morning() -> None:
    staff_of("S1", "Ming", MANAGER)
    action, scope = give("S1")
    yesterday = {"made_on": date(2020, 5, 2)}
    Finding.objects.filter(pk=action.finding_id).update(**yesterday)
    again = finding_at("S1")
    assert list(service.list_unanswered(scope)) == []  # type: ignore[arg-type]
    Action.objects.update(state=Action.State.DONE)
    assert list(service.list_unanswered(scope)) == [again]  # type: ignore[arg-type]


def test_what_went_well_needs_no_answer() -> None:
    _head, scope = user_of(Role.REGION_HEAD, "R1")
    finding_at("S1", contribution_cents=5_000)
    assert list(service.list_unanswered(scope)) == []


def test_whoever_is_to_do_it_reports_and_whoever_gave_it_sees_it() -> None:
    staff = staff_of("S1", "Ming", MANAGER)
    manager, own = user_of(Role.STORE_MANAGER, "S1", staff)
    action, above = give("S1")
    assert list(service.list_own(manager, service.list_actions(own))) == [action]
    service.report_done(manager, own, action, "40 called, 12 come on Saturday")
    seen = service.get_action(above, action.pk)  # type: ignore[arg-type]
    assert (seen.state, seen.result) == ("done", "40 called, 12 come on Saturday")
    assert seen.closed_on == date(2020, 5, 3)
    with pytest.raises(UserError):  # reported twice: the first word stands
        service.report_done(manager, own, action, "again")


def test_someone_without_an_account_can_be_given_something_too() -> None:
    staff_of("S1", "Ming", MANAGER)
    action, _scope = give("S1")
    assert action.who is None
    assert action.whose == "Ming"


def test_a_consultant_reports_on_the_own_and_on_nobody_elses() -> None:
    staff_of("S1", "Ming", MANAGER)
    consultant, own = user_of(Role.CONSULTANT, "S1", staff_of("S1", "Lan"))
    action, _scope = give("S1")
    with pytest.raises(NotAllowed):
        service.report_done(consultant, own, action, "done")
    with pytest.raises(NotAllowed):
        service.give_action(
            consultant, own, node=node("S1"), what="x", person=service.list_people(node("S1"))[0]
        )


def test_another_places_actions_are_not_found_and_nothing_is_given_there() -> None:
    staff_of("S1", "Ming", MANAGER)
    action, _scope = give("S1")
    head, elsewhere = user_of(Role.REGION_HEAD, "R2")
    with pytest.raises(NotFound):
        service.get_action(elsewhere, action.pk)
    with pytest.raises(NotAllowed):
        service.give_action(
            head, elsewhere, node=node("S1"), what="x", person=service.list_people(node("S1"))[0]
        )
    with pytest.raises(NotFound):
        service.get_finding(elsewhere, action.finding_id or 0)


def test_nothing_is_given_without_a_word_or_for_a_day_that_is_over() -> None:
    staff_of("S1", "Ming", MANAGER)
    with pytest.raises(UserError) as silent:
        give("S1", what="  ")
    assert silent.value.field == "what"
    with pytest.raises(UserError) as late:
        give("S1", due_on=date(2020, 5, 2))
    assert late.value.field == "due_on"


def test_late_ones_come_first_and_say_by_how_many_days(
    six_stores: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff_of("S1", "Ming", MANAGER)
    action, scope = give("S1", due_on=six_stores)
    give("S2" if service.list_people(node("S2")) else "S1", due_on=six_stores + timedelta(days=9))
    monkeypatch.setattr("regulars.ground.kit.clock.today", lambda: date(2020, 5, 6))
    first = service.list_actions(scope)[0]  # type: ignore[arg-type]
    assert (first.pk, first.is_late, first.days_late) == (action.pk, True, 3)
    assert [late.pk for late in service.list_late(scope)] == [action.pk]  # type: ignore[arg-type]


def test_for_a_region_those_who_lead_its_stores_come_to_mind_not_its_cashiers() -> None:
    staff_of("S1", "Ming", MANAGER)
    staff_of("S1", "Lan")
    head, _scope = user_of(Role.REGION_HEAD, "R1")
    names = [person.name for person in service.list_people(node("R1"))]
    assert names == [str(head), "Ming"]
    assert [person.name for person in service.list_people(node("S1"))] == ["Ming", "Lan"]
    with pytest.raises(UserError):
        service.find_person(node("R1"), "staff-999")


def test_comments_say_who_said_what() -> None:
    staff_of("S1", "Ming", MANAGER)
    action, _scope = give("S1")
    manager, _own = user_of(Role.STORE_MANAGER, "S1")
    service.comment(manager, action, " Two have moved away ")
    (said,) = action.comments.all()
    assert (said.text, said.made_by) == ("Two have moved away", manager)
    with pytest.raises(UserError):
        service.comment(manager, action, " ")
