"""Sets of rows into the tables of operations: staged, checked, merged, answered line by line.

Temporary tables carry one upsert, and go with its transaction:
- `given`: the rows as they came, a column for each of the layout's; what is absent is null;
- `rejected`: what cannot go in, and why; whoever adds to it calls `drop_rejected`;
- `repeats`: lines that say again what an earlier line said;
- `incoming_TABLE`: what a room makes of `given` for one of its tables: `line_no`, the primary key
  (drawn ahead for new rows), `is_new`, and columns of the table, null meaning "as it is";
- `changes`: lines that made or changed a row.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from django.db import connection
from django.db.models import Model
from psycopg import sql

from regulars.ground.kit.arrow_postgres import arrow_from_query, copy_to_temporary_table
from regulars.ground.kit.outcome import REJECTS, RESULTS, Outcome
from regulars.ground.kit.sql import named

WORKING_TABLES = {
    "rejected": 'line_no bigint, "column" text, reason text, value text',
    "repeats": "line_no bigint, first_line_no bigint",
    "changes": "line_no bigint, is_new boolean",
}
STATISTICS = 10
"""Of a hundred: what a plan must know of these tables is how many rows and how many different."""
NOT_COMPARED = ["line_no", "phone_sealed"]  # sealing the same phone twice gives different bytes


def stage(
    rows: pa.Table, columns: pa.Schema, *, required: Sequence[str], key: Sequence[str] = ()
) -> None:
    """Lay out `rows` (`line_no` and any of `columns`) for one upsert of records named by `key`,
    which is what is `required` when not given.

    Lines that lack something required are rejected, and so are lines of one key that differ: which
    of them is right is not ours to say.
    """
    key = list(key or required)
    _execute("SET LOCAL default_statistics_target = {target}", target=sql.Literal(STATISTICS))
    for name, definition in WORKING_TABLES.items():
        make_table(name, definition)
    copy_to_temporary_table("given", _laid_out(rows, columns))
    for column in required:
        _execute(_ABSENT, column=_name(column), text=sql.Literal(column))
    drop_rejected()
    if rows.group_by(_present(rows, key)).aggregate([]).num_rows < rows.num_rows:
        _execute(_REPEATS, key=_names(key), ignored=sql.Literal(NOT_COMPARED), first=_name(key[0]))
        drop_rejected()
        _execute("DELETE FROM given USING repeats AS r WHERE given.line_no = r.line_no")


def make_table(name: str, definition: str) -> None:
    """A temporary table for the rest of the transaction, empty even when it was there before."""
    _execute(
        "DROP TABLE IF EXISTS {name}; CREATE TEMPORARY TABLE {name} ({definition}) ON COMMIT DROP",
        name=_name(name),
        definition=sql.SQL(definition),
    )


def run(package: str, name: str, parameters: Mapping[str, Any] | None = None) -> None:
    """Execute a room's named SQL, for what it changes."""
    with connection.cursor() as cursor:
        cursor.execute(named(package, name), parameters)


def drop_rejected() -> None:
    """Take rejected lines out of `given`, so that later steps see only what goes in."""
    _execute("DELETE FROM given USING rejected AS r WHERE given.line_no = r.line_no")


def incoming(model: type[Model], package: str, query: str, **parameters: Any) -> None:
    """Make `incoming_TABLE` from a room's named query."""
    table = _incoming(model)
    head = sql.SQL("CREATE TEMPORARY TABLE {} ON COMMIT DROP AS\n").format(table)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(table))
        cursor.execute(head + sql.SQL(named(package, query)), parameters)
        cursor.execute(sql.SQL("ANALYZE {}").format(table))


def merge(model: type[Model]) -> None:
    """Write `incoming_TABLE` into the model's table: change what differs, add what is new.

    New rows get the field's default where they say nothing. One merge into a table at a time:
    a second waits for the first one's transaction.
    """
    present = _columns(model)
    fields = {f.attname: f for f in model._meta.concrete_fields if f.attname in present}
    names = list(fields)
    key = model._meta.pk.attname
    others = [name for name in names if name != key]
    _execute(
        _UPDATE,
        table=_name(model._meta.db_table),
        incoming=_incoming(model),
        key=_name(key),
        assignments=_list("{0} = coalesce(r.{0}, kept.{0})", others),
        wanted=_list("coalesce(r.{0}, kept.{0})", others),
        present=_list("kept.{0}", others),
    )
    _execute(
        _INSERT,
        table=_name(model._meta.db_table),
        incoming=_incoming(model),
        columns=_names(names),
        values=_list("coalesce({0}, {1})", names, [_default(fields[name]) for name in names]),
    )


def mark_changed(table: str) -> None:
    """Count the lines of another temporary table (`line_no`) among those that changed a row."""
    _execute("INSERT INTO changes SELECT line_no, FALSE FROM {table}", table=_name(table))


def answer(model: type[Model], code: str, id_column: str = "id") -> Outcome:
    """The outcome of the upsert: `code` is the column of `given` that names a record, `id_column`
    the one of `incoming_TABLE` that tells its id."""
    _execute(_REJECT_REPEATS)
    query = sql.SQL(_RESULTS).format(
        incoming=_incoming(model), code=_name(code), id=_name(id_column)
    )
    rejects = 'SELECT line_no, "column", reason, value FROM rejected ORDER BY 1, 2'
    return Outcome(
        results=arrow_from_query(query.as_string(), [], RESULTS),
        rejects=arrow_from_query(rejects, [], REJECTS),
    )


def lock(model: type[Model]) -> None:
    """Let one upsert at a time decide what is new in a table; the others wait for its end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [model._meta.db_table])


_ABSENT = """
INSERT INTO rejected SELECT line_no, {text}, 'required', '' FROM given WHERE {column} IS NULL
"""

_REPEATS = """
WITH compared AS (
    SELECT line_no, {first} AS code, min(line_no) OVER alike AS first_line_no,
           min(content) OVER alike IS DISTINCT FROM max(content) OVER alike AS is_contradicted
    FROM (SELECT *, (to_jsonb(given) - {ignored}::text[])::text AS content FROM given) AS texts
    WINDOW alike AS (PARTITION BY {key})
), contradictions AS (
    INSERT INTO rejected
    SELECT line_no, '', 'rows_differ', code FROM compared WHERE is_contradicted
)
INSERT INTO repeats
SELECT line_no, first_line_no FROM compared WHERE line_no > first_line_no AND NOT is_contradicted
"""

_REJECT_REPEATS = """
INSERT INTO rejected
SELECT s.line_no, r."column", r.reason, r.value
FROM repeats AS s JOIN rejected AS r ON r.line_no = s.first_line_no
"""

_UPDATE = """
WITH changed AS (
    UPDATE {table} AS kept SET {assignments} FROM {incoming} AS r
    WHERE kept.{key} = r.{key} AND NOT r.is_new
      AND ROW({wanted}) IS DISTINCT FROM ROW({present})
    RETURNING r.line_no
)
INSERT INTO changes SELECT line_no, FALSE FROM changed
"""

_INSERT = """
WITH added AS (INSERT INTO changes SELECT line_no, TRUE FROM {incoming} WHERE is_new)
INSERT INTO {table} ({columns}) SELECT {values} FROM {incoming} WHERE is_new ORDER BY line_no
"""

_RESULTS = """
SELECT lines.line_no, lines.code, lines.id,
       CASE WHEN change.is_new THEN 'created' WHEN NOT change.is_new THEN 'updated'
            ELSE 'unchanged' END
FROM (
    SELECT g.line_no, g.{code} AS code, i.{id} AS id
    FROM given AS g JOIN {incoming} AS i USING (line_no)
    UNION ALL
    SELECT s.line_no, g.{code}, i.{id}
    FROM repeats AS s JOIN given AS g ON g.line_no = s.first_line_no
    JOIN {incoming} AS i ON i.line_no = g.line_no
) AS lines
LEFT JOIN (SELECT line_no, bool_or(is_new) AS is_new FROM changes GROUP BY line_no) AS change
    USING (line_no)
ORDER BY lines.line_no
"""


def _laid_out(rows: pa.Table, columns: pa.Schema) -> pa.Table:
    present = set(rows.column_names)
    return pa.table(
        {
            "line_no": rows["line_no"].cast(pa.int64()),
            **{
                field.name: rows[field.name].cast(field.type)
                if field.name in present
                else pa.nulls(rows.num_rows, field.type)
                for field in columns
            },
        }
    )


def _present(rows: pa.Table, columns: Sequence[str]) -> list[str]:
    return [column for column in columns if column in rows.column_names]


def _execute(template: str, **parts: sql.Composable) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(template).format(**parts))


def _columns(model: type[Model]) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(_incoming(model)))
        return {column.name for column in cursor.description or ()}


def _incoming(model: type[Model]) -> sql.Identifier:
    return _name(f"incoming_{model._meta.db_table}")


def _default(field: Any) -> Any:
    """What a new row holds where nothing is said: null where the column allows it."""
    return None if field.null or field.primary_key else field.get_default()


def _name(name: str) -> sql.Identifier:
    return sql.Identifier(name)


def _names(names: Sequence[str]) -> sql.Composed:
    return _list("{0}", names)


def _list(template: str, names: Sequence[str], values: Sequence[Any] = ()) -> sql.Composed:
    """The template once a name, commas between; `{0}` is the name, `{1}` its value."""
    filled = [
        sql.SQL(template).format(_name(name), *map(sql.Literal, value))
        for name, *value in (zip(names, values, strict=True) if values else zip(names))
    ]
    return sql.Composed(filled).join(", ")
