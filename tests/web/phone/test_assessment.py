"""An assessment as a stranger's phone and the desk see it: what opens, what is refused."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from tests.act.assessments.test_rules import SKIN

from regulars.act.assessments import service
from regulars.act.assessments.models import Answer, Assessment
from regulars.ground.accounts.models import User
from regulars.ground.org.models import Node
from regulars.web.phone import assessment as pages

Role = User.Role
SignIn = Callable[..., Client]


@pytest.fixture(autouse=True)
def nobody_asked_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def opened(chain_of_two: None) -> Assessment:
    editor = User.objects.create(username="editor", role=Role.CONTENT_EDITOR)
    made = service.make(editor, "Skin", SKIN)
    service.publish(editor, made)
    return made


def token(assessment: Assessment) -> str:
    return service.token_of(assessment, store=Node.objects.get(code="S1"))


def begun(client: Client, assessment: Assessment) -> str:
    answer = client.post(reverse("assessment_begin", args=[token(assessment)]), {"agreed": "yes"})
    return answer.headers["Location"]


def test_a_stranger_answers_and_leaves_a_phone(opened: Assessment) -> None:
    client = Client(headers={"accept-language": "en"})
    first = client.get(reverse("assessment_begin", args=[token(opened)])).content.decode()
    assert "I agree" in first and "without your name" in first
    address = begun(client, opened)
    for told in (["a"], ["a", "b"], ["4"]):
        assert client.get(address).status_code == 200
        address = client.post(address, {"answer": told}).headers["Location"]
    shown = client.get(address).content.decode()
    assert "Dry" in shown and "Would you like advice?" in shown
    client.post(address + "phone/", {"phone": "13900001111"})
    assert "the store will call you" in client.get(address).content.decode()
    assert "13900001111" not in client.get(address).content.decode()


def test_nobody_begins_without_agreeing(opened: Assessment) -> None:
    refused = Client().post(reverse("assessment_begin", args=[token(opened)]), {})
    assert refused.status_code == 400
    assert not Answer.objects.exists()


def test_a_question_that_is_not_answered_is_asked_again(opened: Assessment) -> None:
    client = Client(headers={"accept-language": "en"})
    address = begun(client, opened)
    asked = client.post(address, {"answer": "z"})
    assert asked.status_code == 400
    assert "Please choose one of the answers" in asked.content.decode()
    ahead = client.get(address.replace("/1/", "/3/"))
    assert ahead.headers["Location"] == address
    result = client.get(address.replace("/1/", "/"))
    assert result.headers["Location"] == address


def test_links_that_are_not_ours_or_closed_are_told_kindly(opened: Assessment) -> None:
    client = Client(headers={"accept-language": "en"})
    assert client.get("/a/forged/").status_code == 404
    other = begun(client, opened).replace(token(opened), "forged")
    assert client.get(other).status_code == 404
    Assessment.objects.update(state="closed")
    closed = client.get(reverse("assessment_begin", args=[token(opened)]))
    assert closed.status_code == 404
    assert "closed" in closed.content.decode()


def test_a_page_takes_no_large_body(opened: Assessment) -> None:
    told = {"agreed": "yes", "more": "x" * pages.LARGEST_BODY}
    refused = Client().post(reverse("assessment_begin", args=[token(opened)]), told)
    assert refused.status_code == 400


@pytest.mark.parametrize("limit", ["PAGES", "BEGINNINGS"])
def test_one_address_may_not_ask_without_end(
    opened: Assessment, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(pages, limit, 1)
    client, address = Client(), reverse("assessment_begin", args=[token(opened)])
    assert client.post(address, {"agreed": "yes"}).status_code == 302
    refused = client.post(address, {"agreed": "yes"})
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert Answer.objects.count() == 1


def test_phones_are_not_tried_without_end(
    opened: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PHONES", 0)
    address = begun(Client(), opened).replace("/1/", "/phone/")
    assert Client().post(address, {"phone": "13900001111"}).status_code == 429
    assert Client().get(address).status_code == 405


def test_what_a_customer_sends_needs_the_page_s_own_token(opened: Assessment) -> None:
    client = Client(enforce_csrf_checks=True)
    address = reverse("assessment_begin", args=[token(opened)])
    assert client.post(address, {"agreed": "yes"}).status_code == 403


def test_a_consultant_shows_a_code_and_sends_a_link_of_her_own(
    opened: Assessment, sign_in: SignIn
) -> None:
    client = sign_in(Role.STORE_MANAGER, node="S1")
    assert "<svg" in client.get("/m/assessments/").content.decode()
    own = client.get("/m/assessments/", {"member": "M1"}).content.decode()
    link = service.read_token(own.partition("/a/")[2].partition("/")[0])
    assert (link.member_id is not None, link.store_id is not None) == (True, True)
    assert client.get("/m/assessments/", {"member": "M2"}).status_code == 404


def form(**more: Any) -> dict[str, Any]:
    return {
        "name": "Skin", "title": "Skin", "by": "highest", "scales": "dry\noily",
        "q1-place": "2", "q1-text": "Age?", "q1-kind": "age", "q1-lines": "6 | dry 1\n36 | oily 1",
        "q2-place": "1", "q2-text": "Cheeks?", "q2-kind": "one", "q2-lines": "tight | dry 3\nshiny",
        "q3-place": "3", "q3-text": "", "q3-kind": "one", "q3-lines": "",
        "r1-name": "Dry", "r1-scale": "dry", "r1-advice": "Cream.",
        "r2-name": "Oily", "r2-scale": "oily", **more,
    }  # fmt: skip


def test_an_assessment_is_written_previewed_published_and_copied(
    chain_of_two: None, sign_in: SignIn
) -> None:
    client = sign_in(Role.CONTENT_EDITOR)
    made = client.post("/assessments/new/", {"name": "Skin"}).headers["Location"]
    assert client.post(made + "publish/").status_code == 400
    assert client.post(made, form()).headers["Location"] == made
    assert client.post(made, form(then="preview")).headers["Location"] == made + "preview/"
    shown = client.get(made + "preview/").content.decode()
    assert shown.index("Cheeks?") < shown.index("Age?")
    assert "tight | dry 3" in client.get(made).content.decode()
    assert client.post(made + "publish/").headers["Location"] == made + "results/"
    assert "/a/" in client.get(made + "results/").content.decode()
    copied = client.post(made + "copy/").headers["Location"]
    assert "Skin (copy)" in client.get(copied).content.decode()
    client.post(made + "close/")
    assert Assessment.objects.get(name="Skin").state == "closed"
    client.post(made + "open/")
    assert Assessment.objects.get(name="Skin").state == "open"
    assert "Skin (copy)" in client.get("/assessments/").content.decode()
    head = sign_in(Role.OPERATIONS).get("/assessments/", {"export": "xlsx"})
    assert head.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "wrong",
    [{"q1-lines": "six | dry 1"}, {"q2-lines": "tight | wet 3"}, {"r1-least": "much"}, {"name": ""},
     {"scales": "dry\ndry"}],
)  # fmt: skip
def test_what_cannot_be_read_is_told_and_stays_in_the_form(
    chain_of_two: None, sign_in: SignIn, wrong: dict[str, str]
) -> None:
    client = sign_in(Role.CONTENT_EDITOR)
    made = client.post("/assessments/new/", {"ready": "baby_skin_en"}).headers["Location"]
    before = Assessment.objects.get().draft
    refused = client.post(made, form(**wrong))
    assert refused.status_code == 400
    assert "Cheeks?" in refused.content.decode()
    assert Assessment.objects.get().draft == before


def test_a_phone_is_revealed_to_who_may_alone(opened: Assessment, sign_in: SignIn) -> None:
    client = Client(headers={"accept-language": "en"})
    address = begun(client, opened)
    for told in ("a", "a", "4"):
        address = client.post(address, {"answer": told}).headers["Location"]
    client.post(address + "phone/", {"phone": "13900001111"})
    results = f"/assessments/{opened.code}/"
    told = {"answer": str(Answer.objects.get().pk)}
    head = sign_in(Role.OPERATIONS)
    assert "Show the phone" in head.get(results + "results/").content.decode()
    assert "13900001111" in head.post(results + "reveal/", told, follow=True).content.decode()
    editor = sign_in(Role.CONTENT_EDITOR)
    assert "Who answered" not in editor.get(results + "results/").content.decode()
    assert editor.post(results + "reveal/", told).status_code == 403
