"""A deployment's own tables take the place of the ready ones, and say what is wrong with them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from regulars.ground.kit.errors import UserError
from regulars.know.tags.predictions.told import daily_use, stage_evidence

NAPPIES = '[nappies]\nzh = "尿布"\nen = "Nappies"\ngoods = "nappies"\n'


@pytest.fixture
def own(data_dir: Path) -> Iterator[Path]:
    path = data_dir / "daily_use.toml"
    yield path
    path.unlink(missing_ok=True)


def test_the_own_table_takes_the_place_of_the_ready_one(own: Path) -> None:
    assert {"diapers", "formula"} <= set(daily_use())
    own.write_text(NAPPIES + "ages = [[0, 6, 8], [6, 30, 5]]", "utf-8")
    assert set(daily_use()) == {"nappies"}
    assert all(each["months"][0] < each["months"][1] for each in stage_evidence())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[nappies", "cannot be read"),
        (NAPPIES, "“ages” is missing in “nappies”"),
        (NAPPIES + "ages = [[0, 6, 8], [7, 30, 5]]", "[7, 30, 5]"),
        (NAPPIES + "ages = [[0, 6, 0]]", "[0, 6, 0]"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(own: Path, text: str, said: str) -> None:
    own.write_text(text, "utf-8")
    with pytest.raises(UserError) as refused:
        daily_use()
    assert said in str(refused.value)
    assert str(own) in str(refused.value)
