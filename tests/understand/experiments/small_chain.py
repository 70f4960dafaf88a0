"""Four stores, two of them small, whose members buy by chance; plain records, so that what comes of
an experiment can be counted again without any database."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import orjson
from tests.understand.actions.small_chain import bring

from regulars.know.collect.models import Source
from regulars.know.collect.service import make_source, receive_events
from regulars.know.loader.service import load_waiting

MEMBERS_OF = {"S0": 160, "S1": 160, "S2": 24, "S3": 16}
BEGAN_ON = date(2020, 4, 1)
DAY = timedelta(days=1)
MILK, POWDER, WEAR = "Food", "Food > Milk > Powder", "Wear"
PRODUCTS = {"P1": POWDER, "P2": WEAR}
VISITED = "page_opened"


def members() -> Iterator[tuple[str, str]]:
    """Code and home store, in an order in which stores mix."""
    every = [(f"{store}-{n}", store) for store, count in MEMBERS_OF.items() for n in range(count)]
    return iter(random.Random(1).sample(every, len(every)))


def lines() -> list[dict[str, Any]]:
    """Purchases from 120 days before to 32 days after, one line each; now and then a return."""
    dice = random.Random(7)
    told = []
    for code, store in members():
        for number in range(dice.choice([0, 2, 4, 6, 8, 10, 14])):
            day = BEGAN_ON + dice.randint(-120, 32) * DAY
            sign = -1 if dice.random() < 0.1 else 1
            told.append(
                {
                    "order_id": f"{code}-{number}",
                    "sold_at": f"{day}T{dice.randint(9, 20):02}:15:00+08:00",
                    "store_id": store if dice.random() < 0.9 else "S0",
                    "member_id": code,
                    "product_id": dice.choice(["P1", "P2"]),
                    "quantity": sign,
                    "net_cents": sign * dice.randint(900, 60_000),
                }
            )
    return told


def bring_chain() -> None:
    bring(
        "stores", *({"store_id": s, "name": s, "region_id": "R", "region": "R"} for s in MEMBERS_OF)
    )
    bring("products", *({"product_id": p, "name": p, "category": c} for p, c in PRODUCTS.items()))
    bring(
        "members",
        *(
            {"member_id": code, "joined_on": "2019-01-01", "home_store_id": store}
            for code, store in members()
        ),
    )
    bring("lines", *lines())


def send(*told: tuple[str, str, str, dict[str, Any]]) -> None:
    """Events (member, name, moment, properties), by the road that all events take."""
    source, _key = make_source(None, "Shop", Source.Kind.SEGMENT)
    calls = [
        {
            "type": "track", "event": name, "messageId": f"{code}-{name}-{at}", "userId": code,
            "originalTimestamp": at, "properties": properties,
        }
        for code, name, at, properties in told
    ]  # fmt: skip
    receive_events(orjson.dumps({"batch": calls}), source=source.code)
    load_waiting()
