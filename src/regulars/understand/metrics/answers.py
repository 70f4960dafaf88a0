"""Answers of the warehouse, kept until the numbers change."""

import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyarrow as pa
from django.core.cache import cache

from regulars.ground.kit.looking import seen_once
from regulars.ground.kit.sql import spoken_of
from regulars.ground.warehouse.service import query
from regulars.know.collect import service as collect
from regulars.know.collect.service import Freshness

KEEP_SECONDS = 3600
ASKED_AT_ONCE = 2
Asked = tuple[str, Mapping[str, Any]]
"""SQL and its parameters; those that the SQL does not name are left out."""

_askers = ThreadPoolExecutor(ASKED_AT_ONCE, "asker")


def get_freshness() -> Freshness:
    """What the warehouse's numbers stand on: of one look, on one version."""
    return seen_once("freshness", collect.get_freshness)


def answer(sql: str, parameters: Mapping[str, Any]) -> pa.Table:
    """As `query`, but the same question of an unchanged warehouse is answered from memory."""
    return answers((sql, parameters))[0]


def answers(*asked: Asked) -> list[pa.Table]:
    """One answer a question, in their order; what is not in memory is asked all at once."""
    version = get_freshness().version
    spoken = [(sql, spoken_of(sql, parameters)) for sql, parameters in asked]
    keys = [_key(version, *each) for each in spoken]
    known = cache.get_many(keys)
    new = [(key, each) for key, each in zip(keys, spoken, strict=True) if key not in known]
    found = dict(zip((key for key, _ in new), _ask_all([each for _, each in new]), strict=True))
    for key, table in found.items():
        cache.set(key, table, KEEP_SECONDS)
    return [(known | found)[key] for key in keys]


def _ask_all(asked: list[Asked]) -> list[pa.Table]:
    if len(asked) == 1:  # a thread of its own would only cost
        return [query(*asked[0])]
    return list(_askers.map(lambda each: query(*each), asked))


def _key(version: int, sql: str, parameters: Mapping[str, Any]) -> str:
    text = f"{version}\n{sql}\n{sorted(parameters.items())}"
    return "answer:" + hashlib.sha256(text.encode()).hexdigest()
