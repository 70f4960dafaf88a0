"""A chain in which it is known when everybody buys again, and how old the children are."""

from datetime import date, timedelta
from typing import Any

import numpy as np
from tests.know.identities.small_chain import load
from tests.know.tags.small_library import counted, tag
from tests.web.conftest import STORES, line

from regulars.know.tags.service import save_all

TODAY = date(2026, 3, 31)
LAST = TODAY - timedelta(days=6)
"""The day of the last purchase of all who buy diapers."""
DIAPERS = "纸尿裤"
SMALL, MEDIUM, TOY, LONELY = "S", "M", "T", "L"
PRODUCTS = [
    {"product_id": SMALL, "name": "S码 60片", "category": f"{DIAPERS} > 腰贴", "pack_content": 60},
    {"product_id": MEDIUM, "name": "M码 52片", "category": f"{DIAPERS} > 腰贴", "pack_content": 52},
    {"product_id": TOY, "name": "积木", "category": "玩具"},
    {"product_id": LONELY, "name": "推车", "category": "出行"},
]
EVERY, TIMES = 20, 12
REGULARS = [f"R{number}" for number in range(40)]
STOCKED_UP, TOPPED_UP = "STOCKED", "TOPPED"
FAMILIES = [f"F{number}" for number in range(6)]
"""They buy 52 pieces every 8 days, which is what the table says a child of 6 to 12 months uses."""
BORN, TURNS_ONE = date(2025, 7, 10), date(2025, 3, 28)
GUESSED, GUESSED_ONCE, CONFIRMED = "G1", "G2", "C1"
OFTEN = [f"T{number}" for number in range(150)]
OF_MODELS = {
    "alive": ("lifetime", "alive", ""),
    "purchases": ("lifetime", "purchases", ""),
    "worth": ("lifetime", "value", ""),
    "diapers_on": ("next_purchase", "due_on", DIAPERS),
    "diapers_by": ("next_purchase", "basis", DIAPERS),
    "anything_on": ("next_purchase", "due_on", ""),
    "stroller_on": ("next_purchase", "due_on", "出行"),
    "guessed": ("stage", "stage", ""),
    "sureness": ("stage", "confidence", ""),
}
TAGS = {
    "spend": counted("orders", "sum", field="net"),
    "stage": tag("attribute", field="youngest_stage"),
    "is_told": tag("attribute", field="has_confirmed_child"),
    "in_use": tag(
        "rule", text="case when is_told then stage when sureness >= 0.6 then guessed else stage end"
    ),
    **{
        code: tag("model", model=model, output=output, category=category)
        for code, (model, output, category) in OF_MODELS.items()
    },
}


def bring() -> None:
    lines = [row for rows in (_diapers(), _families(), _guesses(), _toys()) for row in rows]
    members = sorted({row["member_id"] for row in lines})
    load("stores", *STORES)
    load("products", *PRODUCTS)
    load("members", *({"member_id": code, "joined_on": "2024-01-01"} for code in members))
    load("children", *_children())
    load("lines", *lines)
    save_all(None, TAGS)


def bought(member: str, days: list[date], packs: list[int], product: str = MEDIUM) -> list[Any]:
    return [
        line(
            f"{member}-{day}", str(day), "S1", member, 9_000 * n, quantity=n, product_id=product
        )
        for day, n in zip(days, packs, strict=True)
    ]  # fmt: skip


def every(days: int, times: int = TIMES) -> list[date]:
    """So many days apart, up to the last."""
    return [LAST - timedelta(days=days * back) for back in reversed(range(times))]


def _diapers() -> list[Any]:
    rows = [row for code in REGULARS for row in bought(code, every(EVERY), [1] * TIMES)]
    rows += bought(STOCKED_UP, every(EVERY), [1] * (TIMES - 1) + [4])
    # Four packs, and another one three days later: five are in the cupboard.
    days = [day - timedelta(days=3) for day in every(EVERY)]
    return rows + bought(TOPPED_UP, [*days, LAST], [1] * (TIMES - 1) + [4, 1])


def _families() -> list[Any]:
    return [row for code in (*FAMILIES, "TURNS") for row in bought(code, every(8, 14), [1] * 14)]


def _guesses() -> list[Any]:
    """Small diapers are for one to four months."""
    often = [TODAY - timedelta(days=10 * back) for back in reversed(range(1, 5))]
    rows = [row for code in (GUESSED, CONFIRMED) for row in bought(code, often, [1] * 4, SMALL)]
    return rows + bought(GUESSED_ONCE, [TODAY], [1], SMALL)


def _children() -> list[Any]:
    born = dict.fromkeys(FAMILIES, BORN) | {"TURNS": TURNS_ONE, CONFIRMED: date(2022, 5, 1)}
    rows = [{"member_id": m, "child_id": m, "birth_on": str(day)} for m, day in born.items()]
    told = {"member_id": GUESSED, "child_id": GUESSED, "birth_on": "2022-05-01"}
    return [*rows, told | {"is_confirmed": False}]


def _toys() -> list[Any]:
    """Members who buy at random, each at a pace and as long as it pleases them; one stroller."""
    chance = np.random.default_rng(7)
    rows = bought(OFTEN[0], [TODAY], [1], LONELY)
    for code in OFTEN:
        day, pace = TODAY - timedelta(days=int(chance.integers(30, 700))), chance.gamma(2.0, 12.0)
        spend = int(chance.gamma(6.0, 1_000))
        days = []
        while day <= TODAY - timedelta(days=1):
            days.append(day)
            if chance.random() < 0.12:
                break
            day += timedelta(days=1 + int(chance.exponential(pace)))
        rows += [
            line(
                f"{code}-{day}",
                str(day),
                "S1",
                code,
                100 + int(spend * chance.gamma(4.0, 0.25)),
                product_id=TOY,
            )
            for day in days
        ]
    return rows
