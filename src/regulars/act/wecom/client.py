"""Calls of WeCom's API: with a token, within its limits, answered by its error codes."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx

from regulars.act.wecom import errors, limits
from regulars.act.wecom.connecting import Keys, keys, note_trouble
from regulars.act.wecom.errors import Away, Later, WecomError
from regulars.act.wecom.models import Token
from regulars.ground.kit import clock, crypto

SECONDS_TO_ANSWER = 4.0
MOST_RETRIES = 3
RENEWED_BEFORE = timedelta(minutes=5)
TICKETS: dict[Token.Kind, tuple[str, dict[str, str]]] = {
    Token.Kind.JSAPI: ("/cgi-bin/get_jsapi_ticket", {}),
    Token.Kind.AGENT: ("/cgi-bin/ticket/get", {"type": "agent_config"}),
}

pause: Callable[[float], None] = time.sleep


def call(
    path: str,
    *,
    body: dict[str, Any] | None = None,
    files: dict[str, Any] | None = None,
    **query: str,
) -> dict[str, Any]:
    """WeCom's answer to a GET, or to a POST where there is a body or a file.

    Busy (−1) is tried three times more, a token that is no longer taken is fetched anew once.
    Raises Later (45009, or one call too many by our own count), WecomError for any other code,
    Away where no answer can be read, NotConnected.
    """
    using = keys()
    for is_last in (False, True):
        query["access_token"] = access_token(using)
        try:
            return _asked(using, path, query, body, files)
        except WecomError as refusal:
            if refusal.code not in errors.STALE_TOKEN or is_last:
                raise
            _forget(Token.Kind.ACCESS)
    raise AssertionError("the second try answers or raises")


def access_token(using: Keys | None = None) -> str:
    """The access token, from the last call or fetched anew."""
    if kept := _kept(Token.Kind.ACCESS):
        return kept
    using = using or keys()
    secret = {"corpid": using.corp_id, "corpsecret": using.secret}
    answer = _asked(using, "/cgi-bin/gettoken", secret)
    return _keep(Token.Kind.ACCESS, answer["access_token"], answer["expires_in"])


def ticket(kind: Token.Kind) -> str:
    """What pages are signed with: of the corp (JSAPI) or of the app (AGENT)."""
    if kept := _kept(kind):
        return kept
    path, query = TICKETS[kind]
    answer = call(path, body=None, files=None, **query)
    return _keep(kind, answer["ticket"], answer["expires_in"])


def _asked(
    using: Keys,
    path: str,
    query: dict[str, str],
    body: dict[str, Any] | None = None,
    files: dict[str, Any] | None = None,
) -> dict[str, Any]:
    for again in range(MOST_RETRIES + 1):
        limits.spend(path)
        answer = _sent(using.api_address + path, query, body, files)
        code = int(answer.get("errcode", errors.OK))
        if code == errors.BUSY and again < MOST_RETRIES:
            pause(0.2 * 2**again)
            continue
        break
    if code == errors.OK:
        return answer
    told = str(answer.get("errmsg", ""))
    if code == errors.TOO_OFTEN:
        raise Later(code, told)
    refusal = WecomError(code, told)
    if code == errors.IP_NOT_ALLOWED:
        note_trouble(str(refusal))
    raise refusal


def _sent(
    url: str, query: dict[str, str], body: dict[str, Any] | None, files: dict[str, Any] | None
) -> dict[str, Any]:
    method = "GET" if body is None and files is None else "POST"
    try:
        response = httpx.request(
            method, url, params=query, json=body, files=files,
            timeout=SECONDS_TO_ANSWER, follow_redirects=False, trust_env=False,
        )  # fmt: skip
        answer = response.json()
    except (httpx.HTTPError, ValueError):
        raise Away from None  # what was raised holds the address, and with it the token
    if response.status_code != httpx.codes.OK or not isinstance(answer, dict):
        raise Away
    return answer


def _kept(kind: Token.Kind) -> str | None:
    kept = Token.objects.filter(pk=kind, expires_at__gt=clock.now()).first()
    return crypto.decrypt(bytes(kept.value_sealed)) if kept else None


def _keep(kind: Token.Kind, value: str, seconds: int) -> str:
    lasts = max(timedelta(seconds=seconds) - RENEWED_BEFORE, timedelta(0))
    facts = {"value_sealed": crypto.encrypt(value), "expires_at": clock.now() + lasts}
    Token.objects.update_or_create(pk=kind, defaults=facts)
    return value


def _forget(kind: Token.Kind) -> None:
    Token.objects.filter(pk=kind).delete()
