"""A chain of two stores, small enough to read, as files to import."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

FILES = {
    "stores.csv": """\
store_id,name,region_id,region,branch_id,branch,opened_on
S1,North shop,R1,East,B1,Coast,2020-01-01
S2,South shop,R1,East,B1,Coast,2021-05-01
""",
    "staff.csv": """\
staff_id,name,position,store_id,valid_from
E1,Wang,store_manager,S1,2020-01-01
""",
    "products.csv": """\
product_id,name,category,brand
P1,Formula 1,Food > Formula,Lan
P2,Diapers M,Care > Diapers,Mian
""",
    "members.csv": """\
member_id,joined_on,name,home_store_id
M1,2024-01-05,Li,S1
M2,2024-02-05,Zhao,S2
""",
    "lines.csv": """\
order_id,sold_at,store_id,member_id,product_id,quantity,net_cents
T1,2024-03-01T10:00:00+08:00,S1,M1,P1,2,39800
T1,2024-03-01T10:00:00+08:00,S1,M1,P2,1,9900
T2,2024-03-02T11:00:00+08:00,S2,M2,P2,1,9900
T3,2024-03-03T12:00:00+08:00,S2,,P2,3,29700
""",
}


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    """A folder with one good CSV file a kind."""
    folder = tmp_path / "chain"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture
def english() -> Iterator[None]:
    with translation.override("en"):
        yield
