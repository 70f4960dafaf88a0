"""Mapping files: for data whose columns have other names than ours.

[members.columns]          # ours = "theirs"
member_id = "会员卡号"
[members.constants]        # the same for every row
join_channel = "store"
[members.formats]          # of dates and moments, where they are not ISO
joined_on = "%d.%m.%Y"
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from regulars.ground.kit.errors import UserError
from regulars.know.collect.layouts import LAYOUTS
from regulars.know.imports.rules import KindMapping, suggestion

PARTS = tuple(field.name for field in fields(KindMapping))


def read_mapping(path: Path) -> dict[str, KindMapping]:
    """{kind: its mapping} of a TOML or JSON file. Raises UserError naming file and key."""
    tables = _parsed(path)
    mappings = {}
    for kind, parts in tables.items():
        _check_key(path, kind, LAYOUTS)
        if not isinstance(parts, dict):
            raise UserError(_("%(file)s: “%(key)s” is not a table.") % {"file": path, "key": kind})
        for part, content in parts.items():
            _check_key(path, part, PARTS)
            _check_content(path, f"{kind}.{part}", content, is_text=part == "sheet")
        mappings[kind] = KindMapping(**parts)
    return mappings


def _parsed(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text("utf-8-sig")
        parsed = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except (OSError, ValueError) as broken:
        message = _("The mapping %(file)s cannot be read: %(reason)s")
        raise UserError(message % {"file": path, "reason": broken}) from broken
    if not isinstance(parsed, dict):
        raise UserError(_("%(file)s: a mapping is a table for each kind.") % {"file": path})
    return parsed


def _check_key(path: Path, key: str, known: Mapping[str, Any] | tuple[str, ...]) -> None:
    if key not in known:
        message = _("%(file)s: “%(key)s” is not one of %(known)s%(hint)s.")
        facts = {"file": path, "key": key, "known": ", ".join(known)}
        raise UserError(message % {**facts, "hint": suggestion(key, known)}, field=key)


def _check_content(path: Path, key: str, content: Any, *, is_text: bool) -> None:
    values = [content] if is_text else content.values() if isinstance(content, dict) else [None]
    if not all(isinstance(value, str) for value in values):
        message = _("%(file)s: “%(key)s” must hold text only.")
        raise UserError(message % {"file": path, "key": key}, field=key)
