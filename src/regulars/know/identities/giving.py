"""Give me my data: all that both stores hold of one member, as a ZIP of JSON."""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.forms.models import model_to_dict

from regulars.ground.audit.service import record
from regulars.ground.kit import clock, crypto
from regulars.ground.kit.sql import named
from regulars.ground.warehouse.service import query
from regulars.know.identities.consent import list_told
from regulars.know.identities.models import Identity
from regulars.know.identities.review import list_identities
from regulars.know.members.models import Child, Member, Relation

SEALED = ("phone_sealed", "phone_hash", "graduates_on", "forgotten_at")


def give_data(
    actor: AbstractBaseUser | None, member: Member, more: Mapping[str, Any] | None = None
) -> bytes:
    """A ZIP with member.json, identities.json, consents.json, orders.json, events.json: of the
    records merged into hers too; and what other rooms hold of her, `more` by the name of its file.
    Whole phones and e-mail addresses; written to the audit log."""
    whole = [
        member.pk, *Member.objects.filter(merged_into=member).values_list("pk", flat=True)
    ]  # fmt: skip
    identities = list(list_identities(member))
    parts = {
        "member": [_record(each) for each in Member.objects.filter(pk__in=whole).order_by("pk")],
        "identities": [_identity(each) for each in identities],
        "consents": [
            {
                "purpose": each.purpose,
                "channel": each.channel,
                "is_given": each.is_given,
                "source": each.source,
                "told_at": each.told_at,
            }
            for each in list_told(member)
        ],
        "orders": _rows("orders_given", member=member.pk),
        "events": _rows("events_given", ids=[each.pk for each in identities]),
        **(more or {}),
    }
    record(actor, "member.data_given", "member", member.pk, code=member.code)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as folder:
        told = {"member_id": member.code, "given_at": clock.now()}
        for name, content in {"about": told, **parts}.items():
            text = json.dumps(content, ensure_ascii=False, indent=1, default=str)
            folder.writestr(f"{name}.json", text)
    return packed.getvalue()


def _rows(name: str, **parameters: Any) -> list[dict[str, Any]]:
    return list(query(named(__package__, name), parameters).to_pylist())


def _record(member: Member) -> dict[str, Any]:
    facts = {name: value for name, value in model_to_dict(member).items() if name not in SEALED}
    phone = crypto.decrypt(bytes(member.phone_sealed)) if member.phone_sealed else None
    children = Child.objects.filter(member=member).values(
        "code", "birth_on", "due_on", "gender", "is_confirmed"
    )
    consultants = Relation.objects.filter(member=member).values(
        "staff__name", "valid_from", "valid_to"
    )
    return facts | {
        "phone": phone,
        "children": list(children),
        "consultants": list(consultants),
    }


def _identity(identity: Identity) -> dict[str, Any]:
    sealed = identity.value_sealed
    return {
        "kind": identity.kind,
        "value": crypto.decrypt(bytes(sealed)) if sealed else identity.hint,
        "first_seen_at": identity.first_seen_at,
        "last_seen_at": identity.last_seen_at,
        "source": identity.source,
    }
