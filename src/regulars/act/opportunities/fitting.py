"""Goods that fit the person: her own usual ones of what a play names, then what sells best of it;
what stands in her store first."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from regulars.act.opportunities.guarding import guarded_products
from regulars.act.opportunities.models import Play
from regulars.ground.kit.sql import named
from regulars.ground.warehouse.service import query

MOST = 3
GOODS = pa.schema([("row_no", pa.int64()), ("goods", pa.string())])
CATEGORY, PRODUCTS, KIND = "category", "products", "kind"


def with_goods(rows: pa.Table, on: date) -> pa.Table:
    """Rows of leads (`row_no`, `play_id`, `member_id`, `store_id`, `goods`) with up to three codes
    as JSON in `goods` where nothing is said and the play names goods. Nothing that the rules of the
    trade keep from being offered. One question for all of them."""
    rows = rows.sort_by("row_no")
    plays = {
        play.pk: play
        for play in Play.objects.filter(pk__in=_ids(rows), is_service=False).exclude(goods={})
    }
    is_asked = pc.and_(
        pc.is_in(rows["play_id"], pa.array(list(plays), pa.int64())),
        pc.and_(pc.is_null(rows["goods"]), pc.is_valid(rows["member_id"])),
    )
    asked = rows.filter(is_asked)
    if not asked.num_rows:
        return rows
    found = query(named(__package__, "fitting_goods"), _told(asked, plays, on)).cast(GOODS)
    joined = rows.join(found, "row_no", join_type="left outer", right_suffix="_found")
    joined = joined.sort_by("row_no")
    nothing = pc.if_else(is_asked, "[]", pa.scalar(None, pa.string()))
    told = pc.coalesce(joined["goods"], joined["goods_found"], nothing)
    place = rows.column_names.index("goods")
    return rows.set_column(place, "goods", told)


def _ids(rows: pa.Table) -> list[int]:
    ids: list[int] = pc.unique(rows["play_id"]).drop_null().to_pylist()
    return ids


def _told(rows: pa.Table, plays: Mapping[int, Play], on: date) -> dict[str, Any]:
    wanted = {pk: _wanted(play) for pk, play in plays.items()}
    kinds, keys = zip(*(wanted[pk] for pk in rows["play_id"].to_pylist()), strict=True)
    codes = [
        (_wanted(play)[1], code, place)
        for play in plays.values()
        for place, code in enumerate(play.goods.get(PRODUCTS, ()))
    ]
    return {
        "rows": rows["row_no"].to_pylist(),
        "members": rows["member_id"].to_pylist(),
        "stores": rows["store_id"].to_pylist(),
        "kinds": list(kinds),
        "keys": list(keys),
        "named_keys": [key for key, _code, _place in codes],
        "named_codes": [code for _key, code, _place in codes],
        "named_places": [place for _key, _code, place in codes],
        "guarded": list(guarded_products().values_list("code", flat=True)),
        "today": on,
        "most": MOST,
    }


def _wanted(play: Play) -> tuple[str, str]:
    """What kind of goods, and which."""
    if CATEGORY in play.goods:
        return CATEGORY, str(play.goods[CATEGORY])
    if PRODUCTS in play.goods:
        return PRODUCTS, f"play {play.pk}"
    return str(play.goods.get(KIND, "")), ""
