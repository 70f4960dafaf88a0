"""Within one look a question is asked once; outside, each time."""

from itertools import count

from regulars.ground.kit.looking import one_look, seen_once


def test_within_one_look_the_first_answer_under_a_name_holds() -> None:
    numbers = count()
    with one_look():
        assert [seen_once("a", numbers.__next__), seen_once("a", numbers.__next__)] == [0, 0]
        assert seen_once(("a", 1), numbers.__next__) == 1
    with one_look():
        assert seen_once("a", numbers.__next__) == 2


def test_outside_of_a_look_it_is_asked_each_time() -> None:
    numbers = count()
    assert [seen_once("a", numbers.__next__), seen_once("a", numbers.__next__)] == [0, 1]


def test_an_answer_of_nothing_is_an_answer() -> None:
    asked = list[None]()
    with one_look():
        assert seen_once("a", lambda: asked.append(None)) is None
        assert seen_once("a", lambda: asked.append(None)) is None
    assert len(asked) == 1
