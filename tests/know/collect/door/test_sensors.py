"""What the Sensors Analytics entrance takes: every way in which the public SDKs send."""

import gzip
import json
from base64 import b64encode
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from tests.know.collect.door.conftest import Knock, stored

from regulars.know.collect.bodies import body_of
from regulars.know.collect.models import Source
from regulars.know.collect.service import make_source

RECORD: dict[str, Any] = {
    "type": "track", "event": "$pageview", "time": 1_790_000_000_123, "distinct_id": "d1",
    "lib": {"$lib": "js"}, "properties": {"$url": "https://shop.example/a?b=1", "名": "值 +/"},
}  # fmt: skip
JSON = json.dumps(RECORD, ensure_ascii=False).encode()
LIST = b"[" + JSON + b"," + JSON + b"]"


@pytest.fixture(autouse=True)
def token(transactional_db: None) -> str:
    settings = {"project": "shop", "is_open": True}
    return make_source(None, "sensors", Source.Kind.SENSORS, settings)[1]


def coded(content: bytes) -> str:
    return b64encode(content).decode()


def packed(name: str, content: bytes, **more: int) -> bytes:
    return urlencode({name: coded(gzip.compress(content)), **more}).encode()


WAYS = {
    "an image": ("GET", f"data={quote(coded(JSON))}&ext=crc%3D1", b""),
    "a beacon": ("POST", "", f"data={quote(coded(JSON))}&ext=crc%3D1".encode()),
    "a web batch": ("POST", "", f"data_list={quote(coded(LIST))}".encode()),
    "a mini-program": ("POST", "", f"data_list={coded(LIST)}".encode()),
    "a server, packed": (
        "POST",
        "",
        packed("data", JSON, gzip=1),
    ),
    "packed, unsaid": ("POST", "", packed("data_list", LIST)),
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_of_sending_is_stored_and_read(knock: Knock, way: str) -> None:
    method, query, body = WAYS[way]
    path = "/sa.gif" if method == "GET" else "/sa"
    status, answer, headers = knock(method, f"{path}?project=shop&{query}", body)
    assert (status, headers["access-control-allow-origin"]) == (200, "*")
    assert answer.startswith(b"GIF89a") == (method == "GET")
    read = json.loads(body_of(stored()[0]).text)
    assert read == [RECORD] * len(read)
    assert len(read) == (2 if "data_list" in (query + body.decode()) else 1)


def test_a_token_or_an_open_project_lets_in_and_nothing_else_does(knock: Knock, token: str) -> None:
    body = f"data={quote(coded(JSON))}".encode()
    assert knock("POST", f"/sa?project=elsewhere&token={token}", body)[0] == 200
    assert knock("POST", "/sa?project=shop", body)[0] == 200
    assert knock("POST", "/sa?project=elsewhere", body)[0] == 401
    assert knock("POST", "/sa?token=guess", body)[0] == 401
    assert len(stored()) == 2


def test_what_cannot_be_read_is_kept_with_its_fault_for_the_sender_forgets_it(knock: Knock) -> None:
    assert knock("POST", "/sa?project=shop", b"data=%25%25%25")[0] == 200
    body = body_of(stored()[0])
    assert (body.text, body.fault and body.fault.split("\t")[1]) == ("", "broken_body")


def test_debug_says_what_is_wrong_and_a_dry_run_stores_nothing(knock: Knock) -> None:
    good = packed("data", JSON, gzip=1)
    assert knock("POST", "/debug?project=shop", b"data=%25%25%25")[0] == 400
    assert knock("POST", "/debug?project=shop", good, {"Dry-Run": "true"})[0] == 200
    assert not stored()
    assert knock("POST", "/debug?project=shop", good)[0] == 200
    assert len(stored()) == 1


def test_a_bomb_is_not_unpacked(knock: Knock) -> None:
    bomb = packed("data", b" " * 50_000_000, gzip=1)
    assert knock("POST", "/debug?project=shop", bomb)[0] == 400
    assert knock("POST", "/sa?project=shop", bomb)[0] == 200
    assert body_of(stored()[0]).fault
