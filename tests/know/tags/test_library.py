"""The ready definitions mean something, together, in both languages, and can be computed."""

import tomllib
from collections import Counter
from collections.abc import Iterable
from datetime import date
from importlib.resources import files
from typing import Any

import pytest
from tests.know.identities.small_chain import bring

from regulars.ground.warehouse.engine import Engine
from regulars.ground.warehouse.service import query
from regulars.know.members.rules import Stage
from regulars.know.tags.checking import checked
from regulars.know.tags.definitions import (
    Aggregate,
    Kind,
    Manual,
    Measure,
    Rank,
    Tag,
    Within,
    read,
    written,
)
from regulars.know.tags.library import bring_library, library
from regulars.know.tags.models import Definition
from regulars.know.tags.service import Subject, compute_all

TODAY = date(2020, 4, 15)
FEWEST = {Subject.MEMBER: 95, Subject.PRODUCT: 15, Subject.STORE: 15, Subject.STAFF: 8}
GROUPS = {
    "profile", "family", "purchase", "value", "goods", "rhythm", "lifecycle", "price", "online",
    "coupon", "score", "service", "sales", "members", "stock",
}  # fmt: skip


def tags(subject: Subject | None = None) -> list[Tag]:
    read_in = [read(code, told) for code, told in library().items()]
    return [tag for tag in read_in if subject in (None, tag.subject)]


def measures(among: Iterable[Tag]) -> Counter[Measure]:
    return Counter(tag.spec.measure for tag in among if isinstance(tag.spec, Aggregate))


@pytest.mark.parametrize("subject", Subject)
def test_those_of_a_subject_mean_something_together(subject: Subject) -> None:
    found = checked(tags(subject))
    assert len(found.tags) >= FEWEST[subject]
    assert all(tag.type for tag in found.tags)


@pytest.mark.parametrize("code", library())
def test_what_is_read_is_written_the_same(code: str) -> None:
    tag = read(code, library()[code])
    assert read(code, written(tag)) == tag


def test_no_code_stands_in_two_files() -> None:
    folder = files("regulars.know.tags").joinpath("library")
    told = [code for file in folder.iterdir() for code in tomllib.loads(file.read_text("utf-8"))]
    assert [code for code, times in Counter(told).items() if times > 1] == []
    assert len(told) == len(library())


def test_every_kind_and_measure_is_there() -> None:
    assert len(tags()) >= 120
    assert {tag.kind for tag in tags()} == set(Kind)
    assert set(measures(tags())) == set(Measure)
    assert {tag.spec.within for tag in tags() if isinstance(tag.spec, Rank)} == set(Within)


@pytest.mark.parametrize(
    "measure", [Measure.DISTINCT, Measure.FAVOURITE, Measure.INTERVAL, Measure.SHARE]
)
def test_ten_of_members_are_of_each_harder_measure(measure: Measure) -> None:
    assert measures(tags(Subject.MEMBER))[measure] >= 10


@pytest.mark.parametrize("subject", Subject)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_two_of_a_subject_have_the_same_name(subject: Subject, language: str) -> None:
    names = Counter(getattr(tag, language).strip() for tag in tags(subject))
    assert [name for name, times in names.items() if times > 1 or not name] == []


def test_everything_is_said_in_both_languages() -> None:
    for tag in tags():
        assert tag.group in GROUPS, tag.code
        assert all(said.get("zh") and said.get("en") for said in tag.values.values()), tag.code
        assert not tag.note or len(tag.note.split(" / ")) == 2, tag.code
        assert tag.subject == Subject.MEMBER or tag.code.startswith(f"{tag.subject}_")
        if isinstance(tag.spec, Manual):
            assert set(tag.spec.choices) == set(tag.values), tag.code


def test_stages_go_by_the_codes_of_members() -> None:
    assert set(library()["youngest_stage"]["values"]) == set(Stage.values)


@pytest.mark.usefixtures("db")
def test_the_library_is_brought_once() -> None:
    assert bring_library() == len(library())
    assert bring_library() == 0
    Definition.objects.filter(code="is_dormant").update(is_active=False)
    assert bring_library() == 0


def test_all_can_be_computed_and_some_are_right(warehouse: Engine) -> None:
    bring()
    bring_library()
    for subject in Subject:
        assert [timing.error for timing in compute_all(subject, TODAY) if timing.error] == []
    members = of("member", "lifecycle", "spend_365d", "r_score", "f_score", "m_score")
    assert members == {
        "M1": ("at_risk", 10_000, 2, 1, 2),
        "M2": ("active", 37_000, 5, 4, 4),
        "M3": ("active", 1_000, 5, 1, 1),
    }
    assert of("member", "rfm_segment", "youngest_stage", "is_cross_store_buyer", "level") == {
        "M1": ("win_back", "older_infant", False, "gold"),
        "M2": ("key_value", None, True, None),
        "M3": ("develop", None, False, None),
    }
    products = of("product", "product_sales_365d", "product_buyers_365d", "product_is_slow")
    assert products == {"P1": (48_500, 3, True), "P2": (0, 0, True)}
    assert of("store", "store_sales_365d", "store_buyers_365d", "store_members") == {
        "S1": (40_000, 2, 1),
        "S2": (8_500, 2, 2),
    }


def of(subject: str, *codes: str) -> dict[str, tuple[Any, ...]]:
    owners = f"{subject}s"
    rows = query(
        f"SELECT {owners}.code AS who, t.* FROM {subject}_tags AS t JOIN {owners} USING"
        f" ({subject}_id)"
    )
    return {row["who"]: tuple(row[code] for code in codes) for row in rows.to_pylist()}
