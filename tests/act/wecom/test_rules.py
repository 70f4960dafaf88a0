"""WeCom's limits, as arithmetic."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.act.wecom import rules

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
AGES = st.lists(st.integers(0, 4000), max_size=80)


@given(st.text(max_size=200), st.integers(3, 300))
def test_a_text_that_is_cut_fits_and_is_a_beginning(text: str, most: int) -> None:
    text = text.encode(errors="ignore").decode()
    cut = rules.cut(text, most)
    assert len(cut.encode()) <= most
    assert text.startswith(cut.removesuffix("…")) or cut == text


@given(AGES)
def test_one_more_message_never_exceeds_the_limits(ages: list[int]) -> None:
    sent = [NOW - timedelta(seconds=age) for age in ages]
    free = rules.free_from(sent, NOW)
    assert free >= NOW
    within_a_minute = sum(at > free - rules.MINUTE for at in sent)
    assert within_a_minute < rules.MESSAGES_A_MINUTE


def test_nobody_waits_who_was_told_little() -> None:
    assert rules.free_from([NOW] * 29, NOW) == NOW
    assert rules.free_from([NOW] * 30, NOW) == NOW + rules.MINUTE
    hour = [NOW - timedelta(seconds=90 + n) for n in range(1000)]
    assert rules.free_from(hour, NOW) == hour[-1] + rules.HOUR


@pytest.mark.parametrize(
    "given",
    [
        "https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "",
        "http:///evil.example", "\\\\evil.example", " /m/", "evil.example",
    ],
)  # fmt: skip
def test_another_sites_address_is_never_gone_to(given: str) -> None:
    assert rules.own_path(given, "/m/") == "/m/"


@pytest.mark.parametrize("given", ["/m/leads/", "/m/briefing/?day=2026-11-23&part=morning"])
def test_a_page_of_ours_is_gone_to(given: str) -> None:
    assert rules.own_path(given, "/m/") == given


@pytest.mark.parametrize("text", ["lan", "0012", "Lan.Li@hq"])
def test_what_can_be_a_user_id(text: str) -> None:
    assert rules.is_userid(text)


@pytest.mark.parametrize("text", ["", "a b", "x" * 65, "a|b", ".lan", "兰"])
def test_what_cannot_be_a_user_id(text: str) -> None:
    assert not rules.is_userid(text)
