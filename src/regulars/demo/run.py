"""`regulars demo`: a data folder with a demo chain in it, loaded once, and its sign-ins."""

import json
import secrets
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.errors import UserError
from regulars.ground.kit.progress import Progress

SOURCE, SIGN_INS = "source", "demo.json"
SIMULATED = {
    "members": 20_000, "stores": 40, "days": 730, "seed": 1, "end": date(2026, 10, 31),
    "stock_days": 2, "stock_missing": 0.04,
}  # fmt: skip
PLANTED = """
[[cause]]
kind = "retention"
factor = 0.55
branch = "B003"
from = "2026-10-01"
to = "2026-10-31"
"""
"""What went wrong in the simulated chain's last month: there is something to find."""


def write_data(name: str, folder: Path, progress: Progress) -> None:
    """Put the chain's files and its `regulars.toml` into the data folder, unless they are there.

    Raises UserError for a name that is no demo chain, and for a folder that holds another one.
    """
    if name not in WRITERS:
        raise UserError(
            _("“%(name)s” is no demo chain: choose one of %(known)s."),
            facts={"name": name, "known": ", ".join(WRITERS)},
        )
    told = _sign_ins(folder)
    if told.get("chain", name) != name:
        raise UserError(
            _("%(folder)s holds the demo chain “%(name)s”: choose another with --data."),
            facts={"folder": folder, "name": told["chain"]},
        )
    if told:
        return
    source = folder / SOURCE
    shutil.rmtree(source, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    WRITERS[name](source, progress)
    shutil.copy(source / "regulars.toml", folder)
    _tell(folder, {"chain": name, "password": secrets.token_urlsafe(9), "is_loaded": False})


def load(folder: Path, progress: Progress) -> None:
    """Import the files and make the users, into a running system. A second time does nothing."""
    from regulars.demo.coupon_system import send_coupons
    from regulars.demo.plans import make_plan_in_force
    from regulars.demo.plays import make_plays_running
    from regulars.demo.users import make_users
    from regulars.ground.kit import clock
    from regulars.know.imports.service import import_path, wait_for
    from regulars.understand.briefing.service import write_morning
    from regulars.understand.diagnosis.service import look_each_morning
    from regulars.understand.metrics.service import close_due

    told = _sign_ins(folder)
    if told["is_loaded"]:
        return
    imports = import_path(folder / SOURCE, progress=progress)
    for standing in wait_for(imports, progress):
        if standing.error:
            raise UserError(
                _("The demo's data could not be loaded: %(reason)s"),
                facts={"reason": standing.error},
            )
    send_coupons(folder / SOURCE)
    close_due()
    make_users(told["password"])
    make_plan_in_force()
    look_each_morning()
    make_plays_running()
    write_morning(clock.today())
    _tell(folder, {**told, "is_loaded": True})
    shutil.rmtree(folder / SOURCE)  # the archive holds it, with sealed phones


def welcome(folder: Path, address: str) -> str:
    """What a newcomer should read once the demo is up."""
    from regulars.demo.users import DEMO_USERS
    from regulars.ground.kit.deployment import chain

    is_chinese = (get_language() or "").startswith("zh")
    facts = {
        "chain": f"[bold]{chain().name_zh if is_chinese else chain().name_en}[/]",
        "address": f"[bold cyan]{address}[/]",
        "names": ", ".join(DEMO_USERS),
        "password": f"[bold]{_sign_ins(folder)['password']}[/]",
    }
    lines = (
        gettext("%(chain)s is open at %(address)s"),
        gettext("Sign in as %(names)s"),
        gettext("with the password %(password)s (for this demo only)."),
        gettext("Ctrl-C stops everything; the next start takes seconds."),
    )
    return "\n" + "".join(f"{line % facts}\n" for line in lines)


def _write_journey(source: Path, progress: Progress) -> None:
    from regulars.demo.complete_journey import write_complete_journey

    write_complete_journey(source, progress)


def _write_simulated(source: Path, progress: Progress) -> None:
    from regulars.demo.coupons import write_simulated
    from regulars.demo.simulate import simulate

    with NamedTemporaryFile("w", suffix=".toml") as plant:
        plant.write(PLANTED)
        plant.flush()
        simulate(source, **SIMULATED, plant=Path(plant.name), progress=progress)  # type: ignore[arg-type]
    write_simulated(source)


WRITERS: dict[str, Callable[[Path, Progress], None]] = {
    "journey": _write_journey,
    "simulated": _write_simulated,
}


def _sign_ins(folder: Path) -> dict[str, Any]:
    path = folder / SIGN_INS
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def _tell(folder: Path, told: dict[str, Any]) -> None:
    path = folder / SIGN_INS
    path.touch(mode=0o600)
    path.write_text(json.dumps(told), "utf-8")
