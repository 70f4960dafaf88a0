"""What a definition says, in words."""

from django.utils.translation import gettext as _

from regulars.know.language.tree import Window
from regulars.know.tags.definitions import (
    Aggregate,
    Attribute,
    Manual,
    Model,
    Rank,
    Rule,
    Spec,
    read,
)
from regulars.know.tags.facts import FACTS
from regulars.know.tags.model_outputs import MODELS
from regulars.know.tags.models import Definition
from regulars.know.tags.subjects import CARRIERS

Words = list[tuple[str, str]]


def definition_words(definition: Definition) -> Words:
    """Pairs of what is said and what it is: what is counted, of which rows, when."""
    return spec_words(definition.subject, read(definition.code, definition.told).spec)


def spec_words(subject: str, spec: Spec) -> Words:
    """The same of what is already read."""
    match spec:
        case Attribute(field):
            attribute = CARRIERS[subject].attributes[field]
            return [(_("On record"), str(attribute.label))]
        case Aggregate():
            return _aggregate(spec)
        case Rank():
            return _rank(spec)
        case Rule(text):
            return [(_("Rule"), text)]
        case Model():
            return _model(spec)
        case Manual(choices):
            return [(_("Set by staff"), ", ".join(choices) or _("any text"))]


def _model(spec: Model) -> Words:
    model = MODELS[spec.model]
    words = [(_("Model"), str(model.label)), (_("What"), str(model.outputs[spec.output].label))]
    if model.has_categories:
        words.append((_("Category"), spec.category or _("any goods")))
    return words


def _aggregate(spec: Aggregate) -> Words:
    fields = FACTS[spec.fact].fields
    measure = str(spec.measure.label)
    if spec.field:
        measure += f": {fields[spec.field].label}"
    words = [(_("Measure"), measure), (_("Counted"), str(FACTS[spec.fact].label))]
    words.append((_("When"), _window(spec.window)))
    if spec.where:
        words.append((_("Only"), spec.where))
    if spec.part:
        words.append((_("Share of"), spec.part))
    if spec.weight:
        words.append((_("Weighed by"), str(fields[spec.weight].label)))
    return words


def _window(window: Window) -> str:
    if window.days:
        return _("the last %(days)s days") % {"days": window.days}
    if window.start and window.end:
        return f"{window.start} – {window.end}"
    return _("ever")


def _rank(spec: Rank) -> Words:
    if spec.top_percent:
        what = _("the best %(percent)s per cent") % {"percent": spec.top_percent}
    else:
        what = _("%(into)s equal groups, the best is %(into)s") % {"into": spec.into}
    order = _("the lowest is the best") if spec.is_falling else _("the highest is the best")
    return [(_("Rank of"), spec.of), (_("As"), f"{what}; {order}"),
            (_("Among"), str(spec.within.label))]  # fmt: skip
