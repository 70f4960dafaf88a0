"""The form of a dynamic event: from a click that was picked to a rule."""

import json
from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regulars.know.events.service import (
    ANY_TAIL,
    COLUMNS,
    FROM_PROPERTIES,
    Definition,
    Touch,
    touch_of,
)
from regulars.web.parts.forms import Form

THIS, ALIKE, ANY = "selector", "element_path", ""
FREE_ROWS = 3
LABELS = {
    "content": _("the text"),
    "position": _("the place in the list, from 0"),
    "title": _("the page's title"),
    "url_host": _("the site"),
    "url_path": _("the page"),
    "selector": _("the element"),
    "element_path": _("the kind of element"),
    "store_code": _("the store"),
    "staff_code": _("the consultant"),
    "share_from": _("who shared it"),
    "share_depth": _("how often it was passed on"),
    "source": _("the source"),
}


class RuleForm(Form):
    """`initial` is `initial_of` an event that was picked, or `initial_of_rule`."""

    name = forms.CharField(label=_("Name of the event"), max_length=100)
    touch = forms.ChoiceField(label=_("What is done"), choices=Touch.choices)
    host = forms.CharField(
        label=_("Site"), required=False, help_text=_("Empty for mini-programs and apps.")
    )
    path = forms.CharField(
        label=_("Page"), help_text=_("With * at the end: every page that begins so.")
    )
    element = forms.ChoiceField(
        label=_("Element"),
        required=False,
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
        choices=[
            (THIS, _("this one, where it stands in the page")),
            (ALIKE, _("all of its kind, as every button of a list")),
            (ANY, _("whichever has the text below")),
        ],
    )
    selector = forms.CharField(required=False)
    element_path = forms.CharField(required=False)
    limit_content = forms.BooleanField(label=_("only with this text"), required=False)
    content = forms.CharField(required=False)
    limit_position = forms.BooleanField(
        label=_("only at this place in the list, 1 is the first"), required=False
    )
    position = forms.IntegerField(required=False, min_value=1)
    limit_source = forms.BooleanField(label=_("only from this source"), required=False)
    source = forms.CharField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("limit_content", "limit_position", "limit_source"):
            self.fields[name].widget.attrs["class"] = "form-check-input"
        given = self.data if self.is_bound else self.initial.get("properties", {})
        rows = len([n for n in given if n.startswith("property_")]) if self.is_bound else len(given)
        self._rows = max(rows, 0) + (0 if self.is_bound else FREE_ROWS)

    def property_rows(self) -> Iterator[tuple[str, str]]:
        """Pairs of a name and where its value is taken from, and some empty ones."""
        if self.is_bound:
            for place in range(self._rows):
                name = self.data.get(f"property_{place}", "")
                yield name.strip(), self.data.get(f"from_{place}", "").strip()
            return
        pairs = list(self.initial.get("properties", {}).items())
        yield from pairs
        yield from [("", "")] * (self._rows - len(pairs))

    def definition(self) -> Definition:
        """What a valid form asks for."""
        told = self.cleaned_data
        is_click = told["touch"] == Touch.CLICK
        position = told["position"] if told["limit_position"] and is_click else None
        return Definition(
            touch=told["touch"],
            host=told["host"].strip(),
            path=told["path"].strip(),
            content=told["content"].strip() if told["limit_content"] and is_click else "",
            position=None if position is None else position - 1,
            selector=told["selector"].strip() if told["element"] == THIS and is_click else "",
            element_path=told["element_path"].strip()
            if told["element"] == ALIKE and is_click
            else "",
            source=told["source"].strip() if told["limit_source"] else "",
            properties={name: where for name, where in self.property_rows() if name and where},
        )


def initial_of(event: dict[str, Any]) -> dict[str, Any]:
    """The form for one event, narrowed to its page and its element."""
    return {
        "name": (event["content"] or event["title"] or "")[:100],
        "touch": touch_of(event["type"], event["name"]) or Touch.CLICK,
        "host": event["host"],
        "path": event["path"] or ANY_TAIL,
        "element": THIS if event["selector"] else ALIKE if event["element_path"] else ANY,
        "selector": event["selector"] or "",
        "element_path": event["element_path"] or "",
        "content": event["content"] or "",
        "position": None if event["position"] is None else event["position"] + 1,
        "source": event["source"],
        "limit_source": not event["host"],
    }


def initial_of_rule(
    name: str, definition: Definition, sample: dict[str, Any] | None
) -> dict[str, Any]:
    """The form for a rule; what it does not limit is filled in from a sample, to be chosen."""
    offered = initial_of(sample) if sample else {}
    position = definition.position
    told = definition.as_json() | {"position": None if position is None else position + 1}
    return {
        **offered,
        **{field: value for field, value in told.items() if value not in ("", None)},
        "host": definition.host,
        "name": name,
        "element": THIS if definition.selector else ALIKE if definition.element_path else ANY,
        "limit_content": bool(definition.content),
        "limit_position": position is not None,
        "limit_source": bool(definition.source),
    }


def sources_of_properties(sample: dict[str, Any] | None) -> list[tuple[str, Any]]:
    """What a property may be taken from, with what stands there in a sample."""
    told = json.loads((sample or {}).get("properties") or "{}")
    own = [(FROM_PROPERTIES + key, str(value)[:40]) for key, value in told.items()]
    return [(name, LABELS[name]) for name in COLUMNS] + own
