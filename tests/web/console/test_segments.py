"""Segments as they are built: line by line, with counts, and as text."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from tests.kept_chain import stand_on
from tests.know.tags.small_library import TODAY, bring_tags, counted
from tests.web.conftest import bring_chain_of_two

from regulars.ground.accounts.models import User
from regulars.ground.audit.models import Entry
from regulars.ground.kit import clock
from regulars.ground.warehouse.engine import Engine
from regulars.know.language.types import Type
from regulars.know.members.models import Member
from regulars.know.segments import service as segments
from regulars.know.segments.models import Segment, SegmentChange
from regulars.know.tags.service import Subject, compute_all, save
from regulars.web.console.segment_draft import draft_of, text_of

Role = User.Role
SignIn = Callable[..., Client]
TYPES = {"spend": Type.MONEY, "level": Type.TEXT, "last_on": Type.DATE, "vip": Type.YES_NO}


def _bring_tagged() -> None:
    bring_chain_of_two()
    bring_tags()
    compute_all(Subject.MEMBER, TODAY)


@pytest.fixture
def hq(
    warehouse: Engine,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> Iterator[Client]:
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    stand_on("chain of two, tagged", _bring_tagged, warehouse)
    client = sign_in(Role.OPERATIONS)
    posted = client.post

    def post(*arguments: Any, **options: Any) -> Any:
        """What is put off until the request is kept is done."""
        with django_capture_on_commit_callbacks(execute=True):
            return posted(*arguments, **options)

    monkeypatch.setattr(client, "post", post)
    yield client


def text(answer: Any) -> str:
    return (async_to_sync(whole)(answer) if answer.streaming else answer.content).decode()


async def whole(answer: Any) -> bytes:
    return b"".join([part async for part in answer])


RICH = {"kind@": "all", "kind@0": "tag", "tag@0": "spend", "sign@0": ">=", "value@0": "100.00"}
SAVED = RICH | {"save": "1", "name": "Rich", "code": "rich"}


def test_a_segment_is_built_line_by_line_and_saved(hq: Client) -> None:
    def built(**told: str) -> str:
        return text(hq.post("/segments/new/", RICH | told, headers={"HX-Request": "true"}))

    page = built()
    assert "spend &gt;= 100.00" in page
    assert '<div class="hero" id="found"><span class="num">1</span>' in page
    assert 'name="tag@1.1"' in built(do="group@")
    assert 'name="kind@1"' not in built(**{"kind@1": "any", "kind@1.0": "tag", "do": "remove@1"})
    written = 'level = "gold" and bought(net > 5.00) in last 40 days at least 1 times'
    page = built(do="write@", written=written)
    assert 'name="where@1" value="net &gt; 5.00"' in page
    assert '<div class="hero" id="found"><span class="num">1</span>' in page
    then = 'bought(brand = "A") followed by used() within 9 days without visited()'
    page = built(do="write@", written=f'{then} and not (in org "S2") and sampled 7 percent')
    assert 'name="within@0" value="9"' in page
    assert 'name="place@1.0"' in page
    assert 'name="percent@2" value="7"' in page
    assert hq.post("/segments/new/", SAVED).headers["Location"] == "/segments/rich/"
    page = text(hq.get("/segments/rich/"))
    assert "王芳" in page
    assert "李静" not in page
    assert Segment.objects.get().text == "spend >= 100.00"
    assert '<span class="num">1</span>' in text(hq.get("/segments/"))
    assert "already" in text(hq.post("/segments/new/", SAVED))
    hq.post("/segments/rich/change/", SAVED | {"value@0": "10.00"})
    hq.post("/segments/rich/restore/", {"version": "1"})
    rich = Segment.objects.get()
    assert (rich.version, rich.text) == (3, "spend >= 100.00")
    assert hq.post("/segments/rich/restore/", {"version": "9" * 5_000}).status_code == 404


WRONG = [
    ({"written": "nobody = 1", "do": "write@"}, "There is no tag “nobody”.", "nobody"),
    ({"written": "spend > ", "do": "write@"}, "Something is missing at the end.", "▯"),
    ({"kind@0": "text", "text@0": "spend > 1 x"}, "cannot stand here", "x"),
    ({"tag@0": "nobody"}, "There is no tag “nobody”.", "nobody"),
    ({"value@0": "1 or 2"}, "cannot stand here", "1 or 2"),
    ({"value@0": "9" * 5_000}, "18 digits at most", "9" * 5_000),
    ({"written": "sampled " + "9" * 5_000 + " percent", "do": "write@"}, "18 digits", None),
    ({"sign@0": "; DROP"}, "none of what it may be", "; DROP"),
    ({"kind@0": "did", "days@0": "9999999999"}, "1 to 3650 days", "9999999999"),
    ({"kind@0": "did", "days@0": "soon"}, "1 to 3650 days", "soon"),
    ({"kind@0": "did", "times@0": "1" * 5_000}, "from 0 to 10000", "1" * 5_000),
    ({"kind@0": "did", "sign@0": "contains"}, "none of what it may be", "contains"),
    ({"kind@0": "did", "action@0": "slept"}, "none of what it may be", "slept"),
    ({"kind@0": "did", "where@0": "colour = 1"}, "is no field of", "colour"),
    ({"kind@0": "sample", "percent@0": "100"}, "1 to 99 per cent", "100"),
    ({"kind@0": "place", "place@0": "nowhere"}, "There is no place", 'in org &quot;nowhere&quot;'),
    ({"code": "A B", "save": "1", "name": "x"}, "small letters", None),
    ({"code": "profile", "save": "1", "name": "x"}, "cannot be a code", None),
    ({"code": "ok_1", "save": "1", "name": ""}, "needs a name", None),
]  # fmt: skip
IGNORED = [
    {"do": "remove@9.9"}, {"do": "group@7"}, {"do": "group@0"}, {"do": "tag@x"}, {"do": "fly@"},
    {"do": "remove@" + "9" * 5_000}, {"kind@9.9.9": "tag"}, {"kind@0": "tune"},
]  # fmt: skip


def test_what_means_nothing_is_said_and_its_place_marked(hq: Client) -> None:
    for told, said, wrong in WRONG:
        page = text(hq.post("/segments/new/", RICH | told))
        assert said in page, told
        assert wrong is None or f"<mark>{wrong}</mark>" in page, told
    for told in IGNORED:
        assert hq.post("/segments/new/", RICH | told).status_code == 200, told
    deep = RICH | {"kind@" + ".".join("0" * 400): "all"}
    assert hq.post("/segments/new/", deep).status_code == 400
    within = "not (spend > 1.00 and " * 25 + "spend > 2.00" + ")" * 25
    assert hq.get("/segments/new/", {"text": within}).status_code == 200
    assert hq.get("/segments/new/", {"text": "spend >"}).status_code == 200
    assert not Segment.objects.exists()
    save(None, "just_made", counted("orders", "count"))
    page = text(hq.post("/segments/new/", RICH | {"tag@0": "just_made", "value@0": "1"}))
    assert "“just_made” is not computed yet" in page


def test_the_api_counts_lists_and_says_where(hq: Client, sign_in: SignIn) -> None:
    def preview(client: Client, told: str) -> Any:
        return client.post(
            "/api/v1/segments/preview", {"text": told}, content_type="application/json"
        )

    hq.post("/segments/new/", SAVED)
    told = preview(hq, "spend >= 100.00 or level is unknown").json()
    assert (told["count"], told["total"]) == (2, 2)
    assert [part["count"] for part in told["root"]["parts"]] == [1, 1]
    head = sign_in(Role.REGION_HEAD, node="R2")
    assert preview(head, "spend >= 1.00").json()["total"] == 1
    assert preview(sign_in(Role.STORE_MANAGER, node="S1"), "spend >= 1.00").status_code == 403
    error = preview(hq, "spend > 5.00 and nobody = 1").json()["error"]
    assert error["message"] == "There is no tag “nobody”. (at character 18: “nobody”)"
    assert error["at"] == [17, 23]
    hq.post("/segments/new/", SAVED | {"code": "all_2", "value@0": "0.00"})
    listed = hq.get("/api/v1/segments/all_2/members?limit=1").json()
    assert [each["member_id"] for each in listed["items"]] == ["M1"]
    after = hq.get(f"/api/v1/segments/all_2/members?limit=1&after={listed['next']}").json()
    assert [each["member_id"] for each in after["items"]] == ["M2"]
    assert after["next"] is None
    assert head.get("/api/v1/segments/rich/members").json()["items"] == []
    assert hq.get("/api/v1/segments/nothing/members").status_code == 404


def test_a_page_says_who_they_are_what_they_share_and_why_they_came(
    hq: Client, sign_in: SignIn
) -> None:
    hq.post("/segments/new/", SAVED)
    hq.post("/segments/new/", SAVED | {"code": "all_2", "name": "All", "value@0": "0.00"})
    segments.refresh_all()
    overlap = text(hq.get("/segments/rich/overlap/"))
    assert "All" in overlap
    assert "100.0%" in overlap
    assert "50.0%" in overlap
    assert "at least 30" in text(hq.get("/segments/rich/profile/"))
    assert "at least 30" in text(hq.post("/segments/profile/", RICH))
    assert "There is no tag" in text(hq.post("/segments/profile/", RICH | {"tag@0": "nobody"}))
    change = SegmentChange.objects.get(segment__code="rich")
    page = text(hq.get(f"/segments/rich/changes/{change.pk}/"))
    assert "王芳" in page
    assert "138****5678" in page
    assert "first time" in page
    west = sign_in(Role.REGION_HEAD, node="R2")
    assert "王芳" not in text(west.get(f"/segments/rich/changes/{change.pk}/"))
    assert hq.get(f"/segments/all_2/changes/{change.pk}/").status_code == 404
    first = Member.objects.get(code="M1").pk
    assert "王芳" in text(hq.get("/segments/all_2/?find=13812345678"))
    assert "李静" not in text(hq.get("/segments/all_2/?find=M1"))
    assert "王芳" not in text(hq.get(f"/segments/all_2/?after={first}"))
    assert hq.get("/segments/all_2/?after=x").status_code == 400


def test_the_members_go_out_masked_and_audited(hq: Client, sign_in: SignIn) -> None:
    hq.post("/segments/new/", SAVED | {"value@0": "0.00"})
    browser = {"Accept-Encoding": "gzip", "Accept-Language": "en"}
    rows = text(hq.post("/segments/rich/export/", {"as": "csv"}, headers=browser)).splitlines()
    assert rows[0].startswith("\ufeffNumber,Member,Phone")
    assert rows[1] == "M1,王芳,138****5678,gold,Oak Street,2019-01-02"
    assert len(rows) == 3
    assert hq.post("/segments/rich/export/", {"phones": "plain"}).status_code == 400
    plain = {"phones": "plain", "reason": "recall of a lot", "as": "xlsx"}
    content = hq.post("/segments/rich/export/", plain).content
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert sheet[1][:3] == ["M1", "王芳", "13812345678"]
    told = list(Entry.objects.filter(action="segment.exported").order_by("at"))
    assert [entry.detail["phones"] for entry in told] == ["masked", "plain"]
    assert told[1].detail | plain == told[1].detail | plain | {"count": 2}
    head = sign_in(Role.REGION_HEAD, node="R2")
    assert "王芳" not in text(head.post("/segments/rich/export/", {"as": "csv"}))
    assert head.post("/segments/rich/export/", plain).status_code == 403
    store = sign_in(Role.STORE_MANAGER, node="S1")
    assert store.post("/segments/rich/export/", {"as": "csv"}).status_code == 403


def test_a_list_is_brought_looked_at_and_replaced(hq: Client, sign_in: SignIn) -> None:
    def bring(path: str, *lines: str) -> Any:
        content = "\n".join(["姓名,会员号", *(f"x,{line}" for line in lines)]).encode("gb18030")
        return hq.post(path, {"file": SimpleUploadedFile("guests.csv", content)})

    found = bring("/segments/upload/", "M1", "+86 138-1234-5678", "M9", "").headers["Location"]
    page = text(hq.get(found))
    assert '<div class="hero" id="found"><span class="num">1</span>' in page
    assert "nobody has this number or phone" in page
    assert "M9" in text(hq.get(f"{found}not-found.csv"))
    assert "already" not in text(hq.post(found, {"name": "Guests", "code": "guests"}))
    assert "王芳" in text(hq.get("/segments/guests/"))
    again = bring("/segments/guests/upload/", "M2").headers["Location"]
    hq.post(again, {"name": "Guests"})
    page = text(hq.get("/segments/guests/"))
    assert "李静" in page
    assert "王芳" not in page
    hq.post("/segments/guests/restore/", {"version": "1"})
    assert "王芳" in text(hq.get("/segments/guests/"))
    assert "Nobody was found" in text(bring("/segments/upload/", "M9"))
    wrong = SimpleUploadedFile("a.pdf", b"%PDF")
    assert "is not a CSV" in text(hq.post("/segments/upload/", {"file": wrong}))
    hq.post("/segments/new/", SAVED)
    assert hq.get("/segments/rich/upload/").status_code == 404
    other = sign_in(Role.ADMINISTRATOR)
    assert other.get(found).status_code == 404
    assert other.get(f"{found}not-found.csv").status_code == 404


DEFINING = (
    "/segments/new/", "/segments/upload/", "/segments/rich/change/", "/segments/rich/switch/",
    "/segments/rich/restore/", "/segments/rich/upload/",
)  # fmt: skip
SEEING = (
    "/segments/", "/segments/rich/", "/segments/rich/overlap/", "/segments/rich/profile/",
)  # fmt: skip


def test_segments_are_for_those_who_may(hq: Client, sign_in: SignIn) -> None:
    hq.post("/segments/new/", SAVED)
    head = sign_in(Role.REGION_HEAD, node="R2")
    assert "王芳" not in text(head.get("/segments/rich/"))
    assert [head.get(path).status_code for path in SEEING] == [200] * len(SEEING)
    assert {head.post(path, RICH).status_code for path in DEFINING} == {403}
    assert head.post("/segments/profile/", RICH).status_code == 200
    store = sign_in(Role.CONSULTANT, node="S1")
    assert {store.get(path).status_code for path in SEEING} == {403}
    assert store.post("/segments/profile/", RICH).status_code == 403
    manager = sign_in(Role.CATEGORY_MANAGER, category_codes=["Baby"])
    assert manager.get("/segments/rich/").status_code == 403


leaves = st.sampled_from(
    [
        "spend >= 100.00", 'level = "gold"', "vip", "not vip", "level is unknown",
        "days_since(last_on) <= 30", 'in segment "a"', "bought() in last 9 days at least 2 times",
        "spend between 1 and 2", 'in org "R1"', "not (spend > 1)",
        "bought() followed by used() within 3 days without visited() in last 9 days",
        'level in ["a", "b"]', "sampled 5 percent",
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
