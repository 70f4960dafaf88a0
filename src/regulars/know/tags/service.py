"""The tags room for other rooms."""

from regulars.know.tags.checking import depends_on
from regulars.know.tags.definitions import Tag
from regulars.know.tags.dimensions import fact_rows
from regulars.know.tags.evidence import list_counted
from regulars.know.tags.giving import tags_given
from regulars.know.tags.history import Point, check_day, list_months_of, list_values_on
from regulars.know.tags.keeping import KEEPER, keep_up
from regulars.know.tags.manual import (
    ByHand,
    bring_manual,
    check_by_hand,
    forget_by_hand,
    list_by_hand,
    set_as_told,
    set_value,
    take_back,
)
from regulars.know.tags.pipeline import rows_of_few
from regulars.know.tags.reading import Value, language_of_names, list_values, name_of, note_of
from regulars.know.tags.registry import (
    Defined,
    defined,
    exported,
    get_definition,
    narrowed,
    restore,
    save,
    save_all,
    set_active,
)
from regulars.know.tags.subjects import CARRIERS, Subject
from regulars.know.tags.tables import computed_columns, parameter, schema, spoken, state_of
from regulars.know.tags.touched import count_waiting, sweep, update_changed
from regulars.know.tags.whole import compute_all

__all__ = [
    "CARRIERS",
    "KEEPER",
    "ByHand",
    "Defined",
    "Point",
    "Subject",
    "Tag",
    "Value",
    "bring_manual",
    "check_by_hand",
    "check_day",
    "compute_all",
    "computed_columns",
    "count_waiting",
    "defined",
    "depends_on",
    "exported",
    "fact_rows",
    "forget_by_hand",
    "get_definition",
    "keep_up",
    "language_of_names",
    "list_by_hand",
    "list_counted",
    "list_months_of",
    "list_values",
    "list_values_on",
    "name_of",
    "narrowed",
    "note_of",
    "parameter",
    "restore",
    "rows_of_few",
    "save",
    "save_all",
    "schema",
    "set_active",
    "set_as_told",
    "set_value",
    "spoken",
    "state_of",
    "sweep",
    "tags_given",
    "take_back",
    "update_changed",
]
