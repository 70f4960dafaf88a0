"""Mapping files."""

from pathlib import Path

import pytest

from regulars.ground.kit.errors import UserError
from regulars.know.imports.mapping import read_mapping
from regulars.know.imports.rules import KindMapping

pytestmark = pytest.mark.usefixtures("english")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("m.toml", '[lines.columns]\nnet = "实收"\n[lines.constants]\nchannel = "store"\n'),
        ("m.json", '{"lines": {"columns": {"net": "实收"}, "constants": {"channel": "store"}}}'),
    ],
)
def test_a_mapping_is_toml_or_json(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    expected = KindMapping(columns={"net": "实收"}, constants={"channel": "store"})
    assert read_mapping(tmp_path / name) == {"lines": expected}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[lines", "m.toml cannot be read"),
        ("[line.columns]", "“line” is not one of stores, staff"),
        ("[line.columns]", "(did you mean “lines”?)"),
        ("lines = 1", "“lines” is not a table"),
        ("[lines.colums]", "“colums” is not one of columns, constants, formats, sheet"),
        ("[lines.columns]\nnet = 1", "“lines.columns” must hold text only"),
        ("[lines]\nsheet = 1", "“lines.sheet” must hold text only"),
    ],
)
def test_a_wrong_mapping_file_is_explained(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "m.toml").write_text(text, "utf-8")
    with pytest.raises(UserError) as caught:
        read_mapping(tmp_path / "m.toml")
    assert message in str(caught.value)


def test_a_missing_mapping_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"nothing\.toml cannot be read"):
        read_mapping(tmp_path / "nothing.toml")
