"""Groups found by what members are and did; who enters and leaves is told once."""

from datetime import timedelta
from fractions import Fraction

import numpy as np
import pytest
from tests.kept_chain import stand_on
from tests.know.identities.small_chain import bring, load, member
from tests.know.tags.small_library import TODAY, bring_tags, counted
from tests.web.conftest import line

from regulars.ground.accounts.access import CAPABILITIES, Scope
from regulars.ground.accounts.models import User
from regulars.ground.jobs.models import Event
from regulars.ground.kit import clock
from regulars.ground.kit.errors import UserError
from regulars.ground.org.models import Node
from regulars.ground.warehouse.engine import Engine
from regulars.ground.warehouse.service import query
from regulars.know.language.errors import TextError
from regulars.know.members.models import Member
from regulars.know.segments import keeping
from regulars.know.segments import service as segments
from regulars.know.segments.keeping import tell
from regulars.know.segments.models import Segment, SegmentChange
from regulars.know.segments.profile import information
from regulars.know.tags.service import Subject, compute_all, save_all, update_changed

Role = User.Role
ALL = Scope(0, Role.OPERATIONS, CAPABILITIES[Role.OPERATIONS])


@pytest.fixture(autouse=True)
def _tagged(warehouse: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    stand_on("two shops and apples, tagged", _bring_tagged, warehouse)


def _bring_tagged() -> None:
    bring()
    bring_tags()
    load("lines", line("N1", "2020-02-20", "S2", "M2", 900, product_id="P2"))
    compute_all(Subject.MEMBER)


def who(text: str, scope: Scope = ALL) -> set[str]:
    """M1 bought milk on 01-05; M2 milk on 02-03 and 02-09, apples on 02-20; M3 milk on 02-09."""
    segment = segments.save_rule(None, "tried", "Tried", text)
    segments.refresh(segment)
    ids = segments.list_member_ids(scope, segment, 0, 10)
    found = set(Member.objects.filter(pk__in=ids).values_list("code", flat=True))
    assert segments.preview(scope, text).count == len(found)
    return found


MEANT = [
    ("spend >= 100.00", {"M1", "M2"}),
    ("recency > 20", {"M1", "M3"}),
    ('level = "gold" or not spend > 50.00', {"M1", "M3"}),
    ('not level = "gold"', {"M2", "M3"}),
    ("is_loyal is known and lifecycle in [\"active\"]", {"M2", "M3"}),
    ('bought(category under "Baby") in last 30 days', {"M2", "M3"}),
    ('bought(category under "Baby") at least 2 times', {"M2"}),
    ('bought(category under "Baby") exactly 1 times', {"M1", "M3"}),
    ("bought() in last 30 days at most 0 times", {"M1"}),
    ("bought() in last 30 days at most 2 times", {"M1", "M3"}),
    ("ordered(net > 90.00) from 2020-01-01 to 2020-01-31", {"M1"}),
    ("did() at least 0 times", {"M1", "M2", "M3"}),
    ("did()", set()),
    ('bought(brand = "A") followed by bought(brand = "B") within 11 days', {"M2"}),
    ('bought(brand = "A") followed by bought(brand = "B") within 10 days', set()),
    (
        'bought(brand = "A") followed by bought(brand = "B") within 30 days'
        ' without bought(store = "S2" and brand = "A")',
        {"M2"},
    ),
    (
        'bought(store = "S1") followed by bought(brand = "B") within 30 days'
        ' without bought(brand = "A")',
        set(),
    ),
    (
        'bought(store = "S1") followed by bought(store = "S2") within 9 days'
        ' followed by bought(brand = "B") within 30 days',
        {"M2"},
    ),
    (
        'bought(brand = "A") followed by bought(brand = "B") within 20 days'
        " from 2020-02-01 to 2020-02-05",
        {"M2"},
    ),
    (
        'bought(brand = "A") followed by bought(brand = "B") within 20 days'
        " from 2020-01-01 to 2020-02-02",
        set(),
    ),
    ('not bought(category under "Baby") at least 2 times or spend >= 1000.00', {"M1", "M3"}),
    ('bought(brand = "A") and (in org "R1" or spend > 150.00)', {"M1", "M2"}),
    ('bought(brand = "A") and not in org "R1"', {"M2", "M3"}),
    ('not (bought(brand = "B") or in org "R1")', {"M3"}),
    ('not (spend < 50.00 or bought(brand = "B"))', {"M1"}),
    ('in org "R1"', {"M1"}),
    ('in org "R2" and spend > 20.00', {"M2"}),
]  # fmt: skip


def test_who_is_meant() -> None:
    assert [(text, who(text)) for text, _found in MEANT] == MEANT


def test_each_condition_has_its_own_count() -> None:
    told = segments.preview(ALL, 'spend > 50.00 and (recency > 20 or not level = "gold")')
    assert (told.count, told.total) == (2, 3)
    spend, either = told.root.parts
    assert (spend.text, spend.count) == ("spend > 50.00", 2)
    assert [part.count for part in either.parts] == [2, 2]


def test_a_sample_of_ten_is_among_that_of_twenty() -> None:
    load("members", *({"member_id": f"X{n}", "joined_on": "2020-01-01"} for n in range(300)))
    update_changed()
    ten, twenty = who_ids("sampled 10 percent"), who_ids("sampled 20 percent")
    assert ten < twenty
    assert 0.05 < len(ten) / 303 < 0.16


def who_ids(text: str) -> set[int]:
    segment = segments.save_rule(None, "tried", "Tried", text)
    segments.refresh(segment)
    return set(segments.list_member_ids(ALL, segment, 0, 1000))


def test_a_place_sees_its_own_members_alone() -> None:
    store = Node.objects.get(code="S2").pk
    manager = Scope(1, Role.REGION_HEAD, CAPABILITIES[Role.REGION_HEAD], store)
    assert who("spend > 0.00", manager) == {"M2", "M3"}
    assert segments.preview(manager, "spend > 0.00").total == 2
    for text, found in MEANT:
        assert who(text, manager) == found - {"M1"}, text


def test_a_tag_of_another_type_is_asked_for_when_it_is_computed() -> None:
    save_all(None, {"goods": counted("lines", "last", field="product")})
    with pytest.raises(TextError, match="not computed yet"):
        segments.preview(ALL, 'goods = "P2"')
    compute_all(Subject.MEMBER)
    assert segments.preview(ALL, 'goods = "P2"').count == 1


def test_entering_and_leaving_is_told_once() -> None:
    rich = segments.save_rule(None, "rich", "Rich", "spend > 200.00")
    segments.refresh_all()
    load("lines", line("N2", "2020-02-21", "S1", "M1", 30_000))
    load("lines", line("N3", "2020-02-21", "S2", "M2", -30_000, quantity=-1))
    update_changed()
    segments.refresh_all()
    segments.refresh_all()
    changes = SegmentChange.objects.filter(segment=rich).order_by("told_at")
    assert list(changes.values_list("entered", "left", "size")) == [(1, 0, 1), (1, 1, 1)]
    told = Event.objects.filter(topic__startswith="segment.").order_by("published_at")
    assert [event.topic for event in told] == [
        "segment.entered", "segment.entered", "segment.left",
    ]  # fmt: skip
    left = query(
        "SELECT member_id FROM segment_changes WHERE NOT is_entry AND change_id = $id",
        {"id": told[2].payload["change"]},
    )
    assert left["member_id"].to_pylist() == [member("M2").pk]


def test_one_that_came_to_stand_on_a_later_one_follows_it_at_once() -> None:
    segments.save_rule(None, "early", "Early", "spend > 9999.00")
    segments.save_rule(None, "late", "Late", "spend > 200.00")
    early = segments.save_rule(None, "early", "Early", 'in segment "late"')
    segments.refresh_all()
    assert segments.count_members(ALL, early) == 1


def test_what_was_told_before_a_crash_is_not_told_again() -> None:
    segments.save_rule(None, "rich", "Rich", "spend > 200.00")
    segments.refresh_all()
    change = SegmentChange.objects.get()
    engine_says = "INSERT INTO segment_outbox VALUES ($id, $segment, 1, 0, 1, $day)"
    from regulars.ground.warehouse.service import Statement, run

    names = {"id": str(change.pk), "segment": change.segment_id, "day": TODAY}
    run(Statement(engine_says, names))
    assert tell() == 1
    assert SegmentChange.objects.count() == 1
    assert Event.objects.filter(topic="segment.entered").count() == 1
    assert query("FROM segment_outbox").num_rows == 0


def test_what_is_due_while_it_rests_is_done_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    stand = keeping._Stand()
    monkeypatch.setattr(keeping, "_stand", stand)
    rich = segments.save_rule(None, "rich", "Rich", "spend > 200.00")
    assert segments.keep_up(are_tags_new=False) == 1  # it is new
    load("lines", line("N2", "2020-02-21", "S1", "M1", 30_000))
    update_changed()
    stand.rests_until = float("inf")
    assert segments.keep_up(are_tags_new=True) == 0
    stand.rests_until = 0.0
    assert segments.keep_up(are_tags_new=False) == 1
    assert segments.keep_up(are_tags_new=False) == 0
    next_day = TODAY + timedelta(days=30)
    monkeypatch.setattr(clock, "today", lambda: next_day)
    stand.rests_until = float("inf")
    segments.save_rule(None, "recent", "Recent", "recency < 20")
    assert segments.keep_up(are_tags_new=False) == 0  # read as of today, nobody is
    changes = SegmentChange.objects.count()
    segments.save_rule(None, "rich", "Rich", "spend > 1.00")
    segments.refresh(Segment.objects.get(pk=rich.pk))
    assert SegmentChange.objects.count() == changes  # a request tells nothing: the keeper does
    assert tell() == 1


def test_who_is_in_which_and_which_condition_flipped(monkeypatch: pytest.MonkeyPatch) -> None:
    text = 'spend > 200.00 and not bought(brand = "B") in last 11 days'
    rich = segments.save_rule(None, "rich", "Rich", text)
    loyal = segments.save_rule(None, "loyal", "Loyal", "spend > 200.00 or spend < 20.00")
    segments.refresh_all()
    (other,) = segments.list_others(ALL, loyal)
    assert (other.size, other.shared, other.own_size) == (0, 0, 2)
    monkeypatch.setattr(clock, "today", lambda: TODAY + timedelta(days=1))
    load("lines", line("N4", "2020-03-02", "S1", "M1", 30_000))
    update_changed()
    segments.refresh_all()
    change = SegmentChange.objects.get(segment=rich, changed_on=TODAY + timedelta(days=1))
    moved = segments.list_moved(ALL, change, is_entry=True, after=0, limit=9)
    by_code = {Member.objects.get(pk=each.member_id).code: each.flips for each in moved}
    assert [(flip.text, flip.was) for flip in by_code["M1"]] == [("spend > 200.00", False)]
    assert by_code["M1"][0].values[0][1:] == (10_000, 40_000)
    assert [flip.text for flip in by_code["M2"]] == ['bought(brand = "B") in last 11 days']
    both = segments.list_combinations(ALL, [rich, loyal])
    assert [([s.code for s in each.segments], each.count) for each in both] == [
        (["rich", "loyal"], 2), (["loyal"], 1),
    ]  # fmt: skip
    west = Scope(
        1, Role.REGION_HEAD, CAPABILITIES[Role.REGION_HEAD], Node.objects.get(code="S2").pk
    )
    seen = segments.list_moved(west, change, is_entry=True, after=0, limit=9)
    assert [each.member_id for each in seen] == [member("M2").pk]
    assert segments.count_sizes(west) == {rich.pk: 1, loyal.pk: 2}
    assert segments.which_of(west, rich, [member("M1").pk, member("M2").pk]) == [member("M2").pk]


def test_the_tags_that_tell_a_group_from_the_rest_come_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("regulars.know.segments.profile.MOST_SHOWN", 99)
    joined = [f"2019-{1 + n % 12:02}-01" for n in range(120)]
    load("members", *({"member_id": f"X{n}", "joined_on": day, "home_store_id": "S2",
                       "level": "gold" if n < 60 or n % 10 == 0 else "new"}
                      for n, day in enumerate(joined)))  # fmt: skip
    load("lines", *(line(f"X{n}", "2020-02-28", "S2", f"X{n}", 50_000) for n in range(60)))
    update_changed()
    told = segments.profile(ALL, "orders_30d >= 1 and spend > 499.00")
    assert (told.size, told.rest) == (60, 63)
    by_code = {each.tag.code: each for each in told.distinctions}
    assert by_code["spend"].is_in_rule
    assert not by_code["level"].is_in_rule
    assert by_code["spend"].information > by_code["level"].information
    assert (by_code["spend"].middle, by_code["spend"].middle_of_rest) == (50_000, 0)
    level = by_code["level"].part
    assert (level.meaning.value, level.share, level.share_of_rest) == ("gold", 1, Fraction(7, 63))
    assert level.lift == 9
    assert "child_months" not in by_code
    west = Scope(
        1, Role.REGION_HEAD, CAPABILITIES[Role.REGION_HEAD], Node.objects.get(code="S1").pk
    )
    assert not segments.profile(west, "orders_30d >= 1").is_enough


def test_chance_alone_tells_nothing() -> None:
    same = np.array([500, 300, 200])
    assert information(same, same) < 0
    assert information(np.array([3, 1]), np.array([100, 100])) < 0.02
    counts, rest = np.array([900, 100]), np.array([100, 900])
    by_hand = 2 * 0.8 * np.log(9) - (1 / 1000 + 1 / 1000)
    assert information(counts, rest) == pytest.approx(by_hand, rel=0.01)


def test_a_list_is_who_was_uploaded() -> None:
    ids = [member("M1").pk, member("M3").pk, 999_999]
    listed = segments.save_list(None, "guests", "Guests", ids)
    segments.refresh(listed)
    assert segments.count_members(ALL, listed) == 2
    assert who('in segment "guests" and spend > 20.00') == {"M1"}


WRONG = [
    ('in segment "nobody"', 'in segment "nobody"'),
    ('in org "nowhere"', 'in org "nowhere"'),
    ("sampled 100 percent", "sampled 100 percent"),
    ("bought(hour = 3)", "hour"),
    ('spend > 1 and in segment "tried"', 'in segment "tried"'),
]


def test_what_means_nothing_is_marked() -> None:
    segments.save_rule(None, "tried", "Tried", "spend > 1.00")
    for text, wrong in WRONG:
        with pytest.raises(TextError) as caught:
            segments.save_rule(None, "tried", "Tried", text)
        start, end = caught.value.at
        assert text[start:end] == wrong
    assert Segment.objects.get().version == 1


def test_segments_do_not_stand_on_each_other_in_a_circle() -> None:
    segments.save_rule(None, "one", "One", "spend > 1.00")
    segments.save_rule(None, "two", "Two", 'in segment "one"')
    with pytest.raises(TextError):
        segments.save_rule(None, "one", "One", 'not in segment "two"')


INJECTED = ("'; DROP TABLE member_tags; --", '" OR 1=1 --', "$today")


def test_no_text_reaches_the_warehouse_as_sql() -> None:
    for text in INJECTED:
        quoted = '"' + text.replace('"', '\\"') + '"'
        assert who(f"level = {quoted} or bought(product_name = {quoted})") == set()
        with pytest.raises(UserError):
            segments.save_rule(None, text, "x", "spend > 1.00")
    assert query("FROM member_tags").num_rows == 3
