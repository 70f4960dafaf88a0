"""The events room for other rooms."""

from regulars.know.events.catalogue import (
    Entry,
    get_event,
    get_one,
    list_arriving,
    list_events,
    list_samples,
)
from regulars.know.events.days import today
from regulars.know.events.decoding import (
    BODIES,
    PERSONS,
    decode,
    schema,
    take_in,
    tell_apart,
)
from regulars.know.events.drift import (
    dismiss_drift,
    list_drifts,
    list_properties,
    look_for_drift,
)
from regulars.know.events.dynamic import (
    Counted,
    Preview,
    change_rule,
    count_rules,
    definition_of,
    dynamic_events,
    get_rule,
    list_rules,
    list_versions,
    make_rule,
    preview,
    restore_rule,
    set_rule_active,
)
from regulars.know.events.matching import Relation, touch_of
from regulars.know.events.rules import ANY_TAIL, COLUMNS, FROM_PROPERTIES, Definition, Touch

__all__ = [
    "ANY_TAIL",
    "BODIES",
    "COLUMNS",
    "FROM_PROPERTIES",
    "PERSONS",
    "Counted",
    "Definition",
    "Entry",
    "Preview",
    "Relation",
    "Touch",
    "change_rule",
    "count_rules",
    "decode",
    "definition_of",
    "dismiss_drift",
    "dynamic_events",
    "get_event",
    "get_one",
    "get_rule",
    "list_arriving",
    "list_drifts",
    "list_events",
    "list_properties",
    "list_rules",
    "list_samples",
    "list_versions",
    "look_for_drift",
    "make_rule",
    "preview",
    "restore_rule",
    "schema",
    "set_rule_active",
    "take_in",
    "tell_apart",
    "today",
    "touch_of",
]
