"""Texts become trees and texts again; what means nothing is marked; nothing a text holds is SQL."""

from datetime import date
from decimal import Decimal

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp, parse_one

from regulars.know.language.compiling import compiled, condition
from regulars.know.language.errors import TextError
from regulars.know.language.parsing import parsed
from regulars.know.language.printing import printed
from regulars.know.language.tree import (
    Action,
    AllOf,
    AnyOf,
    Arithmetic,
    Behaviour,
    Between,
    Call,
    Case,
    Comparison,
    Days,
    InOrg,
    InSegment,
    Literal,
    Membership,
    Name,
    Negated,
    Node,
    Sampled,
    Sequence,
    Then,
    Today,
    Unknown,
    Window,
)  # fmt: skip
from regulars.know.language.types import Type, Typed

NAMES = {
    "spend": Type.MONEY, "orders": Type.COUNT, "level": Type.TEXT, "last_on": Type.DATE,
    "vip": Type.YES_NO, "share": Type.SHARE, "properties.a": Type.ANY,
}  # fmt: skip


class Names:
    def resolve(self, name: Name) -> Typed:
        if name.name not in NAMES:
            raise TextError("unknown", name.at)
        return Typed(exp.column(name.name), NAMES[name.name], at=name.at)

    def special(self, node: Node) -> exp.Expr:
        raise TextError("not here", node.at)


def sql_of(text: str) -> str:
    return compiled(parsed(text), Names()).sql.sql("duckdb")


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
numbers = st.integers(-(10**6), 10**6) | st.decimals(
    min_value=-1000, max_value=1000, places=2, allow_nan=False
)
literals = st.builds(Literal, texts | numbers | st.dates(date(1990, 1, 1), date(2030, 1, 1)))
names = st.builds(Name, st.sampled_from(["spend", "level", "properties.价格", "a_1"]))
values = st.recursive(
    literals | names | st.builds(Today) | st.builds(Days, st.integers(0, 999)),
    lambda inner: (
        st.builds(Arithmetic, st.sampled_from("+-*/"), inner, inner)
        | st.builds(Call, st.sampled_from(["coalesce", "days_since"]), st.tuples(inner, inner))
    ),
    max_leaves=4,
)
actions = st.builds(
    Action, st.sampled_from(["bought", "did"]), st.none() | st.builds(Unknown, names, st.booleans())
)
windows = st.none() | st.builds(Window, days=st.integers(1, 99))
thens = st.builds(Then, actions, st.integers(1, 9), st.none() | actions)
plain = st.one_of(
    st.builds(Comparison, st.sampled_from(["=", "<=", "contains", "under"]), values, values),
    st.builds(
        Membership, values, st.lists(literals, min_size=1, max_size=3).map(tuple), st.booleans()
    ),
    st.builds(Between, values, values, values),
    st.builds(Unknown, values, st.booleans()),
    st.builds(Behaviour, actions, windows, st.sampled_from([">=", "<=", "="]), st.integers(0, 9)),
    st.builds(Sequence, actions, st.lists(thens, min_size=1, max_size=2).map(tuple), windows),
    st.builds(InSegment, texts),
    st.builds(InOrg, texts),
    st.builds(Sampled, st.integers(1, 99)),
)
trees = st.recursive(
    plain,
    lambda inner: st.one_of(
        st.builds(AllOf, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Negated, inner),
        st.builds(Case, st.tuples(st.tuples(inner, values)), st.none() | values).map(
            lambda case: Comparison("=", case, Literal(1))
        ),
    ),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(trees)
def test_what_is_printed_is_read_as_the_same_tree(tree: Node) -> None:
    assert parsed(printed(tree)) == tree


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    try:
        parsed(text)
    except TextError as error:
        start, end = error.at
        assert 0 <= start <= end <= max(len(text), 1)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("spend > 5 and nobody = 1", "nobody"),
        ("spend > level", "level"),
        ("spend / 0 > 1", "0"),
        ("spend > 1.234", "1.234"),
        ("level under \"x\"", "level"),
        ("vip > true", "vip"),
        ("orders = 1 or spend", "spend"),
        ("last_on * 2 = 1", "last_on * 2"),
        ("bought() and vip", "bought()"),
        ("level = 2026-02-30", "2026-02-30"),
        ("level = \"a\" level", "level"),
    ],
)  # fmt: skip
def test_the_place_of_what_is_wrong(text: str, wrong: str) -> None:
    with pytest.raises(TextError) as caught:
        condition(parsed(text), Names())
    start, end = caught.value.at
    assert text[start:end] == wrong


def test_money_is_written_in_whole_units() -> None:
    assert sql_of("spend > 12.5") == "(spend) > (1250)"
    assert sql_of("spend + 1 > spend * 2") == (
        "(TRY_CAST((CAST((spend) AS INT128) + CAST((100) AS INT128)) AS BIGINT)) > "
        "(TRY_CAST((CAST((spend) AS INT128) * CAST((2) AS INT128)) AS BIGINT))"
    )


def test_a_property_is_what_it_is_compared_with() -> None:
    assert 'TRY_CAST("properties.a" AS DOUBLE)' in sql_of("properties.a >= 3")
    assert 'TRY_CAST("properties.a" AS TEXT)' in sql_of('properties.a = "3"')


@given(texts)
def test_a_text_stays_a_text_in_sql(text: str) -> None:
    tree = Comparison("=", Name("level"), Literal(text))
    found = parse_one(compiled(tree, Names()).sql.sql("duckdb"), dialect="duckdb")
    (literal,) = found.find_all(exp.Literal)
    assert literal.this == text


@pytest.mark.parametrize(
    "text", ["not " * 3000 + "vip", "(" * 5000 + "vip" + ")" * 5000, "x" * 20_000]
)
def test_a_text_without_end_is_refused(text: str) -> None:
    with pytest.raises(TextError):
        condition(parsed(text), Names())


def test_numbers_keep_their_digits() -> None:
    assert parsed("share > 0.30") == Comparison(">", Name("share"), Literal(Decimal("0.30")))


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("bought() in last 0 days", "0"),
        ("bought() in last 99999 days", "99999"),
        ("last_on + 99999 days > today", "99999"),
        ("bought() at least 9999999 times", "9999999"),
        (f"orders > {'9' * 5000}", "9" * 5000),
        ("bought() from 2026-02-01 to 2026-01-01", "from 2026-02-01 to 2026-01-01"),
    ],
)
def test_numbers_and_windows_have_bounds(text: str, wrong: str) -> None:
    with pytest.raises(TextError) as caught:
        parsed(text)
    start, end = caught.value.at
    assert text[start:end] == wrong


def test_no_number_stops_the_statement_for_everybody() -> None:
    rows = "(SELECT 9000000000000000000 AS orders, DATE '2026-01-01' AS last_on)"
    for text in ("orders * orders > 1", "orders + orders > 1", "last_on + orders > today"):
        asked = exp.select(condition(parsed(text), Names())).from_(rows, dialect="duckdb")
        sql = asked.sql("duckdb").replace("$today", "DATE '2026-02-01'")
        assert duckdb.sql(sql).fetchall() == [(None,)]
