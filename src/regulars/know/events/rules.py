"""What a dynamic event is, and when a property counts as changed. No I/O."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.errors import UserError

ANY_TAIL = "*"
LONGEST_NAME, LONGEST_TEXT, MOST_PROPERTIES = 100, 2_000, 20
COLUMNS = (
    "content", "position", "title", "url_host", "url_path", "selector", "element_path",
    "store_code", "staff_code", "share_from", "share_depth", "source",
)  # fmt: skip
FROM_PROPERTIES = "properties."
PROPERTY_NAME = re.compile(r"[a-zA-Z_$][\w$]{0,99}")
FROM_PROPERTY = re.compile(rf"{re.escape(FROM_PROPERTIES)}[^\"\\\x00-\x1f]{{1,100}}")


class Touch(TextChoices):
    CLICK = "click", _("a click")
    VIEW = "view", _("a page view")


@dataclass(frozen=True)
class Definition:
    """Which clicks or views are the event; an empty text or None limits nothing, but for `host`:
    "" is a mini-program or an app, which have none.

    `path` may end with `*`. An event matches where it is this touch AND host and path are equal
    AND content, position and source are those given AND its selector or its element path is.
    `properties` names what goes along: {name: a column, or "properties.KEY" of the raw event}.
    """

    touch: str = Touch.CLICK
    host: str = ""
    path: str = ANY_TAIL
    content: str = ""
    position: int | None = None
    selector: str = ""
    element_path: str = ""
    source: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"properties": dict(self.properties)}


def checked(definition: Definition) -> Definition:
    """The same definition. Raises UserError naming the field that cannot be."""
    if definition.touch not in Touch.values:
        raise UserError(_("An event is a click or a page view."), field="touch")
    if not definition.path:
        raise UserError(_("Say on which page: a path, or * for every page."), field="path")
    if ANY_TAIL in definition.path[:-1]:
        raise UserError(_("A * may stand at the end of the path alone."), field="path")
    if _limits_nothing(definition):
        raise UserError(
            _("This would be every click: choose the element, or limit the text."), field="selector"
        )
    texts = (
        "host", "path", "content", "selector", "element_path", "source",
    )  # fmt: skip
    for name in texts:
        if len(getattr(definition, name)) > LONGEST_TEXT:
            raise UserError(_("That is too long."), field=name)
    if definition.position is not None and definition.position < 0:
        raise UserError(_("The first place in a list is 1."), field="position")
    _check_properties(definition.properties)
    return definition


def checked_name(name: str) -> str:
    """The name, trimmed. Raises UserError for an empty or overlong one."""
    name = name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise UserError(
            _("An event needs a name of up to %(most)s letters."),
            field="name",
            facts={"most": LONGEST_NAME},
        )
    return name


def is_improbable_silence(present: int, of: int, silent: int) -> bool:
    """Whether `silent` records in a row without something are more than chance, when `present` of
    the `of` records up to then had it.

    Were they drawn as before, such a run came once in a million; and at least ten must say so.
    """
    if not present or silent < FEWEST_SILENT:
        return False
    without = 1 - present / (of + 1)  # one more, unseen: nothing is certain from few records
    return float(without**silent) <= CHANCE


FEWEST_SILENT = 10
CHANCE = 1e-6


def _limits_nothing(definition: Definition) -> bool:
    element = definition.selector or definition.element_path or definition.content
    return definition.touch == Touch.CLICK and not element


def _check_properties(properties: Mapping[str, str]) -> None:
    if len(properties) > MOST_PROPERTIES:
        raise UserError(_("That is too many properties."), field="properties")
    for name, where in properties.items():
        if not PROPERTY_NAME.fullmatch(name):
            raise UserError(
                _("“%(name)s” cannot be a property's name: letters, digits and _ alone."),
                field="properties",
                facts={"name": name},
            )
        if where not in COLUMNS and not FROM_PROPERTY.fullmatch(where):
            raise UserError(
                _("There is nothing called “%(where)s” to take a property from."),
                field="properties",
                facts={"where": where},
            )
