"""The KPI dictionary, worked out for one question."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regulars.ground.kit import clock
from regulars.ground.kit.deployment import chain
from regulars.ground.kit.sql import named
from regulars.understand.metrics.answers import answer
from regulars.understand.metrics.comparison import NOTHING_TO_DIVIDE, ONLY_BUYERS
from regulars.understand.metrics.identity import Counts, Tree
from regulars.understand.metrics.question import Question
from regulars.understand.metrics.registry import METRICS, Metric
from regulars.understand.metrics.trees import days_of, place_of, tree_for

Number = int | Fraction | None
NO_VISITS = _("unknown: no source of visits is connected")
NO_AREA = _("unknown: a store's selling area is not on file")
NO_STAFF = _("unknown: no positions in stores are on file")
NO_COST = _("unknown: not every line's cost is recorded")
NOT_OBSERVED = _("unknown: nobody has been observed for 30 days yet")
GOODS_ONLY = _("asked of a category or brand only")
WHOLE_NODES_ONLY = _("not defined within goods or a channel")


@dataclass(frozen=True)
class Value:
    """A metric's value: `numerator ÷ denominator` for a view, else the numerator itself. `value`
    is None, with a `reason`, where it is unknown."""

    metric: Metric
    numerator: Number
    denominator: Number = 1
    reason: Promise | None = None

    @property
    def value(self) -> Number:
        if self.reason or self.numerator is None or not self.denominator:
            return None
        ratio = Fraction(self.numerator) / self.denominator
        return ratio.numerator if ratio.denominator == 1 else ratio

    @property
    def why_unknown(self) -> Promise | None:
        return self.reason or (NOTHING_TO_DIVIDE if self.value is None else None)


def list_metrics(question: Question) -> list[Value]:
    """Every metric of the registry for the question's node and period, in the registry's order."""
    values = list_metrics_of_tree(tree_for(question))
    values["penetration"] = _penetration(question, values)
    if question.is_about_goods or question.channel:
        others = (code for code in METRICS if code not in values)
        values |= {code: Value(METRICS[code], None, reason=WHOLE_NODES_ONLY) for code in others}
    else:
        values |= _from_warehouse(question, values["net_sales"].numerator)
    return [values[code] for code in METRICS]


def list_metrics_of_tree(tree: Tree) -> dict[str, Value]:
    """By code, those metrics that a tree alone tells: what a list of thousands of nodes can show.
    Raises nothing: what the tree does not know is None, with a reason."""
    part = {code: tree.parts.get(code, Counts()) for code in ("new", "active_old", "dormant_old")}
    never, total = tree.parts.get("never_bought", Counts()), tree.total
    strangers = tree.parts.get("non_member", Counts())
    members_cents = total.net_cents - strangers.net_cents
    members_tickets = total.tickets - strangers.tickets
    found: dict[str, tuple[Number, Number]] = {
        "net_sales": (total.net_cents, 1),
        "conversion": (part["new"].buyers, part["new"].members),
        "first_purchase_rate": (never.buyers, never.members),
        "retention": (part["active_old"].buyers, part["active_old"].members),
        "win_back": (part["dormant_old"].buyers, part["dormant_old"].members),
        "ticket_value": (total.net_cents, total.tickets),
        "spend_per_buyer": (members_cents, total.buyers),
        "frequency": (members_tickets, total.buyers),
        "units_per_ticket": (total.units, total.tickets),
        "price_per_unit": (total.net_cents, total.units),
        "member_share": (members_cents, total.net_cents),
    }
    values = {code: Value(METRICS[code], *pair) for code, pair in found.items()}
    if chain().only_buyers_recorded:
        values["conversion"] = Value(METRICS["conversion"], None, reason=ONLY_BUYERS)
    return values


def _from_warehouse(question: Question, net_cents: Number) -> dict[str, Value]:
    bought, profiles = _row("kpi_purchases", question), _row("kpi_profiles", question)
    places, margin = _row("kpi_places", question), _row("kpi_margin", question)
    due, rfm = _row("kpi_due", question), _row("kpi_rfm", question)
    days = question.period.days
    m2_days, person_days = places["m2_days"], places["person_days"]
    found: dict[str, tuple[Any, ...]] = {
        "new_members": (profiles["new_members"],),
        "conversion_30d": _conversion_30d(profiles),
        "new_customers": (bought["new_customers"],),
        "valid_new_members": (profiles["valid_new_members"],),
        "child_profile_completeness": (profiles["with_child"], profiles["members"]),
        "on_time_repurchase": (due["in_time"], due["due"]),
        "repurchase": (bought["repeat_buyers"], bought["buyers"]),
        "second_purchase_30d": (bought["second_buyers"], bought["observed_firsts"]),
        "churn": (bought["churned"], bought["active_before"]),
        "sales_per_m2": (net_cents, _share(m2_days, days), _unless(m2_days, NO_AREA)),
        "sales_per_head": (net_cents, _share(person_days, days), _unless(person_days, NO_STAFF)),
        "visit_rate": (None, 1, NO_VISITS),
        "lifetime_value": (
            margin["margin_cents"], margin["buyers"], _unless(margin["is_cost_known"], NO_COST),
        ),
        "recency": (rfm["recency"],),
        "rfm_frequency": (rfm["frequency"],),
        "rfm_money": (rfm["money"],),
    }  # fmt: skip
    return {code: Value(METRICS[code], *parts) for code, parts in found.items()}


def _conversion_30d(profiles: dict[str, Any]) -> tuple[Any, ...]:
    if chain().only_buyers_recorded:
        return None, 1, ONLY_BUYERS
    observed = profiles["observed_new_members"]
    return profiles["soon_buyers"], observed, _unless(observed, NOT_OBSERVED)


def _penetration(question: Question, values: dict[str, Value]) -> Value:
    metric = METRICS["penetration"]
    if not question.is_about_goods:
        return Value(metric, None, reason=GOODS_ONLY)
    return Value(
        metric, values["spend_per_buyer"].denominator, _row("kpi_buyers", question)["buyers"]
    )


def _row(name: str, question: Question) -> dict[str, Any]:
    parameters = place_of(question) | days_of(question.period)
    parameters |= {
        "today": clock.today(),
        "channel": question.channel,
    }
    (row,) = answer(named(__package__, name), parameters).to_pylist()
    return dict(row)


def _share(thing_days: int | None, days: int) -> Fraction | None:
    return None if thing_days is None else Fraction(thing_days, days)


def _unless(known: object, reason: Promise) -> Promise | None:
    return None if known else reason
