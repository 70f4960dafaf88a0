"""An order is known by who numbered it, its number and its version: counted once, whatever is sent
twice, and two senders' equal numbers are two orders."""

import pytest
from tests.know.identities.small_chain import bring
from tests.web.conftest import line

from regulars.ground.warehouse.engine import Engine
from regulars.ground.warehouse.service import query
from regulars.know.collect.service import receive
from regulars.know.loader.service import load_waiting

SOLD = """
    SELECT source, version, net_cents FROM tickets WHERE order_no = 'T1' ORDER BY source
"""


@pytest.fixture(autouse=True)
def _chain(warehouse: Engine) -> None:
    bring()


def send(source: str, cents: int, version: int = 0, day: str = "2020-03-01") -> None:
    record = line("T1", day, "S1", "M1", cents, version=version)
    receive("lines", source=source, body={"records": [record]})
    load_waiting()


def sold() -> list[tuple[str, int, int]]:
    return [tuple(row.values()) for row in query(SOLD).to_pylist()]


def test_two_senders_have_numbers_of_their_own() -> None:
    send("till-north", 100)
    send("till-south", 250)
    send("till-north", 100)
    assert sold() == [("till-north", 0, 100), ("till-south", 0, 250)]


def test_a_later_version_replaces_its_own_sender_s_order_alone() -> None:
    send("till-north", 100)
    send("till-south", 250)
    send("till-south", 90, version=2)
    send("till-south", 80, version=1)
    assert sold() == [("till-north", 0, 100), ("till-south", 2, 90)]


def test_what_the_chain_brings_by_file_and_by_api_is_one_order() -> None:
    send("api", 100)
    send("import", 100)
    send("api", 70, version=1)
    send("import", 100)
    assert sold() == [("api", 1, 70)]
