"""House rules that a linter does not know."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src/regulars"
LONGEST_FILE = 400
LARGEST_FILE = 2**20
DUTY_LINES = 5
TIERS = ("ground", "know", "understand", "act", "web")
# The words are parted so that this file passes its own check.
REGISTRIES = re.compile(
    "|".join(("pypi" r"\.org", "pythonhosted" r"\.org", "npmjs" r"\.(org|com)", "debian" r"\.org"))
)
ARCHIVES = re.compile(r"https?://[^\s\"'<>]+\.(whl|tgz|tar\.gz|zip|deb)\b")
LEFT_OPEN = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|NotImplemented" r"Error)\b")


def committed() -> list[Path]:
    """What is in the repository, and what is about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=False,
    )  # fmt: skip
    if listed.returncode:
        pytest.skip("this is not a clone")
    paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def texts() -> dict[Path, str]:
    return {path: path.read_text("utf-8", errors="ignore") for path in committed()}


def rooms() -> list[Path]:
    return [
        folder
        for tier in TIERS
        for folder in sorted((SOURCE / tier).glob("*/"))
        if any(folder.glob("*.py"))
    ]


def test_no_file_is_longer_than_someone_reads() -> None:
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in SOURCE.rglob("*.py")}
    assert not {path for path, lines in lengths.items() if lines > LONGEST_FILE}


def test_no_large_file_is_committed() -> None:
    assert not [path for path in committed() if path.stat().st_size > LARGEST_FILE]


def test_nothing_says_where_packages_lie() -> None:
    named = [path for path, text in texts().items() if REGISTRIES.search(text)]
    assert not named + [path for path, text in texts().items() if ARCHIVES.search(text)]


def test_no_lock_file_records_addresses() -> None:
    assert not [path for path in committed() if path.name in {"uv.lock", "poetry.lock"}]
    packages = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    assert not [name for name, facts in packages.items() if "resolved" in facts]
    assert all("integrity" in facts for name, facts in packages.items() if name)


def test_every_package_is_pinned_with_its_hash() -> None:
    pins = (ROOT / "constraints.txt").read_text("utf-8")
    blocks = re.split(r"\n(?=\S)", re.sub(r"^#.*\n", "", pins, flags=re.MULTILINE))
    assert not [block for block in blocks if "==" not in block or "--hash=sha256:" not in block]


def test_nothing_is_left_open() -> None:
    unfinished = {
        path for path, text in texts().items() if path.suffix == ".py" and LEFT_OPEN.search(text)
    }
    assert not unfinished


def test_assets_of_others_are_not_committed() -> None:
    names = [str(path.relative_to(ROOT)) for path in committed()]
    assert not [name for name in names if "node_modules" in name or ".min." in name]


@pytest.mark.parametrize("room", rooms(), ids=lambda room: room.name)
def test_a_room_says_what_its_duty_is(room: Path) -> None:
    duty = ast.get_docstring(ast.parse((room / "__init__.py").read_text("utf-8")))
    assert duty, f"{room / '__init__.py'} has no docstring"
    assert len(duty.splitlines()) <= DUTY_LINES


@pytest.mark.parametrize("folder", sorted({f.parent for f in SOURCE.rglob("queries/**/*.sql")}))
def test_a_query_says_what_it_answers(folder: Path) -> None:
    openings = {
        path.name: path.read_text("utf-8").partition("\n")[0] for path in folder.glob("*.sql")
    }
    assert not [name for name, line in openings.items() if not line.startswith("-- ")]


def test_a_tier_imports_only_tiers_below_it() -> None:
    lint = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    checked = subprocess.run(lint, cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
