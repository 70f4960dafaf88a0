"""Which files are found, and as what."""

from pathlib import Path

import pytest

from regulars.ground.kit.errors import UserError
from regulars.know.imports.files import find_files

pytestmark = pytest.mark.usefixtures("english")


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()


def found(path: Path, kind: str | None = None) -> list[tuple[str, str]]:
    return [(file.kind, file.path.name) for file in find_files(path, kind)]


def test_files_are_found_by_name_in_the_order_of_their_references(tmp_path: Path) -> None:
    touch(tmp_path, "lines-00010.parquet", "lines-00002.parquet", "Stores.CSV", "members.xlsx")
    touch(tmp_path, "regulars.toml", "truth.json", ".lines.csv", "~members.xlsx")
    assert found(tmp_path) == [
        ("stores", "Stores.CSV"),
        ("members", "members.xlsx"),
        ("lines", "lines-00002.parquet"),
        ("lines", "lines-00010.parquet"),
    ]


def test_a_folder_named_by_kind_holds_parts_of_any_name(tmp_path: Path) -> None:
    touch(tmp_path, "lines/part-1.parquet", "lines/part-0.parquet", "photos/x.csv")
    assert found(tmp_path) == [("lines", "part-0.parquet"), ("lines", "part-1.parquet")]


def test_a_kind_that_is_given_overrides_the_name(tmp_path: Path) -> None:
    touch(tmp_path, "export 2024.csv")
    assert found(tmp_path / "export 2024.csv", "members") == [("members", "export 2024.csv")]


@pytest.mark.parametrize(
    ("names", "path", "kind", "message"),
    [
        ([], "nowhere", None, "There is no file or folder"),
        ([], ".", None, "nothing to import"),
        (["notes.txt"], "notes.txt", None, "not a CSV, Excel (.xlsx) or Parquet file"),
        (["line.csv"], ".", None, "line.csv: its name must say what it holds"),
        (["line.csv"], ".", None, "(did you mean “lines”?)"),
        (["x.csv"], "x.csv", "member", "“member” is not one of"),
    ],
)
def test_what_cannot_be_imported_is_named(
    tmp_path: Path, names: list[str], path: str, kind: str | None, message: str
) -> None:
    touch(tmp_path, *names)
    with pytest.raises(UserError) as caught:
        find_files(tmp_path / path, kind)
    assert message in str(caught.value)
