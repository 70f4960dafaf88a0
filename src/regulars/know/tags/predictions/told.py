"""What models take from the chain and not from its data: files that a deployment may replace."""

import tomllib
from importlib.resources import files
from typing import Any

from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.deployment import data_dir
from regulars.ground.kit.errors import UserError


def told(name: str) -> dict[str, Any]:
    """`NAME.toml` of the data folder, or else the one that comes with the system.

    Raises UserError for a file that cannot be read.
    """
    own = data_dir() / f"{name}.toml"
    ready = files(__package__).joinpath(f"{name}.toml")
    try:
        return tomllib.loads((own if own.exists() else ready).read_text("utf-8"))
    except tomllib.TOMLDecodeError as broken:
        facts = {"path": own, "reason": broken}
        raise UserError(_("%(path)s cannot be read: %(reason)s"), facts=facts) from broken
