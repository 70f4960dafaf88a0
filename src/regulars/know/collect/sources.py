"""Sources: who may send, and with what key. A key is shown once, when it is made."""

import hashlib
import secrets
from base64 import b64encode
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from regulars.ground.audit.service import record
from regulars.ground.kit import clock, crypto
from regulars.ground.kit.errors import NotFound, UserError
from regulars.know.collect.models import Source

KEY_BYTES, SECRET_BYTES = 24, 32
SHOWN = 4
SECRET_PREFIX = "whsec_"  # Standard Webhooks 1.0


def list_sources() -> QuerySet[Source]:
    return Source.objects.order_by("name", "id")


def get_source(code: str) -> Source:
    """Raises NotFound."""
    try:
        return Source.objects.get(code=code)
    except Source.DoesNotExist:
        raise NotFound(_("There is no source “%(code)s”.") % {"code": code}) from None


def make_source(
    actor: AbstractBaseUser | None,
    name: str,
    kind: str,
    settings: dict[str, Any] | None = None,
    events_per_second: int | None = None,
) -> tuple[Source, str]:
    """A new source and its key (of a webhook: its signing secret), which nobody can read again.

    Raises UserError for an empty name or an unknown kind.
    """
    if not name.strip():
        raise UserError(_("A source needs a name."), field="name")
    if kind not in Source.Kind.values:
        raise UserError(_("There is no kind of source “%(kind)s”.") % {"kind": kind}, field="kind")
    source = Source(
        code=_free_code(name),
        name=name.strip(),
        kind=kind,
        settings=settings or {},
        events_per_second=events_per_second,
    )
    key = _give_key(source)
    source.save()
    record(actor, "source.made", "source", source.pk, code=source.code, kind=kind)
    return source, key


def rotate_key(actor: AbstractBaseUser | None, source: Source) -> str:
    """Another key; the one before is refused from now on."""
    key = _give_key(source)
    source.rotated_at = clock.now()
    source.save(update_fields=["key_hash", "key_hint", "secret_sealed", "rotated_at"])
    record(actor, "source.key_rotated", "source", source.pk, code=source.code)
    return key


def set_active(actor: AbstractBaseUser | None, source: Source, is_active: bool) -> None:
    """A source that is not active is refused at the door."""
    source.is_active = is_active
    source.save(update_fields=["is_active"])
    action = "source.opened" if is_active else "source.closed"
    record(actor, action, "source", source.pk, code=source.code)


def hash_of_key(key: str) -> bytes:
    """What a key is found by. Keys are long and random: a plain digest is enough."""
    return hashlib.sha256(key.encode()).digest()


def _give_key(source: Source) -> str:
    if source.kind == Source.Kind.WEBHOOK:
        key = SECRET_PREFIX + b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
        source.secret_sealed = crypto.encrypt(key)
    else:
        key = secrets.token_urlsafe(KEY_BYTES)
        source.key_hash = hash_of_key(key)
    source.key_hint = key[-SHOWN:]
    return key


def _free_code(name: str) -> str:
    wanted = slugify(name) or "source"
    code, number = wanted, 1
    while Source.objects.filter(code=code).exists():
        number += 1
        code = f"{wanted}-{number}"
    return code
