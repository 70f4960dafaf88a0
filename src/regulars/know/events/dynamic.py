"""Dynamic events: make, change and switch rules, and see what they match."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _
from sqlglot import exp

from regulars.ground.audit.service import record
from regulars.ground.kit.errors import NotFound, UserError
from regulars.know.events import matching
from regulars.know.events.asking import ask
from regulars.know.events.days import every_day, first_day
from regulars.know.events.matching import Named, Relation
from regulars.know.events.models import Rule, RuleVersion
from regulars.know.events.rules import Definition, checked, checked_name

MOST_SAMPLES = 8


@dataclass(frozen=True)
class Preview:
    """What a definition matches in the last 30 days: how many events, of how many people, how
    many on each day (a count for every day), and the latest of them as rows of `samples.sql`."""

    events: int
    people: int
    last_at: datetime | None
    by_day: Mapping[date, int]
    samples: Sequence[dict[str, Any]]


@dataclass(frozen=True)
class Counted:
    """How often a rule's event happened, on each of the last 30 days."""

    by_day: Mapping[date, int]
    last_at: datetime | None = None

    @property
    def events(self) -> int:
        return sum(self.by_day.values())


def list_rules() -> QuerySet[Rule]:
    """All rules by name, each with the `definition` in force."""
    in_force = Rule.objects.filter(versions__number=F("version"))
    return in_force.annotate(definition=F("versions__definition")).order_by("name", "pk")


def get_rule(rule_id: int) -> Rule:
    """With its `definition`, as `list_rules`. Raises NotFound."""
    try:
        return list_rules().get(pk=rule_id)
    except Rule.DoesNotExist:
        raise NotFound(_("There is no such event.")) from None


def definition_of(rule: Rule) -> Definition:
    return Definition(**rule.definition)  # type: ignore[attr-defined]  # as list_rules annotates


def make_rule(actor: AbstractBaseUser | None, name: str, definition: Definition) -> Rule:
    """A new event, active at once and as far back as events go. Raises UserError."""
    rule = Rule(name=_free_name(name))
    checked(definition)
    rule.save()
    _add_version(actor, rule, definition)
    record(actor, "event_rule.made", "event_rule", rule.pk, name=rule.name, version=1)
    return get_rule(rule.pk)


def change_rule(
    actor: AbstractBaseUser | None, rule: Rule, name: str, definition: Definition
) -> Rule:
    """Another name, another definition or both; another definition is another version, which
    counts as far back as events go. Raises UserError."""
    rule.name = _free_name(name, rule)
    checked(definition)
    if definition.as_json() != definition_of(rule).as_json():
        rule.version = rule.versions.count() + 1
        _add_version(actor, rule, definition)
    rule.save(update_fields=["name", "version"])
    record(actor, "event_rule.changed", "event_rule", rule.pk, name=rule.name, version=rule.version)
    return get_rule(rule.pk)


def restore_rule(actor: AbstractBaseUser | None, rule: Rule, number: int) -> Rule:
    """What version `number` said, as a new version. Raises NotFound."""
    version = rule.versions.filter(number=number).first()
    if version is None:
        raise NotFound(_("There is no such version."))
    return change_rule(actor, rule, rule.name, Definition(**version.definition))


def set_rule_active(actor: AbstractBaseUser | None, rule: Rule, is_active: bool) -> None:
    """A rule that is off counts nowhere, neither before nor from now on."""
    rule.is_active = is_active
    rule.save(update_fields=["is_active"])
    action = "event_rule.switched_on" if is_active else "event_rule.switched_off"
    record(actor, action, "event_rule", rule.pk, name=rule.name)


def list_versions(rule: Rule) -> QuerySet[RuleVersion]:
    return rule.versions.select_related("made_by").order_by("-number")


def dynamic_events(*limits: exp.Expr) -> Relation:
    """All active rules' events as one relation for other questions; see `matching`."""
    return matching.dynamic_events(_active(), *limits)


def preview(definition: Definition) -> Preview:
    """What a definition would match, whether or not it is a rule. Raises UserError."""
    relation = matching.matching(checked(definition), _lately())
    rows = ask("preview", relation, since=first_day()).to_pylist()
    total = next(row for row in rows if row["business_on"] is None)
    by_day = {row["business_on"]: row["events"] for row in rows if row["business_on"]}
    samples = ask("samples", relation, since=first_day(), most=MOST_SAMPLES).to_pylist()
    return Preview(total["events"], total["people"], total["last_at"], every_day(by_day), samples)


def count_rules() -> dict[int, Counted]:
    """Every active rule's counts, all in one scan of the events."""
    rules = _active()
    if not rules:
        return {}
    relation = matching.dynamic_events(rules, _lately())
    rows = ask("rule_counts", relation, since=first_day()).to_pylist()
    return {rule.rule_id: _counted(rows, rule.rule_id) for rule in rules}


def _active() -> list[Named]:
    rules = list_rules().filter(is_active=True)
    return [Named(rule.pk, rule.name, definition_of(rule)) for rule in rules]


def _counted(rows: Sequence[dict[str, Any]], rule_id: int) -> Counted:
    own = [row for row in rows if row["rule_id"] == rule_id]
    by_day = {row["business_on"]: row["events"] for row in own}
    return Counted(every_day(by_day), max((row["last_at"] for row in own), default=None))


def _lately() -> exp.Expr:
    return exp.column("business_on") >= exp.Parameter(this=exp.var("since"))


def _free_name(name: str, rule: Rule | None = None) -> str:
    name = checked_name(name)
    others = Rule.objects.exclude(pk=rule.pk) if rule else Rule.objects.all()
    if others.filter(name=name).exists():
        raise UserError(_("There is an event of this name already."), field="name")
    return name


def _add_version(actor: AbstractBaseUser | None, rule: Rule, definition: Definition) -> None:
    RuleVersion.objects.create(
        rule=rule,
        number=rule.version,
        definition=definition.as_json(),
        made_by_id=actor.pk if actor else None,
    )
