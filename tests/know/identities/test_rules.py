"""The rules of who is one person, over whatever may be seen."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.know.identities.rules import (
    BY_HAND,
    IN_ONE_PERSON_AT_MOST,
    ON_RECORD,
    SEEN,
    Link,
    grouped,
    hint_of,
    is_shared,
    normalised,
)

KINDS = sorted(IN_ONE_PERSON_AT_MOST)
PEOPLE = 12
PROPERTIES = settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])


def link(one: int, other: int, weight: int, since: int) -> Link:
    low, high = sorted((one, other))
    return Link(low, high, weight, (since, b"%d" % low, b"%d" % high))


identity = st.integers(0, PEOPLE - 1)
kinds = st.lists(st.sampled_from(KINDS), min_size=PEOPLE, max_size=PEOPLE).map(
    lambda chosen: dict(enumerate(chosen))
)
links = st.lists(
    st.builds(
        link, identity, identity, st.sampled_from([ON_RECORD, SEEN]), st.integers(0, 5)
    ).filter(lambda each: each.one != each.other),
    max_size=30,
    unique_by=lambda each: (each.one, each.other),
)
alone = st.sets(identity, max_size=3)


def parts(group_of: dict[int, int]) -> set[frozenset[int]]:
    return {
        frozenset(each for each, group in group_of.items() if group == wanted)
        for wanted in group_of.values()
    }


@PROPERTIES
@given(kinds, links, alone, st.randoms())
def test_the_order_of_merges_does_not_matter(kinds, links, alone, chance) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(links)
    chance.shuffle(shuffled)
    one, other = grouped(kinds, links, alone), grouped(kinds, shuffled, alone)
    assert parts(one.group_of) == parts(other.group_of)
    assert set(one.held) == set(other.held)


@PROPERTIES
@given(kinds, links, alone)
def test_no_chain_of_links_crosses_a_limit(kinds, links, alone) -> None:  # type: ignore[no-untyped-def]
    for group in parts(grouped(kinds, links, alone).group_of):
        held = Counter(kinds[each] for each in group)
        assert all(count <= IN_ONE_PERSON_AT_MOST[kind] for kind, count in held.items())


@PROPERTIES
@given(kinds, links, alone)
def test_who_stands_alone_is_with_nobody(kinds, links, alone) -> None:  # type: ignore[no-untyped-def]
    assert {frozenset({each}) for each in alone} <= parts(grouped(kinds, links, alone).group_of)


@PROPERTIES
@given(kinds, links, identity, identity)
def test_an_unmerge_restores_what_was(kinds, links, one, other) -> None:  # type: ignore[no-untyped-def]
    before = parts(grouped(kinds, links, set()).group_of)
    merged = [*links, Link(one, other, BY_HAND, (0, b"", b""))]
    together = grouped(kinds, merged, set()).group_of
    assert together[one] == together[other]
    taken_back = [each for each in merged if each.weight != BY_HAND]
    assert parts(grouped(kinds, taken_back, set()).group_of) == before


@PROPERTIES
@given(kinds, links)
def test_a_link_is_held_only_where_its_ends_are_apart(kinds, links) -> None:  # type: ignore[no-untyped-def]
    groups = grouped(kinds, links, set())
    for each in links:
        apart = groups.group_of[each.one] != groups.group_of[each.other]
        assert apart <= (each in groups.held)


def test_what_is_seen_with_more_than_the_limit_is_shared() -> None:
    assert not is_shared("cookie", ["member"] * 3 + ["phone"] * 3 + ["device"] * 9)
    assert is_shared("cookie", ["member"] * 4)
    assert not is_shared("member", ["phone"] * 6)
    assert is_shared("member", ["phone"] * 7)


@pytest.mark.parametrize(
    ("kind", "value", "form"),
    [
        ("phone", " +86 138-1234-5678 ", "13812345678"),
        ("phone", "１３８１２３４５６７８", "13812345678"),
        ("phone", "1234", None),
        ("phone", "11111111111", None),
        ("email", " Ann@Example.COM", "ann@example.com"),
        ("email", "ann", None),
        ("cookie", " Ab ", "Ab"),
        ("cookie", "NULL", None),
        ("device", "00000000-0000-0000-0000-000000000000", None),
        ("cookie", "x" * 256, None),
        ("cookie", "a\x00b", None),
        ("cookie", None, None),
        ("shoe", "7", None),
    ],
)
def test_a_value_has_one_form(kind: str, value: str | None, form: str | None) -> None:
    assert normalised(kind, value) == form


@given(st.text(min_size=1, max_size=300))
def test_a_hint_shows_little(value: str) -> None:
    if (form := normalised("cookie", value)) and len(form) > 2:
        assert form not in hint_of("cookie", form)
