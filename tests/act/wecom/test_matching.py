"""Which WeCom user a colleague is: one at a time, from a file, and by her staff code."""

from datetime import date

import pytest
from tests.act.wecom.conftest import Colleague

from regulars.act.wecom import matching
from regulars.act.wecom.models import StaffMatch
from regulars.ground.audit.models import Entry
from regulars.ground.kit.errors import NotFound, UserError
from regulars.ground.org import service as org
from regulars.ground.org.models import Node, Position, Staff


@pytest.fixture
def three(store: Node) -> list[Staff]:
    staff = [Staff.objects.create(code=code, name=code) for code in ("E1", "E2", "张三")]
    for each in staff:
        org.assign_position(None, each, store, Position.Kind.CONSULTANT, date(2020, 1, 1))
    return staff


def matched() -> dict[str, str]:
    return dict(StaffMatch.objects.values_list("staff__code", "userid"))


def test_one_is_matched_changed_and_let_go(three: list[Staff]) -> None:
    matching.match(None, "E1", " Lan ")
    matching.match(None, "E1", "lan2")
    matching.match(None, "E2", "Lan")
    assert matched() == {"E1": "lan2", "E2": "Lan"}
    matching.unmatch(None, "E1")
    assert matched() == {"E2": "Lan"}
    with pytest.raises(NotFound):
        matching.unmatch(None, "E1")
    assert Entry.objects.filter(action="wecom.staff_matched").count() == 3


@pytest.mark.parametrize(
    ("code", "userid"), [("E1", "LAN"), ("E1", "a b"), ("E1", ""), ("nobody", "x")]
)
def test_what_cannot_be_right_is_refused(three: list[Staff], code: str, userid: str) -> None:
    matching.match(None, "E2", "lan")
    with pytest.raises(UserError):
        matching.match(None, code, userid)
    assert matched() == {"E2": "lan"}


FILES = [
    "E1,lan\nE2,hua\n",
    "\ufeffstaff_id\tuserid\nE1\tlan\nE2\thua",
    "工号,账号\nE1, lan\n\nE2,hua,more\n",
]


@pytest.mark.parametrize("text", FILES)
def test_a_file_matches_many(three: list[Staff], text: str) -> None:
    matching.match(None, "张三", "hua")  # whom the file gives to another
    outcome = matching.match_file(None, text)
    assert (outcome.count, outcome.faults) == (2, [])
    assert matched() == {"E1": "lan", "E2": "hua"}


def test_a_file_with_a_wrong_line_matches_nobody_and_names_it(three: list[Staff]) -> None:
    outcome = matching.match_file(None, "E1,lan\nE9,x\nE2,LAN\nE2,a b\n")
    assert [line for line, _fault in outcome.faults] == [2, 3, 4]
    assert not matched()
    assert matching.match_file(None, "\n").count == 0


def test_whoever_is_not_matched_is_by_her_code(three: list[Staff], colleague: Colleague) -> None:
    colleague("e2")  # has E2's code as her id already
    Staff.objects.create(code="E7", name="works nowhere")
    assert matching.match_by_code(None) == 1
    assert matched() == {"E1": "E1", "C-e2": "e2"}
    assert matching.match_by_code(None) == 0
