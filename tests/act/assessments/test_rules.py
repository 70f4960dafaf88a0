"""From answers to points, from points to results; and what an assessment may be."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.act.assessments import rules, writing
from regulars.act.assessments.content import Content, plain, read
from regulars.act.assessments.library import ready
from regulars.ground.kit.errors import UserError

SKIN: dict[str, Any] = {
    "title": "Skin",
    "by": "highest",
    "scales": {"dry": "dry", "oily": "oily"},
    "questions": [
        {"code": "q1", "text": "Cheeks?", "kind": "one", "choices": [
            {"code": "a", "text": "tight", "scores": {"dry": 3}},
            {"code": "b", "text": "shiny", "scores": {"oily": 3, "dry": -1}}]},
        {"code": "q2", "text": "Which?", "kind": "several", "choices": [
            {"code": "a", "text": "flakes", "scores": {"dry": 1}},
            {"code": "b", "text": "spots", "scores": {"oily": 2}}]},
        {"code": "q3", "text": "Age?", "kind": "age", "bands": [
            {"up_to": 6, "scores": {"dry": 2}}, {"up_to": 36, "scores": {"oily": 1}}]},
    ],
    "results": [
        {"code": "dry", "name": "Dry", "scale": "dry"},
        {"code": "oily", "name": "Oily", "scale": "oily"},
    ],
}  # fmt: skip
CONTENT = read(SKIN)
GIVEN = st.fixed_dictionaries(
    {},
    optional={
        "q1": st.sampled_from(["a", "b"]),
        "q2": st.lists(st.sampled_from(["a", "b"]), unique=True),
        "q3": st.integers(0, 240),
    },
)


def test_points_of_answers_add_up_by_scale() -> None:
    assert rules.score(CONTENT, {"q1": "b", "q2": ["a", "b"], "q3": 7}) == {"dry": 0, "oily": 6}


def test_an_age_scores_as_the_first_band_that_holds_it() -> None:
    assert rules.score(CONTENT, {"q3": 6})["dry"] == 2
    assert rules.score(CONTENT, {"q3": 37}) == {"dry": 0, "oily": 0}


@given(GIVEN)
def test_points_are_the_sum_of_the_points_of_each_answer_alone(given_: dict[str, Any]) -> None:
    alone = [rules.score(CONTENT, {code: answer}) for code, answer in given_.items()]
    whole = rules.score(CONTENT, given_)
    assert whole == {scale: sum(each[scale] for each in alone) for scale in CONTENT.scales}


@given(GIVEN)
def test_no_scale_has_more_than_its_most_and_a_bar_is_within_its_box(
    given_: dict[str, Any],
) -> None:
    points, most = rules.score(CONTENT, given_), rules.highest_points(CONTENT)
    assert all(points[scale] <= most[scale] for scale in CONTENT.scales)
    assert all(0 <= share <= 100 for share in rules.share_of_highest(CONTENT, points).values())


@given(st.integers(-50, 50), st.integers(-50, 50))
def test_the_highest_scale_has_the_one_result(dry: int, oily: int) -> None:
    (result,) = rules.results_of(CONTENT, {"dry": dry, "oily": oily})
    assert result.code == ("dry" if dry >= oily else "oily")


def test_scales_stand_as_the_results_name_them_however_they_were_kept() -> None:
    kept = read({**SKIN, "scales": {"oily": "oily", "dry": "dry"}})
    assert rules.scales_in_order(kept) == ["dry", "oily"]
    assert [each.code for each in rules.results_of(kept, {"dry": 1, "oily": 1})] == ["dry"]


@given(st.integers(-1000, 1000))
def test_ranges_that_meet_leave_no_gap(points: int) -> None:
    told = {**SKIN, "by": "ranges", "results": [
        {"code": "low", "name": "Low", "scale": "dry", "most": 4},
        {"code": "high", "name": "High", "scale": "dry", "least": 5},
    ]}  # fmt: skip
    (result,) = rules.results_of(read(told), {"dry": points, "oily": 0})
    assert result.code == ("low" if points <= 4 else "high")


@pytest.mark.parametrize(
    ("question", "told"),
    [(0, []), (0, [""]), (0, ["c"]), (0, ["a", "b"]), (1, ["a", "z"]), (2, ["x"]), (2, ["-1"]),
     (2, ["241"]), (2, ["٣"]), (2, ["9" * 50])],
)  # fmt: skip
def test_what_is_no_answer_is_refused(question: int, told: list[str]) -> None:
    with pytest.raises(UserError):
        rules.read_answer(CONTENT.questions[question], told)


def test_answers_are_read_as_their_question_asks() -> None:
    one, several, age = CONTENT.questions
    assert rules.read_answer(one, ["a"]) == "a"
    assert rules.read_answer(several, ["b", "a", "b"]) == ["a", "b"]
    assert rules.read_answer(age, [" 12 "]) == 12


def test_answers_become_facts() -> None:
    told = rules.answers_as_facts(CONTENT, {"q1": "a", "q2": ["a", "b"], "q3": 4})
    assert told == {"answer_q1": "a", "answer_q2": "a,b", "answer_q3": 4}


@pytest.mark.parametrize(
    "wrong",
    [
        {"questions": []}, {"results": []}, {"scales": {}}, {"by": "chance"}, {"more": 1},
        {"results": [{"code": "r", "name": "R", "scale": "wet"}]},
        {"results": [{"code": "r", "name": "R", "scale": "dry"}]},
        {"by": "ranges", "results": [
            {"code": "r", "name": "R", "scale": "dry", "least": 2, "most": 1}]},
        {"questions": [{"code": "q", "text": "?", "kind": "one", "choices": []}]},
        {"questions": [SKIN["questions"][0], SKIN["questions"][0]]},
        {"questions": [{"code": "q", "text": "?", "kind": "age", "bands": [
            {"up_to": 6}, {"up_to": 6}]}]},
        {"questions": [{"code": "q", "text": "?", "choices": [
            {"code": "a", "text": "x", "scores": {"wet": 1}}, {"code": "b", "text": "y"}]}]},
    ],
)  # fmt: skip
def test_what_is_no_assessment_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(UserError):
        read(SKIN | wrong)


def test_an_assessment_is_the_same_after_it_was_kept() -> None:
    assert read(plain(CONTENT)) == CONTENT


@pytest.mark.parametrize("content", [each.content for each in ready()])
def test_ready_ones_give_somebody_each_result(content: Content) -> None:
    most = rules.highest_points(content)
    assert all(most[scale] > 0 for scale in content.scales)
    assert len(content.questions) >= 7


def test_ready_ones_are_the_same_in_both_languages() -> None:
    by_code = {each.code: each.content for each in ready()}
    assert sorted(by_code) == [
        "baby_skin_en", "baby_skin_zh", "mother_nutrition_en", "mother_nutrition_zh",
    ]  # fmt: skip
    for name in ("baby_skin", "mother_nutrition"):
        chinese, english = by_code[f"{name}_zh"], by_code[f"{name}_en"]
        assert [_points(each) for each in chinese.questions] == [
            _points(each) for each in english.questions
        ]
        assert [each.code for each in chinese.results] == [each.code for each in english.results]


def _points(question: Any) -> Any:
    return question.kind, [each.scores for each in (*question.choices, *question.bands)]


SCALES = {"s1": "dry", "s2": "oily"}
LINES = st.lists(
    st.tuples(
        st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=20),
        st.dictionaries(st.sampled_from(sorted(SCALES)), st.integers(-99, 99)),
    ),
    min_size=1,
    max_size=8,
)


@given(LINES)
def test_answers_that_are_written_out_are_read_back(lines: list[tuple[str, Any]]) -> None:
    told = [
        {"code": writing.LETTERS[place], "text": text, "scores": scores}
        for place, (text, scores) in enumerate(lines)
    ]
    assert writing.read_choices(writing.choices_text(told, SCALES), SCALES) == told


@pytest.mark.parametrize("line", ["a | wet 1", "a | dry", "a | dry one", "\n".join("x" * 21)])
def test_points_that_cannot_be_read_are_refused(line: str) -> None:
    with pytest.raises(UserError):
        writing.read_choices(line, SCALES)


def test_bands_begin_with_a_number() -> None:
    told = [{"up_to": 6, "scores": {"s1": 2}}, {"up_to": 12, "scores": {}}]
    assert writing.read_bands(writing.bands_text(told, SCALES), SCALES) == told
    with pytest.raises(UserError):
        writing.read_bands("young | dry 1", SCALES)
