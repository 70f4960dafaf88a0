"""All blocks there are, in the order in which hidden ones are offered."""

from django.utils.translation import gettext_lazy as _

from regulars.ground.accounts.access import WORKS_IN_A_STORE, Capability, Scope
from regulars.understand.live.service import may_hear
from regulars.web.parts.blocks import filling, lead_filling
from regulars.web.parts.blocks.block import Block, Device

C = Capability
AT_THE_DESK = (Device.DESK,)
ON_THE_PHONE = (Device.PHONE,)


def _works_in_a_store(scope: Scope) -> bool:
    return scope.role in WORKS_IN_A_STORE


def _leads_stores(scope: Scope) -> bool:
    return scope.role not in WORKS_IN_A_STORE


def _has_no_numbers(scope: Scope) -> bool:
    return not scope.may(C.SEE_METRICS)


BLOCKS = (
    Block(
        "leads", _("Whom to serve today"), C.WORK_LEADS, lead_filling.leads, devices=ON_THE_PHONE,
        is_for=_works_in_a_store,
    ),
    Block(
        "live", _("Sales of today"), C.SEE_METRICS, filling.live, is_for=may_hear,
        scripts=("live.js",),
    ),
    Block("briefing", _("Briefing and closing"), C.SEE_METRICS, filling.briefing, is_half=True),
    Block("findings", _("What was found this morning"), C.SEE_TARGETS, filling.findings),
    Block(
        "plays", _("Plays running with their uplift"), C.SEE_PLAYS, filling.plays,
        devices=AT_THE_DESK,
    ),
    Block("actions", _("What is late and due"), C.SEE_ACTIONS, filling.actions),
    Block("alerts", _("What is past its threshold"), C.SEE_ACTIONS, filling.alerts, is_half=True),
    Block(
        "visits", _("Stores to visit today"), C.GIVE_ACTIONS, filling.visits, is_for=_leads_stores
    ),
    Block(
        "huddle", _("Morning huddle"), C.SEE_ACTIONS, filling.huddle, is_for=_works_in_a_store,
        is_half=True,
    ),
    Block(
        "targets", _("Target"), C.SEE_TARGETS, filling.target_of_the_month, is_later=True,
        is_half=True,
    ),
    Block(
        "month", _("What sales are made of, and what moved"), C.SEE_METRICS, filling.month,
        is_later=True,
    ),
    Block(
        "trend", _("Net sales by month"), C.SEE_METRICS, filling.trend, devices=AT_THE_DESK,
        is_later=True, scripts=("vendor/echarts.js", "charts.js"),
    ),
    Block(
        "ledger", _("From finding to money"), C.SEE_ACTIONS, filling.ledger, is_later=True,
        is_half=True,
    ),
    Block("usage", _("Who acts"), C.GIVE_ACTIONS, filling.usage, is_later=True, is_half=True),
    Block(
        "assets", _("Member assets"), C.SEE_METRICS, filling.assets, is_for=may_hear,
        is_later=True,
    ),
    Block("data", _("Data"), C.SEE_HEALTH, filling.data, is_half=True),
    Block(
        "catalogue", _("Catalogue"), C.SEE_CATALOG, filling.catalogue, is_for=_has_no_numbers
    ),
    Block(
        "scan", _("The page for the phone"), C.SEE_METRICS, filling.scan, devices=AT_THE_DESK,
        is_half=True,
    ),
)  # fmt: skip
BY_CODE = {block.code: block for block in BLOCKS}
