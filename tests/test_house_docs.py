"""What people can set, call, be or read off is documented."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
import typer.main
from django.utils.translation import override

from regulars.cli import app
from regulars.ground.accounts.access import CAPABILITIES, Capability, Role
from regulars.ground.kit.deployment import Chain
from regulars.understand.metrics.identity import LEAVES
from regulars.understand.metrics.registry import METRICS, Metric
from regulars.web.api.api import api

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
ENVIRONMENT = re.compile(r"[\"'](REGULARS_[A-Z_]+|DATABASE_URL)[\"']")


def guide(name: str) -> str:
    return (ROOT / "docs/guides" / f"{name}.md").read_text("utf-8")


def rows_of(name: str) -> dict[str, list[str]]:
    """The cells of every table row whose first cell is `code`, by that code."""
    rows = [line.strip("|").split("|") for line in guide(name).splitlines() if line[:3] == "| `"]
    return {cells[0].strip(" `"): [cell.strip() for cell in cells[1:]] for cells in rows}


@pytest.mark.parametrize("setting", [field.name for field in fields(Chain)])
def test_every_setting_of_a_chain_is_documented(setting: str) -> None:
    assert setting in rows_of("running")


def test_every_variable_of_the_environment_is_documented() -> None:
    source = (path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py"))
    variables = {name for text in source for name in ENVIRONMENT.findall(text)}
    assert not [name for name in variables if f"`{name}`" not in guide("running")]


def test_every_command_is_documented() -> None:
    commands = typer.main.get_group(app).commands
    shown = [name for name, command in commands.items() if not command.hidden]
    documented = " ".join(rows_of("running"))
    assert not [name for name in shown if f"regulars {name}" not in documented]


@pytest.mark.parametrize("capability", list(Capability))
def test_every_capability_is_documented_as_it_is(capability: Capability) -> None:
    _label, *marks = rows_of("roles")[capability.value]
    assert [bool(mark) for mark in marks] == [capability in CAPABILITIES[role] for role in Role]


@pytest.mark.parametrize("role", list(Role))
def test_every_role_is_documented(role: Role) -> None:
    assert role.value in rows_of("roles")


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.code)
def test_every_metric_is_documented_as_it_is_defined(metric: Metric) -> None:
    with override("en"):
        english = [str(metric.name), str(metric.formula), str(metric.note)]
    with override("zh-hans"):
        chinese = str(metric.name)
    name, formula, note = english
    adding = metric.adding.replace("_", " ")
    assert rows_of("metrics")[metric.code] == [name, chinese, formula, metric.unit, adding, note]


@pytest.mark.parametrize("leaf", LEAVES)
def test_every_leaf_of_the_tree_is_documented(leaf: str) -> None:
    assert leaf in rows_of("metrics")


def test_every_operation_of_the_api_is_documented() -> None:
    operations = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, methods in api.get_openapi_schema()["paths"].items()
        for method in methods
    }
    told = ("GET ", "POST ", "PUT ")
    assert operations == {row for row in rows_of("api") if row.startswith(told)}


@pytest.mark.parametrize("page", sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]))
def test_no_link_leads_nowhere(page: Path) -> None:
    targets = LINK.findall(page.read_text("utf-8"))
    assert not [target for target in targets if not (page.parent / target).exists()]
