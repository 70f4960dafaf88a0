"""Every metric, defined once: what it counts, how it adds up, what to watch for.

Sources: the KPI dictionary of the guide `docs/guides/metrics.md`.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ADDS_UP, COUNTED_AT_EACH_NODE, A_VIEW = "adds_up", "counted_at_each_node", "a_view"


@dataclass(frozen=True)
class Metric:
    """`unit`: count, cents, rate (0–1), ratio, days. `adding`: whether stores sum to the chain
    (`adds_up`), every node counts its own (`counted_at_each_node`), or it is a ratio (`a_view`)."""

    code: str
    name: Promise
    formula: Promise
    unit: str
    adding: str
    note: Promise | str = ""


_METRICS = (
    Metric("net_sales", _("Net sales"), _("sales − returns"), "cents", ADDS_UP),
    Metric(
        "new_members", _("New members"), _("members who joined in the period"), "count",
        COUNTED_AT_EACH_NODE, _("Not the same as new customers; at their home store."),
    ),
    Metric(
        "new_customers", _("New customers"), _("members with their first purchase ever"), "count",
        COUNTED_AT_EACH_NODE, _("Needs all history; at the store of the first purchase."),
    ),
    Metric(
        "conversion", _("Conversion"), _("new members who bought ÷ new members"), "rate", A_VIEW,
        _("Those who joined late in the period have had less time to buy."),
    ),
    Metric(
        "conversion_30d", _("Conversion within 30 days"),
        _("new members who bought within 30 days of joining ÷ those observed for 30 days"),
        "rate", A_VIEW, _("Everyone has had the same time to buy; another metric than conversion."),
    ),
    Metric(
        "valid_new_members", _("Valid new members"),
        _("new members with a verified phone who within 30 days bought or put a child on file"),
        "count", COUNTED_AT_EACH_NODE, _("What targets use, so that sign-ups are not padded."),
    ),
    Metric(
        "first_purchase_rate", _("First-purchase rate"),
        _("never-bought members who bought ÷ never-bought members"), "rate", A_VIEW,
    ),
    Metric(
        "child_profile_completeness", _("Child profile completeness"),
        _("members with a confirmed birth or due date ÷ members"), "rate", A_VIEW,
    ),
    Metric(
        "retention", _("Retention"), _("active old members who bought ÷ active old members"),
        "rate", A_VIEW, _("Depends on the period's length."),
    ),
    Metric(
        "win_back", _("Win-back"), _("dormant old members who bought ÷ dormant old members"),
        "rate", A_VIEW,
    ),
    Metric(
        "on_time_repurchase", _("On-time repurchase"),
        _("member-categories that came due and were bought again in time ÷ those that came due"),
        "rate", A_VIEW, _("Due after the goods' replenishment days times the units bought."),
    ),
    Metric(
        "repurchase", _("Repurchase"), _("buyers with two or more tickets ÷ buyers"), "rate",
        A_VIEW, _("Split tickets of one day count once."),
    ),
    Metric(
        "second_purchase_30d", _("Second purchase within 30 days"),
        _("first-time buyers who bought again within 30 days ÷ those observed for 30 days"),
        "rate", A_VIEW, _("Another metric than repurchase; never mixed."),
    ),
    Metric(
        "churn", _("Churn"),
        _("active a window before the end with no ticket since ÷ active a window before the end"),
        "rate", A_VIEW,
    ),
    Metric("ticket_value", _("Ticket value"), _("net sales ÷ tickets"), "cents", A_VIEW),
    Metric(
        "spend_per_buyer", _("Spend per buyer"), _("members' net sales ÷ buyers"), "cents", A_VIEW
    ),
    Metric(
        "frequency", _("Tickets per buyer"), _("members' tickets ÷ buyers"), "ratio", A_VIEW,
        _("Tickets of returns only are left out."),
    ),
    Metric(
        "units_per_ticket", _("Units per ticket"), _("units ÷ tickets"), "ratio", A_VIEW,
        _("Without gifts; weighed goods count one; exchanges netted."),
    ),
    Metric("price_per_unit", _("Price per unit"), _("net sales ÷ units"), "cents", A_VIEW),
    Metric(
        "sales_per_m2", _("Sales per m²"), _("net sales ÷ selling m²"), "cents", A_VIEW,
        _("Prorated by the days each store was open."),
    ),
    Metric(
        "sales_per_head", _("Sales per head"), _("net sales ÷ average headcount in stores"),
        "cents", A_VIEW,
    ),
    Metric(
        "visit_rate", _("Visit rate"), _("members with a visit ÷ members"), "rate", A_VIEW,
        _("Visits come from a source that must be named."),
    ),
    Metric(
        "lifetime_value", _("Lifetime value to date"),
        _("net margin to date of the period's buyers ÷ those buyers"), "cents", A_VIEW,
        _("With returns; a forecast is another metric."),
    ),
    Metric(
        "recency", _("RFM: days since the last purchase"),
        _("median over members who bought within the window"), "days", A_VIEW,
        _("Unknown for a member who never bought."),
    ),
    Metric(
        "rfm_frequency", _("RFM: tickets within the window"),
        _("median over members who bought within the window"), "count", A_VIEW,
    ),
    Metric(
        "rfm_money", _("RFM: net spend within the window"),
        _("median over members who bought within the window"), "cents", A_VIEW,
    ),
    Metric(
        "penetration", _("Penetration"), _("buyers of these goods ÷ all buyers"), "rate", A_VIEW,
        _("Asked of a category or brand only."),
    ),
    Metric(
        "member_share", _("Members' share of sales"), _("members' net sales ÷ net sales"), "rate",
        A_VIEW,
    ),
)  # fmt: skip

METRICS: dict[str, Metric] = {metric.code: metric for metric in _METRICS}
