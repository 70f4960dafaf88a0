"""Every reason that a record can be refused for has its sentence."""

from regulars.know.collect.reasons import REASONS, explain
from regulars.know.loader.decode import FAULTS


def test_every_fault_of_reading_a_column_is_explained() -> None:
    for reason in (*FAULTS.values(), "missing", "out_of_range", "not_a_choice"):
        assert explain(reason) != reason


def test_an_unknown_code_stands_for_itself() -> None:
    assert "struck_by_lightning" not in REASONS
    assert explain("struck_by_lightning") == "struck_by_lightning"
