"""Whoever has left a store looks after nobody there any more: the same day her members and leads
go to the others, and the manager is told, who may take it back or share otherwise."""

from datetime import date, timedelta

import pyarrow as pa
from django.db import connection, transaction
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext

from regulars.act.tasks.handover import carry_out
from regulars.act.tasks.models import Handover
from regulars.ground.accounts.access import Capability
from regulars.ground.accounts.audience import get_audience
from regulars.ground.kit.sql import named
from regulars.ground.messages.service import LETTERS, begin_round, write
from regulars.ground.org.models import Node, Staff

LATELY = timedelta(days=7)
"""Who left longer ago has been seen to, or was never to be."""
ROUND = "staff-left"
DESK, PHONE = "/leads/", "/m/team/"


@transaction.atomic
def hand_over_of_those_gone(on: date) -> int:
    """Even parts for those who are there, once for each who left; of how many people. Where nobody
    is there to take them, members and leads stay where they are until somebody is."""
    with connection.cursor() as cursor:
        cursor.execute(named(__package__, "gone"), {"day": on, "since": on - LATELY})
        gone = cursor.fetchall()
    made = [
        carry_out(None, Staff.objects.get(pk=staff), Node.objects.get(pk=store),
                  dict.fromkeys(takers, 1))
        for staff, store, left_on, takers in gone
        if begin_round(ROUND, f"{staff}|{store}|{left_on}")
    ]  # fmt: skip
    for each in made:
        _tell(each, on)
    return len(made)


def _tell(handover: Handover, on: date) -> None:
    letters = [
        {
            "user_id": reader["user_id"],
            "kind": "staff.left",
            "about": str(handover.pk),
            "title": _said(handover, reader["language"]),
            "body": "",
            "address": DESK,
            "phone_address": f"{PHONE}?{urlencode({'org': handover.store.code})}",
        }
        for reader in get_audience(Capability.ASSIGN_LEADS, on).to_pylist()
        if reader["node_id"] == handover.store_id
    ]
    write(pa.Table.from_pylist(letters, schema=LETTERS))


def _said(handover: Handover, language: str) -> str:
    told = {
        "name": handover.from_staff.name, "members": handover.members, "leads": handover.leads,
    }  # fmt: skip
    with translation.override(language):
        text = gettext("%(name)s left: %(members)s members and %(leads)s leads went to others")
        return text % told
