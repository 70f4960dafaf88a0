"""What is fixed for one deployment: its data folder, its chain's rules, its secrets."""

import os
import secrets
import tomllib
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.errors import UserError


@dataclass(frozen=True)
class Chain:
    """The `[chain]` table of `regulars.toml`."""

    name_zh: str = "我的连锁"
    name_en: str = "My chain"
    time_zone: str = "Asia/Shanghai"
    day_cutoff_hours: int = 0
    currency: str = "CNY"
    as_of: date | None = None
    active_window_days: int = 365
    age_range_months: int = 72
    only_buyers_recorded: bool = False
    briefing_hour: int = 7
    closing_hour: int = 21
    quiet_from_hour: int = 21
    quiet_until_hour: int = 9
    contact_days: int = 7
    most_contacts: int = 3
    most_calls: int = 1
    most_sms: int = 2
    most_wecom: int = 3
    contact_unasked: bool = True
    leads_a_day: int = 15
    lapse_days: int = 3
    finding_tasks_a_day: int = 2
    artificial: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True)
class Secrets:
    """`secrets.toml`: made on first use, readable by its owner alone."""

    django: str
    phone_encryption: str
    phone_lookup: str


def data_dir() -> Path:
    """The deployment's data folder, from `REGULARS_DATA`; made when absent."""
    path = Path(os.environ.get("REGULARS_DATA", "var/data")).resolve()
    path.mkdir(parents=True, exist_ok=True)
    return path


@cache
def chain() -> Chain:
    """The chain's settings. Raises UserError naming an unknown or ill-typed key."""
    return read_chain(data_dir() / "regulars.toml")


def read_chain(path: Path) -> Chain:
    """Parse one `regulars.toml`; a missing file means the defaults."""
    if not path.exists():
        return Chain()
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text("utf-8")).get("chain", {})
    except tomllib.TOMLDecodeError as broken:
        facts = {"path": path, "reason": broken}
        raise UserError(_("%(path)s cannot be read: %(reason)s"), facts=facts) from broken
    known = {field.name for field in fields(Chain)}
    if unknown := sorted(set(table) - known):
        raise UserError(
            _("%(path)s: [chain] has no setting %(names)s."),
            facts={"path": path, "names": ", ".join(unknown)},
        )
    if "artificial" in table:
        table["artificial"] = tuple(table["artificial"])
    return Chain(**table)


@cache
def secrets_of_deployment() -> Secrets:
    """Read the secrets, or make them once."""
    path = data_dir() / "secrets.toml"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return Secrets(**tomllib.loads(path.read_text("utf-8")))
    made = Secrets(*(secrets.token_urlsafe(48) for _ in fields(Secrets)))
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.writelines(f'{f.name} = "{getattr(made, f.name)}"\n' for f in fields(Secrets))
    return made
