"""Segments as they are built: line by line, with counts, and as text."""

from collections.abc import Callable

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests.know.tags.small_library import TODAY, bring_tags

from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.know.language.types import Type
from regulars.know.segments.models import Segment
from regulars.know.tags.service import Subject, compute_all
from regulars.web.console.segment_draft import draft_of, text_of

Role = User.Role
SignIn = Callable[..., Client]
TYPES = {"spend": Type.MONEY, "level": Type.TEXT, "last_on": Type.DATE, "vip": Type.YES_NO}


@pytest.fixture
def hq(chain_of_two: None, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    bring_tags()
    compute_all(Subject.MEMBER, TODAY)
    return sign_in(Role.OPERATIONS)


def text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined, no-any-return]


RICH = {"kind@": "all", "kind@0": "tag", "tag@0": "spend", "sign@0": ">=", "value@0": "100.00"}


def test_a_line_counts_as_it_is_filled_in(hq: Client) -> None:
    page = text(hq.post("/segments/new/", RICH, headers={"HX-Request": "true"}))
    assert "spend &gt;= 100.00" in page
    assert '<div class="hero" id="found"><span class="num">1</span>' in page


def test_a_group_is_added_and_removed(hq: Client) -> None:
    page = text(hq.post("/segments/new/", RICH | {"do": "group@"}))
    assert 'name="tag@1.1"' in page
    page = text(
        hq.post("/segments/new/", RICH | {"kind@1": "any", "kind@1.0": "tag", "do": "remove@1"})
    )
    assert 'name="kind@1"' not in page


def test_a_segment_is_saved_and_shows_who_is_in_it(hq: Client) -> None:
    told = RICH | {"save": "1", "name": "Rich", "code": "rich"}
    assert hq.post("/segments/new/", told).headers["Location"] == "/segments/rich/"
    page = text(hq.get("/segments/rich/"))
    assert "王芳" in page
    assert "李静" not in page
    assert Segment.objects.get().text == "spend >= 100.00"
    assert hq.get("/segments/").status_code == 200


def test_a_text_is_taken_over_into_lines(hq: Client) -> None:
    written = 'level = "gold" and bought(net > 5.00) in last 40 days at least 1 times'
    page = text(hq.post("/segments/new/", {"do": "write@", "written": written}))
    assert 'name="where@1" value="net &gt; 5.00"' in page
    assert '<div class="hero" id="found"><span class="num">1</span>' in page


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"written": "nobody = 1", "do": "write@"}, "There is no tag “nobody”."),
        ({"written": "spend > ", "do": "write@"}, "Something is missing at the end."),
        ({"kind@0": "text", "text@0": "spend >", "save": "1"}, "Something is missing at the end."),
        ({"code": "A B", "save": "1", "name": "x"}, "small letters"),
        ({"code": "ok_1", "save": "1", "name": ""}, "needs a name"),
    ],
)
def test_what_means_nothing_is_said(hq: Client, told: dict[str, str], said: str) -> None:
    assert said in text(hq.post("/segments/new/", RICH | told))
    assert not Segment.objects.exists()


def test_the_api_counts_and_lists(hq: Client) -> None:
    hq.post("/segments/new/", RICH | {"save": "1", "name": "Rich", "code": "rich"})
    answer = hq.post(
        "/api/v1/segments/preview",
        {"text": "spend >= 100.00 or level is unknown"},
        content_type="application/json",
    )
    told = answer.json()
    assert (told["count"], told["total"]) == (2, 2)
    assert [part["count"] for part in told["root"]["parts"]] == [1, 1]
    listed = hq.get("/api/v1/segments/rich/members?limit=1").json()
    assert [each["member_id"] for each in listed["items"]] == ["M1"]
    assert listed["next"] is None
    assert hq.get("/api/v1/segments/nothing/members").status_code == 404


def test_segments_are_for_those_who_may(hq: Client, sign_in: SignIn) -> None:
    hq.post("/segments/new/", RICH | {"save": "1", "name": "Rich", "code": "rich"})
    head = sign_in(Role.REGION_HEAD, node="R2")
    assert "王芳" not in text(head.get("/segments/rich/"))
    assert head.post("/segments/new/", RICH).status_code == 403
    assert sign_in(Role.CONSULTANT, node="S1").get("/segments/").status_code == 403
    manager = sign_in(Role.CATEGORY_MANAGER, category_codes=["Baby"])
    assert manager.get("/segments/rich/").status_code == 403


leaves = st.sampled_from(
    [
        "spend >= 100.00", 'level = "gold"', "vip", "not vip", "level is unknown",
        "days_since(last_on) <= 30", 'in segment "a"', "bought() in last 9 days at least 2 times",
        "spend between 1 and 2", 'level in ["a", "b"]', "sampled 5 percent",
    ]
)  # fmt: skip
texts = st.recursive(
    leaves,
    lambda inner: (
        st.tuples(inner, st.sampled_from([" and ", " or "]), inner).map(
            lambda three: f"({three[0]}){three[1]}({three[2]})"
        )
        | inner.map(lambda one: f"not ({one})")
    ),
    max_leaves=6,
)


@given(texts)
def test_a_draft_says_what_its_text_said(told: str) -> None:
    once = text_of(draft_of(told, TYPES), TYPES)
    assert text_of(draft_of(once, TYPES), TYPES) == once
