from hypothesis import given
from hypothesis import strategies as st

from regulars.ground.accounts.access import CAPABILITIES, Role, Scope
from regulars.web.parts.blocks.order import USUAL, Arrangement, Move, arranged, moved
from regulars.web.parts.blocks.registry import BLOCKS, BY_CODE

CODES = tuple(BY_CODE)
some = st.lists(st.sampled_from(CODES), unique=True)
ROLE = Role.REGION_HEAD


def test_every_usual_order_names_blocks_that_the_role_may_see_each_once() -> None:
    for role in Role.values:
        scope = Scope(1, role, CAPABILITIES[role])
        usual = USUAL[role]
        assert len(set(usual)) == len(usual), role
        assert [code for code in usual if not BY_CODE[code].is_open_to(scope)] == [], role


def test_every_block_is_usual_for_somebody() -> None:
    assert {code for usual in USUAL.values() for code in usual} == {b.code for b in BLOCKS}


def test_nothing_kept_is_the_usual_order_and_the_rest_is_hidden() -> None:
    now = arranged(ROLE, CODES, [], [])
    assert now.shown == USUAL[ROLE]
    assert set(now.hidden) == set(CODES) - set(USUAL[ROLE])


def test_a_block_that_came_with_a_new_version_stands_after_what_usually_comes_before_it() -> None:
    kept = [code for code in reversed(USUAL[ROLE]) if code != "visits"]
    now = arranged(ROLE, CODES, kept, [])
    assert now.shown.index("visits") == now.shown.index("findings") + 1
    assert [code for code in now.shown if code != "visits"] == kept


def test_what_was_put_away_stays_away_and_what_may_no_longer_be_seen_is_gone() -> None:
    now = arranged(ROLE, [code for code in CODES if code != "live"], ["usage", "live"], ["trend"])
    assert "trend" in now.hidden
    assert "live" not in now.shown + now.hidden


def test_a_new_block_that_the_role_does_not_usually_see_waits_among_the_hidden() -> None:
    now = arranged(Role.CONSULTANT, CODES, ["month", "live"], [])
    assert "ledger" in now.hidden


@given(some, some)
def test_every_open_block_stands_in_one_place_whatever_was_kept(
    kept: list[str], put_away: list[str]
) -> None:
    put_away = [code for code in put_away if code not in kept]
    now = arranged(ROLE, CODES, kept, put_away)
    assert sorted(now.shown + now.hidden) == sorted(CODES)
    assert [code for code in now.shown if code in kept] == kept
    assert arranged(ROLE, CODES, now.shown, now.hidden) == Arrangement(now.shown, now.hidden)


@given(some, some, st.sampled_from(CODES), st.sampled_from([Move.UP, Move.DOWN]))
def test_one_step_passes_one_block_of_those_seen_and_the_step_back_undoes_it(
    kept: list[str], seen: list[str], code: str, move: Move
) -> None:
    now = Arrangement(tuple(kept), ())
    then = moved(now, code, move, {*seen, code})
    before = [each for each in now.shown if each in seen or each == code]
    after = [each for each in then.shown if each in seen or each == code]
    assert sorted(then.shown) == sorted(now.shown)
    if then != now:
        step = -1 if move == Move.UP else 1
        assert after.index(code) == before.index(code) + step
        back = moved(then, code, Move.DOWN if move == Move.UP else Move.UP, {*seen, code})
        assert [each for each in back.shown if each in before] == before
    else:
        at_an_end = [] if code not in before else [before[0 if move == Move.UP else -1]]
        assert code not in before or at_an_end == [code]


def test_what_is_hidden_and_shown_again_stands_last() -> None:
    now = Arrangement(("live", "month"), ())
    hidden = moved(now, "live", Move.HIDE, CODES)
    assert hidden == Arrangement(("month",), ("live",))
    assert moved(hidden, "live", Move.SHOW, CODES).shown == ("month", "live")
    assert moved(now, "live", Move.SHOW, CODES) == now
