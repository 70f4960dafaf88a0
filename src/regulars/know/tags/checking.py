"""Whether the definitions of a subject mean anything together, in which order they follow from each
other, and of which type each is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter

from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.errors import UserError
from regulars.know.language.compiling import compiled, condition
from regulars.know.language.errors import TextError
from regulars.know.language.parsing import parsed
from regulars.know.language.tree import names_in
from regulars.know.language.types import NUMERIC, Type
from regulars.know.tags.definitions import (
    Aggregate,
    Attribute,
    Manual,
    Measure,
    Model,
    Rank,
    Rule,
    Tag,
)
from regulars.know.tags.facts import FACTS, MEMBER
from regulars.know.tags.model_outputs import MODELS, OUTPUTS
from regulars.know.tags.names import FactNames, TagNames
from regulars.know.tags.subjects import CARRIERS

NUMBERS = NUMERIC | {Type.MONEY}
RANKED_BY = NUMBERS | {Type.DATE}


@dataclass(frozen=True)
class Checked:
    """The tags of one subject, each with its type, in an order in which every one follows what it
    stands on."""

    tags: tuple[Tag, ...]

    def __getitem__(self, code: str) -> Tag:
        return next(tag for tag in self.tags if tag.code == code)

    @property
    def types(self) -> dict[str, Type]:
        return {tag.code: tag.type for tag in self.tags if tag.type}


def checked(tags: Iterable[Tag]) -> Checked:
    """Raises UserError (TextError with the place in a text) for what means nothing: an unknown
    field or tag, types that do not go together, rules that stand on each other in a circle."""
    by_code = {tag.code: tag for tag in tags}
    types: dict[str, Type] = {}
    ordered = []
    for code in _order(by_code):
        tag = by_code[code]
        types[code] = type_of(tag, types)
        _check_stands_on_no_rank(tag, by_code)
        ordered.append(replace(tag, type=types[code]))
    return Checked(tuple(ordered))


def depends_on(tag: Tag) -> set[str]:
    """The codes of the tags that this one is made of."""
    match tag.spec:
        case Rank(of):
            return {of}
        case Rule(text):
            return names_in(parsed(text))
        case _:
            return set()


def _check_stands_on_no_rank(tag: Tag, by_code: Mapping[str, Tag]) -> None:
    """Ranks are cut from everybody's values, all at one time: none can wait for another."""
    waiting = set(depends_on(tag)) if isinstance(tag.spec, Rank) else set()
    while waiting:
        below = by_code[waiting.pop()]
        if isinstance(below.spec, Rank):
            raise UserError(_("A rank of a rank says nothing: “%s”.") % below.code, field="of")
        waiting |= depends_on(below)


def type_of(tag: Tag, known: Mapping[str, Type]) -> Type:
    """The type of a tag's values; `known` has those of the tags below it. Raises as `checked`."""
    match tag.spec:
        case Attribute(field):
            attributes = CARRIERS[tag.subject].attributes
            if field not in attributes:
                raise UserError(_("There is no attribute “%s”.") % field, field="field")
            return attributes[field].type
        case Aggregate():
            return _type_of_aggregate(tag, tag.spec)
        case Rank(of, top_percent=top):
            if known[of] not in RANKED_BY:
                raise UserError(_("Only numbers and dates have a rank: “%s”.") % of, field="of")
            return Type.YES_NO if top else Type.COUNT
        case Rule(text):
            return compiled(parsed(text), TagNames(known)).type
        case Model():
            return _type_of_output(tag, tag.spec)
        case Manual():
            if tag.type == Type.ANY:
                raise UserError(_("Say of which type its values are."), field="type")
            return tag.type or Type.TEXT


def _order(by_code: Mapping[str, Tag]) -> list[str]:
    graph = {}
    for code, tag in sorted(by_code.items()):
        graph[code] = sorted(depends_on(tag))
        if unknown := [each for each in graph[code] if each not in by_code]:
            # Said with the place where the text names it.
            type_of(tag, {each: Type.COUNT for each in graph[code] if each in by_code})
            raise UserError(_("There is no tag “%s”.") % unknown[0], field="of")
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = " → ".join(error.args[1])
        raise UserError(_("These stand on each other in a circle: %s.") % circle) from None


def _type_of_aggregate(tag: Tag, spec: Aggregate) -> Type:
    fact = FACTS[spec.fact]
    if tag.subject not in fact.keys:
        raise UserError(
            _("“%(fact)s” are not counted for a %(subject)s.")
            % {"fact": fact.label, "subject": tag.subject.label},
            field="fact",
        )
    for name in ("where", "part"):
        if text := getattr(spec, name):
            _check_condition(spec.fact, name, text)
    field = _field_of(spec, spec.field, "field") if spec.field else None
    weight = _field_of(spec, spec.weight, "weight") if spec.weight else None
    if weight and weight not in NUMBERS:
        raise UserError(_("“%s” is no number.") % spec.weight, field="weight")
    return _type_of_measure(spec, field)


def _type_of_output(tag: Tag, spec: Model) -> Type:
    found = OUTPUTS.get((spec.model, spec.output))
    if found is None or tag.subject != MEMBER:
        named = f"{spec.model}.{spec.output}"
        raise UserError(_("There is no model “%s”.") % named, field="output")
    if spec.category and not MODELS[spec.model].has_categories:
        raise UserError(_("This model knows no categories."), field="category")
    return found.type


def _type_of_measure(spec: Aggregate, field: Type | None) -> Type:
    match spec.measure:
        case Measure.COUNT | Measure.DAYS_SINCE:
            return Type.COUNT
        case Measure.INTERVAL:
            return Type.NUMBER
        case Measure.SHARE:
            if not spec.part:
                raise UserError(_("Say of which part the share is asked."), field="part")
            return Type.SHARE
    if field is None:
        raise UserError(_("Say of which field."), field="field")
    if spec.measure == Measure.DISTINCT:
        return Type.COUNT
    if spec.measure == Measure.SUM and field not in NUMBERS:
        raise UserError(_("“%s” is no number.") % spec.field, field="field")
    return field


def _check_condition(fact: str, name: str, text: str) -> None:
    try:
        condition(parsed(text), FactNames(fact))
    except TextError as error:
        error.field = name
        raise


def _field_of(spec: Aggregate, name: str, key: str) -> Type:
    field = FACTS[spec.fact].fields.get(name)
    if field is None:
        raise UserError(_("There is no field “%s” here.") % name, field=key)
    return field.type
