"""The addresses a system listens on: whether one is free, and whether something answers there."""

import http.client
import socket
from pathlib import Path

import psycopg
from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.errors import UserError

HTTP_OK = 200
CHECK_SECONDS = 5.0
ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}


def web_address(host: str, port: int) -> str:
    """Where a browser on this machine finds a server that listens on `host`."""
    host = ANY_ADDRESS.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def check_port_is_free(host: str, port: int) -> None:
    """Raise UserError, saying what to do, when nothing can listen on `host` and `port`."""
    try:
        (family, kind, _protocol, _name, address), *_others = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as refused:
        raise UserError(
            _(
                "Cannot listen on %(host)s, port %(port)s: %(reason)s. "
                "Stop what uses it, or choose another with --port."
            ),
            facts={"host": host, "port": port, "reason": refused.strerror or refused},
            field="port",
        ) from refused


def why_not_listening(path: Path) -> str | None:
    """None when something answers on the Unix socket `path`, else why not."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(CHECK_SECONDS)
        try:
            client.connect(str(path))
        except OSError as refused:
            return f"{path}: {refused.strerror or refused}"
    return None


def why_not_serving(host: str, port: int) -> str | None:
    """None when `/healthz` answers 200, else why not."""
    host = ANY_ADDRESS.get(host, host)
    connection = http.client.HTTPConnection(host, port, timeout=CHECK_SECONDS)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
    except (OSError, http.client.HTTPException) as refused:
        return str(refused)
    finally:
        connection.close()
    return None if answer.status == HTTP_OK else f"/healthz answers {answer.status}"


def why_not_connected(database_url: str, name: str) -> str | None:
    """None when the process that PostgreSQL knows by `name` holds a connection, else why not."""
    with psycopg.connect(database_url, connect_timeout=int(CHECK_SECONDS)) as connection:
        found = connection.execute(
            "SELECT 1 FROM pg_stat_activity "
            "WHERE application_name = %s AND datname = current_database() LIMIT 1",
            [name],
        ).fetchone()
    return None if found else "has no connection to the database"
