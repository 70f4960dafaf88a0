"""The tag library as its makers use it: listed, made, marked where it is wrong, taken back."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker
from tests.know.identities.small_chain import bring
from tests.know.tags.small_library import TODAY, bring_tags
from tests.shared_chain import shared_chain

from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.know.tags.models import Definition, ModelFit
from regulars.know.tags.predictions.running import models_asked, run_models
from regulars.know.tags.service import Subject, compute_all, defined
from regulars.know.tags.statistics import note_statistics

Role = User.Role
SignIn = Callable[..., Client]
BIG = {
    "code": "big_spender", "zh": "大额客户", "en": "Big spender", "text": "spend > 100.00",
}  # fmt: skip


pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def _tagged(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    def making() -> None:
        bring()
        bring_tags()
        note_statistics(Subject.MEMBER, compute_all(Subject.MEMBER, TODAY))

    with shared_chain("tags", making, tmp_path_factory, django_db_blocker):
        yield


@pytest.fixture
def hq(sign_in: SignIn) -> Client:
    return sign_in(Role.OPERATIONS)


def text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined, no-any-return]


def test_the_library_says_how_many_have_a_value(hq: Client) -> None:
    page = text(hq.get("/tags/?find=recency"))
    assert "recency" in page
    assert "100.0%" in page
    assert "lifecycle" not in page


def test_a_tag_says_how_it_is_made_and_who_stands_on_it(hq: Client) -> None:
    page = text(hq.get("/tags/member/spend/"))
    assert "net sales" in page
    assert "/tags/member/m_score/" in page
    assert "its scan took" in page


def test_a_rule_is_made_changed_and_taken_back(hq: Client) -> None:
    made = hq.post("/tags/new/?kind=rule", BIG)
    assert made.headers["Location"] == "/tags/member/big_spender/"
    hq.post("/tags/member/big_spender/change/", BIG | {"text": "spend > 200.00"})
    hq.post("/tags/member/big_spender/restore/", {"version": "1"})
    now = Definition.objects.get(code="big_spender")
    assert (now.version, now.told["text"], now.type) == (3, "spend > 100.00", "yes_no")


def test_the_place_of_a_fault_is_marked(hq: Client) -> None:
    page = text(hq.post("/tags/new/?kind=rule", BIG | {"text": "spend > 5.00 and nobody = 1"}))
    assert "There is no tag “nobody”." in page
    assert "<mark>nobody</mark>" in page
    assert not Definition.objects.filter(code="big_spender").exists()


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"text": "spend / 0 > 1"}, "divided by zero"),
        ({"text": "level > 3"}, "A text is asked for here"),
        ({"text": "is_loyal or big_spender"}, "in a circle"),
        ({"code": "Robert'); DROP"}, "small letters"),
        ({"text": "bought() and is_loyal"}, "make this a segment"),
    ],
)
def test_what_means_nothing_is_refused(hq: Client, told: dict[str, str], said: str) -> None:
    assert said in text(hq.post("/tags/new/?kind=rule", BIG | told))
    assert not Definition.objects.filter(en="Big spender").exists()


def test_a_window_that_ends_before_it_starts_is_refused(hq: Client) -> None:
    told = {
        "code": "odd", "zh": "怪", "en": "Odd", "fact": "orders", "measure": "count",
        "start": "2020-02-01", "end": "2020-01-01",
    }  # fmt: skip
    assert "ends before it starts" in text(hq.post("/tags/new/?kind=aggregate", told))


def test_a_tag_that_others_stand_on_stays_on(hq: Client) -> None:
    answer = hq.post("/tags/member/spend/switch/", {"is_active": "0"})
    assert answer.status_code == 400
    assert Definition.objects.get(code="spend").is_active
    hq.post("/tags/member/is_loyal/switch/", {"is_active": "0"})
    assert not Definition.objects.get(code="is_loyal").is_active


def test_a_member_shows_her_tags_and_what_they_follow_from(sign_in: SignIn) -> None:
    manager = sign_in(Role.STORE_MANAGER, node="S1")
    page = text(manager.get("/members/M1/"))
    assert "Because:" in page
    assert "older_infant" in page
    assert "/tags/member/" not in page  # a store does not see how tags are made


def test_a_model_says_how_true_it_was_or_why_it_says_nothing(hq: Client) -> None:
    told = {"code": "alive", "zh": "仍是顾客", "en": "Alive", "output": "lifetime.alive"}
    odd = text(hq.post("/tags/new/?kind=model", told | {"output": "lifetime.overdue"}))
    assert "lifetime.overdue" in odd
    assert "This model knows no categories" in text(
        hq.post("/tags/new/?kind=model", told | {"category": "Baby"})
    )
    assert not Definition.objects.filter(code="alive").exists()
    assert "kind=model" not in text(hq.get("/tags/new/?subject=store&kind=rule"))
    assert hq.post("/tags/new/?kind=model", told).status_code == 302
    assert "Not fitted yet" in text(hq.get("/tags/member/alive/"))
    run_models(models_asked(defined(Subject.MEMBER).columns.stored), ["lifetime"], TODAY)
    assert "Too few members bought more than once." in text(hq.get("/tags/member/alive/"))
    accuracy = {"actual": 90, "predicted": 80.5, "bias_percent": -10.6, "mae": 1.25, "auc": 0.8}
    held_back = {"cut": "2020-01-01", "days": 60, "members": 400, "model": accuracy}
    ModelFit.objects.create(
        model="lifetime",
        version=2,
        fitted_at=clock.now(),
        as_of=TODAY,
        lines=9,
        took_ms=40,
        parameters={
            "came_back": 300,
            "buying": {"r": 0.5, "alpha": 50.0, "a": 1.0, "b": 3.0, "customers": 400},
        },
        accuracy=held_back | {"same_as_before": accuracy | {"mae": 2.5}},
        error="no_spend",
    )
    page = text(hq.get("/tags/member/alive/"))
    for said in ("Version 2", "-10.6%", "1.25", "2.50", "80.0%", "25.0%", "3.65", "Earlier fits",
                 "values are unknown"):  # fmt: skip
        assert said in page, said


def test_definitions_leave_and_come_as_a_file_seen_before_it_is_saved(hq: Client) -> None:
    told = text(hq.get("/tags/member/export.toml"))
    changed = told.replace("spend_30d / orders_30d", "spend_30d / orders_30d + 1.00")
    new = '\n[brand_new]\nkind = "rule"\ntext = "spend > 1.00"\nzh = "新"\nen = "New"\n'
    seen = text(hq.post("/tags/import/", {"text": changed + new}))
    assert ("member/brand_new" in seen, "member/atv" in seen) == (True, True)
    assert not Definition.objects.filter(code="brand_new").exists()
    wrong = text(hq.post("/tags/import/", {"text": new.replace("spend", "nobody"), "save": "1"}))
    assert "line 2, [brand_new] text, character 1: There is no tag" in wrong
    assert "paste its text" in text(hq.post("/tags/import/", {"text": ""}))
    assert hq.post("/tags/import/", {"text": changed + new, "save": "1"}).status_code == 302
    assert Definition.objects.filter(code="brand_new").exists()
    assert Definition.objects.get(code="atv").version == 2
    assert hq.get("/tags/nobody/export.toml").status_code == 400


def test_definitions_are_for_those_who_may(sign_in: SignIn) -> None:
    head = sign_in(Role.REGION_HEAD, node="R1")
    assert head.get("/tags/").status_code == 200
    assert head.post("/tags/new/?kind=rule", BIG).status_code == 403
    assert head.get("/tags/member/export.toml").status_code == 403
    assert head.post("/tags/import/", {"text": "x = 1"}).status_code == 403
    assert sign_in(Role.BRAND_PARTNER, brand_codes=["A"]).get("/tags/").status_code == 403


def test_the_api_gives_a_members_tags_to_whoever_sees_her(sign_in: SignIn) -> None:
    told = sign_in(Role.STORE_MANAGER, node="S1").get("/api/v1/members/M1/tags").json()
    by_code = {each["code"]: each for each in told}
    assert by_code["spend"]["value"] == 10_000
    assert by_code["atv"]["because"] == {"orders_30d": 0, "spend_30d": 0}
    other = sign_in(Role.STORE_MANAGER, node="S2").get("/api/v1/members/M1/tags")
    assert other.status_code == 404
