"""Wrong input at the command line: what and where, in the user's language; nothing half done."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.acceptance.running import begin_in, new_folder
from tests.know.imports.conftest import FILES
from tests.own_environment import own_environment

ENGLISH, CHINESE = "C.UTF-8", "zh_CN.UTF-8"


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    with new_folder() as folder:
        yield begin_in(folder / "data")


def regulars(data: Path, language: str, *words: str) -> tuple[int, str]:
    """Exit code, and all that it said, in one line."""
    done = subprocess.run(
        [sys.executable, "-m", "regulars.cli", *words, "--data", str(data)],
        cwd=data,
        capture_output=True,
        text=True,
        check=False,
        env=own_environment(language),
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, " ".join((done.stdout + done.stderr).split())


def is_chinese(text: str) -> bool:
    return any("一" <= letter <= "鿿" for letter in text)


WRONG_FILES = {
    ENGLISH: [
        ("members.csv", b"name,joined_on\nLi,2024-01-01\n", ["member_id"]),
        ("things.csv", b"a,b\n1,2\n", ["members"]),
    ],
    CHINESE: [
        ("members.csv", b"member_id,joind_on\n1,2024-01-01\n", ["joind_on", "joined_on"]),
        ("stores.xlsx", b"no workbook at all", []),
    ],
}


@pytest.mark.parametrize("language", WRONG_FILES)
def test_a_file_that_cannot_be_read_is_named_with_what_is_wrong(
    data: Path, tmp_path: Path, language: str
) -> None:
    for name, content, named in WRONG_FILES[language]:
        (tmp_path / name).write_bytes(content)
        code, said = regulars(data, language, "import", str(tmp_path / name))
        assert code == 2, said
        assert all(word in said for word in [name, *named]), said
        assert is_chinese(said) == (language == CHINESE), said
    assert not (data / "archive").exists()


@pytest.mark.parametrize("language", [ENGLISH, CHINESE])
def test_a_rehearsal_names_line_column_and_reason_and_keeps_nothing(
    data: Path, tmp_path: Path, language: str
) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    with (tmp_path / "staff.csv").open("a", encoding="utf-8") as staff:
        staff.write("E2,Zhou,cashier,S9,2024-01-01\n")
    with (tmp_path / "lines.csv").open("a", encoding="utf-8") as lines:
        lines.write("T9,2024-02-30,S1,,P2,1,100\n")
    code, said = regulars(data, language, "import", str(tmp_path), "--dry-run")
    assert code == 1, said
    assert "3, store_id" in said or "3 行" in said, said
    assert "sold_at" in said
    assert is_chinese(said) == (language == CHINESE), said
    assert not (data / "staff-rejects.csv").exists()


def test_an_end_before_its_start_is_refused_alone(data: Path, tmp_path: Path) -> None:
    (tmp_path / "stores.csv").write_text(FILES["stores.csv"], "utf-8")
    (tmp_path / "staff.csv").write_text(
        "staff_id,name,position,store_id,valid_from,valid_to\n"
        "E7,Qian,cashier,S1,2024-05-01,2024-04-01\n"
        "E8,Sun,cashier,S1,2024-05-01,2024-06-01\n",
        "utf-8",
    )
    code, said = regulars(data, ENGLISH, "import", str(tmp_path))
    assert code == 1, said
    rejects = (data / "staff-rejects.csv").read_text("utf-8-sig")
    assert "E7" in rejects
    assert "before the start" in rejects
    assert "E8" not in rejects
