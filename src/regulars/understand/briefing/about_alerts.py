"""Alerts as messages: one for each notice to everyone who may see a place of it, with the places
that he may see."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import pyarrow as pa
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.ground.accounts.access import Capability
from regulars.ground.accounts.audience import get_audience
from regulars.ground.messages.service import write
from regulars.ground.org.service import list_above
from regulars.understand.actions.models import Alert, AlertHit
from regulars.understand.actions.service import Formula
from regulars.understand.briefing.words import exact, listed, percent

NAMED = 3
NOTICE = pa.schema(
    [("node_id", pa.int64()), *((name, pa.string()) for name in (
        "language", "title", "body", "kind", "about", "address", "phone_address"))]
)  # fmt: skip


def tell_of_alert(alert_id: int, hit_ids: Sequence[int]) -> int:
    """How many were told of the hits of one check."""
    hits = list(AlertHit.objects.filter(pk__in=hit_ids).select_related("alert", "node"))
    if not hits:
        return 0
    below = _below(hits)
    rows = []
    for language in dict(settings.LANGUAGES):
        with translation.override(language):
            rows += [
                {"node_id": node, "language": language, **_said(hits[0].alert, found)}
                for node, found in below.items()
            ]
    same = {
        "kind": "alert",
        "about": f"{alert_id} {min(hit_ids)}",
        "address": reverse("alerts"),
        "phone_address": reverse("alerts"),
    }
    texts = pa.Table.from_pylist([row | same for row in rows], schema=NOTICE)
    audience = get_audience(Capability.SEE_ACTIONS)
    return write(audience.join(texts, keys=["node_id", "language"], join_type="inner"))


def _below(hits: Sequence[AlertHit]) -> dict[int, list[AlertHit]]:
    """The hits that each place sees: its own and those below it, the farthest first."""
    by_node = {hit.node_id: hit for hit in hits}
    found: dict[int, list[AlertHit]] = defaultdict(list)
    for above, node in list_above(list(by_node)):
        found[above].append(by_node[node])
    sign = -1 if hits[0].alert.is_above else 1
    return {node: sorted(those, key=lambda hit: sign * hit.value) for node, those in found.items()}


def _said(alert: Alert, hits: Sequence[AlertHit]) -> dict[str, str]:
    told = [f"{hit.node.name} {_value(alert, hit.value)}" for hit in hits[:NAMED]]
    facts = {"name": alert.name, "n": len(hits), "places": listed(told, len(hits))}
    facts["threshold"] = _value(alert, alert.threshold)
    title = ngettext("Alert: %(name)s · %(n)s place", "Alert: %(name)s · %(n)s places", len(hits))
    body = _("Above %(threshold)s: %(places)s") if alert.is_above else _(
        "Below %(threshold)s: %(places)s"
    )  # fmt: skip
    return {"title": title % facts, "body": body % facts}


def _value(alert: Alert, value: float | Decimal) -> str:
    """In the unit of what is watched; a change, and a rate, in per cent."""
    unit = "rate" if alert.is_change else Formula(alert.formula).unit
    if unit == "rate":
        return percent(Fraction(value))
    if unit == "cents":
        return exact(round(value))
    return f"{value:,.0f}" if unit in {"count", "days"} else f"{value:,.2f}"
