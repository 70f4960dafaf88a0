"""The form of a tag: what all tags say, and what its kind says besides."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regulars.know.catalog.models import Category
from regulars.know.catalog.service import LEVELS
from regulars.know.language.types import Type
from regulars.know.tags.definitions import Kind, Measure, Within
from regulars.know.tags.facts import FACTS
from regulars.know.tags.model_outputs import MODELS
from regulars.know.tags.service import Defined, Subject, name_of
from regulars.know.tags.subjects import CARRIERS
from regulars.web.parts.forms import DateField, Form, ListField
from regulars.web.parts.tag_values import GROUPS

Choices = list[tuple[str, Any]]
LANGUAGES = ("zh", "en")


class TagForm(Form):
    """`told` gives the table that `definitions.read` takes."""

    code = forms.CharField(label=_("Code"), help_text=_("Small letters, digits and _."))
    zh = forms.CharField(label=_("Name in Chinese"))
    en = forms.CharField(label=_("Name in English"))
    group = forms.ChoiceField(
        label=_("Group"), required=False, choices=[("", "—"), *GROUPS.items()]
    )
    own: tuple[str, ...] = ()

    def __init__(self, *args: Any, kind: Kind, told: Defined, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.subject = kind, told.subject
        own = _own_fields(kind, told, str((self.initial or {}).get("category", "")))
        for name, field in own.items():
            is_choice = isinstance(field.widget, forms.Select)
            field.widget.attrs.setdefault("class", "form-select" if is_choice else "form-control")
            self.fields[name] = field
        self.own = tuple(own)
        for name, label in (("note", _("Note")), ("owner", _("Owner"))):
            widget = forms.TextInput(attrs={"class": "form-control"})
            self.fields[name] = forms.CharField(label=label, required=False, widget=widget)

    def told(self) -> dict[str, Any]:
        """What a valid form says; nothing that says nothing."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "code"}
        told = {"kind": self.kind.value, "subject": self.subject.value}
        if "output" in given:
            told["model"], _dot, given["output"] = given["output"].partition(".")
        return told | {n: v for n, v in given.items() if v not in ("", None, False, [])}


def _own_fields(kind: Kind, told: Defined, chosen: str) -> dict[str, forms.Field]:
    match kind:
        case Kind.ATTRIBUTE:
            attributes = CARRIERS[told.subject].attributes
            return {"field": _choice(_("On record"), _labels(attributes))}
        case Kind.AGGREGATE:
            return _aggregate(told.subject)
        case Kind.RANK:
            return _rank(told)
        case Kind.RULE:
            return {"text": _text(_("Rule"), _('Such as: spend > 500.00 and not level = "gold"'))}
        case Kind.MODEL:
            return _model(chosen)
        case Kind.MANUAL:
            types = [(t.value, t.label) for t in (Type.TEXT, Type.YES_NO, Type.DATE, Type.COUNT)]
            choices = ListField(
                label=_("Choices"), required=False, help_text=_("One a line; empty: any text.")
            )
            return {"type": _choice(_("Type"), types), "choices": choices}


def _model(chosen: str) -> dict[str, forms.Field]:
    """`chosen` is the category of a tag that is there: it may be none of this chain's."""
    outputs = [
        (f"{name}.{output}", f"{model.label}: {told.label}")
        for name, model in MODELS.items()
        for output, told in model.outputs.items()
    ]
    known = Category.objects.filter(depth__lt=LEVELS).order_by("code")
    codes = {*known.values_list("code", flat=True), *filter(None, (chosen,))}
    categories = [("", _("any goods")), *((code, code) for code in sorted(codes))]
    category = _choice(_("Category"), categories, is_required=False)
    category.help_text = _("For the next purchase alone.")
    return {"output": _choice(_("Model"), outputs), "category": category}


def _aggregate(subject: Subject) -> dict[str, forms.Field]:
    facts = {name: fact for name, fact in FACTS.items() if subject in fact.keys}
    fields: dict[str, Any] = {}
    for fact in facts.values():
        fields |= {name: field.label for name, field in fact.fields.items()}
    named = [("", "—"), *((name, f"{label} ({name})") for name, label in sorted(fields.items()))]
    days = forms.IntegerField(label=_("Last days"), required=False, help_text=_("Empty: ever."))
    return {
        "fact": _choice(_("Counted"), [(name, fact.label) for name, fact in facts.items()]),
        "measure": _choice(_("Measure"), Measure.choices),
        "field": _choice(_("Field"), named, is_required=False),
        "last_days": days,
        "start": DateField(label=_("From"), required=False),
        "end": DateField(label=_("To"), required=False),
        "where": _text(_("Only"), _("A condition on the fields above."), is_required=False),
        "part": _text(_("Share of"), _("For a share: of which of them."), is_required=False),
        "weight": _choice(_("Weighed by"), named, is_required=False),
    }


def _rank(told: Defined) -> dict[str, forms.Field]:
    ranked = [
        (tag.code, name_of(tag))
        for tag in told.checked.tags
        if tag.type not in (Type.TEXT, Type.YES_NO)
    ]
    return {
        "of": _choice(_("Rank of"), ranked),
        "into": forms.IntegerField(label=_("Equal groups"), required=False),
        "top_percent": forms.IntegerField(label=_("Or the best per cent"), required=False),
        "is_falling": forms.BooleanField(
            label=_("The lowest is the best"),
            required=False,
            widget=forms.CheckboxInput(attrs={"class": "form-check-input d-block"}),
        ),
        "within": _choice(_("Among"), Within.choices),
    }


def _choice(label: Any, choices: Iterable[Any], *, is_required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=list(choices), required=is_required)


def _labels(attributes: Any) -> Choices:
    return [(name, attribute.label) for name, attribute in attributes.items()]


def _text(label: Any, hint: Any, *, is_required: bool = True) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3, "class": "form-control font-monospace"})
    return forms.CharField(label=label, required=is_required, help_text=hint, widget=widget)
