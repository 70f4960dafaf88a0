"""What the commands say about wrong input: one line, in the caller's language, and nothing done."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from regulars.cli import _speak
from regulars.demo.run import welcome


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def complaint(*arguments: str, language: str = "en_US.UTF-8") -> str:
    """What `regulars ARGUMENTS` says on standard error when it refuses."""
    left_out = {"DATABASE_URL", "REGULARS_DATA", "REGULARS_WAREHOUSE"}
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    told = subprocess.run(
        [sys.executable, "-m", "regulars.cli", *arguments],
        env=environment | {"LANG": language, "COLUMNS": "200"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert told.returncode == 2, told.stderr
    assert told.stderr.count("\n") == 1, told.stderr
    return told.stderr


@pytest.mark.parametrize(
    ("language", "words"), [("en_US.UTF-8", "Cannot listen"), ("zh_CN.UTF-8", "无法在")]
)
def test_a_busy_port_is_named_and_nothing_is_started(
    tmp_path: Path, busy_port: int, language: str, words: str
) -> None:
    data = tmp_path / "data"
    said = complaint("up", "--data", str(data), "--port", str(busy_port), language=language)
    assert words in said
    assert str(busy_port) in said
    assert not (data / "postgres").exists()


def test_a_setting_that_is_none_is_named_with_its_file(tmp_path: Path) -> None:
    settings = tmp_path / "regulars.toml"
    settings.write_text("[chain]\ntime_zome = 'Asia/Shanghai'\n")
    said = complaint("import", str(tmp_path / "chain"), "--data", str(tmp_path))
    assert f"{settings}: [chain] has no setting time_zome." in said


def test_a_demo_chain_that_is_none_is_named_with_those_there_are(tmp_path: Path) -> None:
    said = complaint("demo", "--chain", "toys", "--data", str(tmp_path / "data"))
    assert "“toys”" in said
    assert "journey, simulated" in said
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "登录"),
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "登录"),
        ({"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}, "Sign in as"),
    ],
)
def test_a_demo_welcomes_in_the_language_of_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, locale: dict[str, str], words: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in locale.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "demo.json").write_text('{"password": "of the house"}')
    with translation.override(None):
        _speak()
        told = welcome(tmp_path, "http://127.0.0.1:1")
    assert words in told
    assert "of the house" in told


@pytest.mark.parametrize(
    ("language", "words"), [("en_US.UTF-8", "There is no folder"), ("zh_CN.UTF-8", "没有文件夹")]
)
def test_a_data_folder_that_is_not_there_is_named(
    tmp_path: Path, language: str, words: str
) -> None:
    nowhere = tmp_path / "nowhere"
    told = complaint("backup", str(tmp_path / "b.tar"), "--data", str(nowhere), language=language)
    assert words in told
    assert str(nowhere) in told
    assert not nowhere.exists()
