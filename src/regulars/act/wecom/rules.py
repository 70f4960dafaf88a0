"""WeCom's limits and what fits into them. Pure."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from django.utils.http import url_has_allowed_host_and_scheme

Each = TypeVar("Each")

CALLS_A_MINUTE, CALLS_AN_HOUR = 10_000, 150_000
MESSAGES_A_MINUTE, MESSAGES_AN_HOUR = 30, 1000
MOST_USERS = 1000
TITLE_BYTES, BODY_BYTES = 128, 512
STATE_LENGTH = 30
MOST_ATTACHMENTS = 9
WELCOME_SECONDS = 20
MEDIA_LASTS = timedelta(days=3)
MOST_TRIES = 3
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
USERID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_\-@.]{0,63}")


def cut(text: str, most_bytes: int) -> str:
    """As much of a text as fits, whole characters, with … where something is left out."""
    if len(text.encode()) <= most_bytes:
        return text
    room = most_bytes - len("…".encode())
    return text.encode()[:room].decode(errors="ignore") + "…"


def in_blocks(rows: Sequence[Each], most: int) -> Iterable[Sequence[Each]]:
    return (rows[start : start + most] for start in range(0, len(rows), most))


def free_from(sent: Sequence[datetime], now: datetime) -> datetime:
    """From when on one more message reaches somebody who was sent these (any order): the excess
    would be dropped without a word."""
    free = now
    for span, most in ((MINUTE, MESSAGES_A_MINUTE), (HOUR, MESSAGES_AN_HOUR)):
        within = sorted((at for at in sent if at > now - span), reverse=True)
        if len(within) >= most:
            free = max(free, within[most - 1] + span)
    return free


def wait_after(tries: int) -> timedelta:
    """How long to leave what failed so many times: 1, 5, 25 minutes."""
    return timedelta(minutes=5 ** max(tries - 1, 0))


def is_userid(text: str) -> bool:
    return USERID.fullmatch(text) is not None


def own_path(given: str, otherwise: str) -> str:
    """A path of this site, never another site's address."""
    is_ours = given.startswith("/") and url_has_allowed_host_and_scheme(given, allowed_hosts=None)
    return given if is_ours else otherwise
