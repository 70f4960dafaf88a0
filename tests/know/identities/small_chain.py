"""Two shops, three members and what they bought."""

from typing import Any

from tests.web.conftest import CHILDREN, MEMBERS, PRODUCTS, STORES, line

from regulars.know.collect.service import receive
from regulars.know.loader.service import load_waiting
from regulars.know.members.models import Member

LINES = [
    line("O0", "2020-01-05", "S1", "M1", 10_000),
    line("O1", "2020-02-03", "S1", "M2", 30_000),
    line("O2", "2020-02-09", "S2", "M2", 7_000),
    line("O3", "2020-02-09", "S2", "M3", 1_000),
    line("O4", "2020-02-10", "S2", None, 500),
]  # fmt: skip
THIRD = {"member_id": "M3", "name": "赵敏", "joined_on": "2018-03-03", "home_store_id": "S2"}


def load(kind: str, *records: Any) -> None:
    receive(kind, source="test", body={"records": list(records)})
    load_waiting()


def bring() -> None:
    arriving = {
        "stores": STORES, "products": PRODUCTS, "members": [*MEMBERS, THIRD], "children": CHILDREN,
        "lines": LINES,
    }  # fmt: skip
    for kind, records in arriving.items():
        receive(kind, source="test", body={"records": records})
    load_waiting()


def member(code: str) -> Member:
    return Member.objects.get(code=code)
