"""Alerts: told once when a metric or formula goes past a threshold, within the hours of the day,
where enough was sold to judge, and never in floods.

A place is told of once until it has come back, and not again within the alert's quiet hours; all
places of one check are one notice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from regulars.ground.accounts.access import Scope, may_see_node
from regulars.ground.accounts.models import User
from regulars.ground.audit.service import record
from regulars.ground.jobs.service import publish
from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotAllowed, NotFound, UserError
from regulars.ground.org.models import Node
from regulars.ground.org.service import node_ids_under
from regulars.understand.actions.formulas import Formula
from regulars.understand.actions.giving import within
from regulars.understand.actions.models import Alert, AlertHit
from regulars.understand.actions.rules import change_of
from regulars.understand.metrics.service import (
    Period,
    Question,
    Tree,
    Value,
    list_metrics,
    list_metrics_of_tree,
    month_of,
    trees_of_places,
)

DAY = timedelta(days=1)
DAYS_A_WEEK = 7
MOST_ASKED_SINGLY = 50
OF_A_TREE = frozenset(list_metrics_of_tree(Tree({})))


@dataclass(frozen=True)
class Reading:
    """A place's value, None where it is not known, and the tickets that it stands on."""

    node_id: int
    value: Fraction | None
    tickets: int


def list_alerts(scope: Scope) -> QuerySet[Alert]:
    return Alert.objects.filter(within(scope)).select_related("node", "made_by").order_by("pk")


def list_hits(scope: Scope) -> QuerySet[AlertHit]:
    """Those of the scope's places: what is still so first, then the latest."""
    hits = AlertHit.objects.filter(within(scope)).select_related("alert", "node")
    return hits.order_by("-raised_at", "pk")


def get_alert(scope: Scope, alert_id: int) -> Alert:
    """Raises NotFound, also for one outside the scope."""
    alert = list_alerts(scope).filter(pk=alert_id).first()
    if alert is None:
        raise NotFound(_("There is no such alert."))
    return alert


def set_alert(
    actor: User, scope: Scope, node: Node, alert_id: int | None = None, **facts: object
) -> Alert:
    """Make an alert at a place, or change one; `facts` are fields of `Alert`.

    Raises NotAllowed for a place outside the scope; UserError for a formula that is none, or for
    what cannot be told: see below.
    """
    if not may_see_node(scope, node.pk):
        raise NotAllowed(_("“%(name)s” lies outside what you may see.") % {"name": node.name})
    alert = Alert(made_by=actor) if alert_id is None else get_alert(scope, alert_id)
    alert.node = node
    for name, value in facts.items():
        setattr(alert, name, value)
    _check(alert)
    alert.save()
    record(actor, "alert.set", "alert", alert.pk, name=alert.name, formula=alert.formula)
    return alert


def switch_alert(actor: User, alert: Alert, is_active: bool) -> None:
    alert.is_active = is_active
    alert.save(update_fields=["is_active"])
    record(actor, "alert.switched", "alert", alert.pk, is_active=is_active)


def _check(alert: Alert) -> None:
    formula = Formula(alert.formula)
    if not alert.name.strip():
        raise UserError(_("An alert needs a name."), field="name")
    if not 0 <= alert.from_hour < alert.to_hour <= 24:  # noqa: PLR2004 - hours of a day
        raise UserError(
            _("The hours run from 0 to 24, the first before the last."), field="to_hour"
        )
    if alert.is_change and alert.days == Alert.Days.TODAY:
        raise UserError(
            _("A day that is not over has no whole day to stand beside: choose other days."),
            field="days",
        )
    asked_singly = formula.metrics - OF_A_TREE
    if asked_singly and len(_places(alert)) > MOST_ASKED_SINGLY:
        raise UserError(
            _("%(metrics)s: of at most %(most)s places at once. Choose a smaller place.")
            % {"metrics": ", ".join(sorted(asked_singly)), "most": MOST_ASKED_SINGLY},
            field="formula",
        )


def check_all(at: datetime | None = None) -> int:
    """Look at every active alert whose hours these are; says how many places were told of."""
    moment = at or clock.now()
    hour = moment.astimezone(clock.zone()).hour
    due = Alert.objects.filter(is_active=True, from_hour__lte=hour, to_hour__gt=hour)
    return sum(len(check_alert(alert, moment)) for alert in due.select_related("node"))


def check_alert(alert: Alert, at: datetime) -> list[AlertHit]:
    """Raise and clear; the new hits. Publishes one `alert.raised` for all of them."""
    past = {reading.node_id: reading for reading in read(alert) if is_past(alert, reading)}
    still = alert.hits.filter(cleared_at=None)
    still.exclude(node_id__in=past).update(cleared_at=at)
    quiet_since = at - timedelta(hours=alert.quiet_hours)
    told = set(
        alert.hits.filter(
            Q(cleared_at=None) | Q(raised_at__gt=quiet_since), node_id__in=past
        ).values_list("node_id", flat=True)
    )
    hits = AlertHit.objects.bulk_create(
        AlertHit(
            alert=alert,
            node_id=node,
            value=float(reading.value or 0),
            tickets=reading.tickets,
            raised_at=at,
        )
        for node, reading in past.items()
        if node not in told
    )
    Alert.objects.filter(pk=alert.pk).update(checked_at=at)
    if hits:
        publish("alert.raised", alert_id=alert.pk, hit_ids=[hit.pk for hit in hits])
    return hits


def is_past(alert: Alert, reading: Reading) -> bool:
    """Past the threshold, where enough was sold to judge and the value is known."""
    if reading.value is None or reading.tickets < alert.least_tickets:
        return False
    threshold = Fraction(Decimal(alert.threshold))
    return reading.value > threshold if alert.is_above else reading.value < threshold


def read(alert: Alert) -> list[Reading]:
    """The alert's value now, at each of its places; a rate of change where it asks for one."""
    formula, period, places = Formula(alert.formula), _period(alert), _places(alert)
    before = _weeks_before(period) if alert.is_change else None
    question = Question(alert.node, period, before)
    now, earlier = trees_of_places(question, places)
    readings = []
    for place in places:
        tree = now.get(place, Tree({}))
        value = _of(formula, place, period, tree)
        if before is not None and earlier is not None:
            value = change_of(_of(formula, place, before, earlier.get(place, Tree({}))), value)
        readings.append(Reading(place, value, tree.total.tickets))
    return readings


def _of(formula: Formula, place: int, period: Period, tree: Tree) -> Fraction | None:
    """All from the tree where that knows all: one statement for thousands of places."""
    if formula.metrics <= OF_A_TREE:
        return formula.value(_known(list_metrics_of_tree(tree)))
    values = list_metrics(Question(Node.objects.get(pk=place), period))
    return formula.value(_known({value.metric.code: value for value in values}))


def _known(values: Mapping[str, Value]) -> dict[str, int | Fraction | None]:
    return {code: value.value for code, value in values.items()}


def _places(alert: Alert) -> Sequence[int]:
    if alert.level == Alert.Level.ITSELF:
        return [alert.node.pk]
    below = Node.objects.filter(pk__in=node_ids_under(alert.node.pk), kind=alert.level)
    return list(below.order_by("pk").values_list("pk", flat=True))


def _period(alert: Alert) -> Period:
    today = clock.today()
    starts = {
        Alert.Days.TODAY: today,
        Alert.Days.YESTERDAY: today - DAY,
        Alert.Days.WEEK: today - DAYS_A_WEEK * DAY,
        Alert.Days.MONTH: month_of(today).start,
    }
    is_over = alert.days in {Alert.Days.YESTERDAY, Alert.Days.WEEK}
    return Period(starts[Alert.Days(alert.days)], today if is_over else today + DAY)


def _weeks_before(period: Period) -> Period:
    """As many days, whole weeks earlier: the same weekdays."""
    back = -(-period.days // DAYS_A_WEEK) * DAYS_A_WEEK * DAY
    return Period(period.start - back, period.end - back)
