"""Actions that answer findings, the roster of a day, visits and what was promised at them."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from regulars.ground.kit import clock
from regulars.ground.org.models import Node, Staff
from regulars.understand.diagnosis.models import Finding

USER = settings.AUTH_USER_MODEL


class Action(models.Model):
    """`what` is to be done at `node` until `due_on`, by `who`, or by `staff` where someone has no
    account. `part` and `expected_factor` say what it is to move ("" the whole part),
    `expected_cents` by how much. `parent` is what it was given out from. `effect` is how the factor
    went since, beside comparable places that did not act: see `course.judge`."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")
        DROPPED = "dropped", _("dropped")

    finding = models.ForeignKey(Finding, models.SET_NULL, null=True, related_name="actions")
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="given_out")
    node = models.ForeignKey(Node, models.CASCADE, related_name="actions")
    what = models.TextField()
    who = models.ForeignKey(USER, models.SET_NULL, null=True, related_name="actions_to_do")
    staff = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="actions_to_do")
    due_on = models.DateField()
    part = models.TextField(blank=True)
    expected_factor = models.TextField(blank=True)
    expected_cents = models.BigIntegerField(null=True)
    state = models.TextField(choices=State.choices, default=State.OPEN)
    made_by = models.ForeignKey(USER, models.SET_NULL, null=True, related_name="actions_given")
    made_on = models.DateField()
    made_at = models.DateTimeField(auto_now_add=True)
    result = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_on = models.DateField(null=True)
    effect = models.JSONField(null=True)
    is_ineffective = models.BooleanField(null=True)

    class Meta:
        db_table = "actions_action"
        indexes = [
            models.Index(fields=["node", "state", "due_on"], name="actions_action_of_node"),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def whose(self) -> str:
        """The name of whoever is to do it; "" where that person's account is gone."""
        return str(self.staff or self.who or "")

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def is_late(self) -> bool:
        """Open past its day, as of today: never stored, so never stale."""
        return self.is_open and self.due_on < clock.today()

    @property
    def days_late(self) -> int:
        return (clock.today() - self.due_on).days if self.is_late else 0


class Comment(models.Model):
    action = models.ForeignKey(Action, models.CASCADE, related_name="comments")
    text = models.TextField()
    made_by = models.ForeignKey(USER, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "actions_comment"


class Shift(models.Model):
    """Someone is on shift at a store on a day. A store without any row of a day kept no roster."""

    node = models.ForeignKey(Node, models.CASCADE, related_name="+")
    staff = models.ForeignKey(Staff, models.CASCADE, related_name="+")
    on = models.DateField()

    class Meta:
        db_table = "actions_shift"
        constraints = [models.UniqueConstraint("on", "node", "staff", name="actions_shift_once")]


class Visit(models.Model):
    """A head was in a store."""

    node = models.ForeignKey(Node, models.CASCADE, related_name="visits")
    on = models.DateField()
    made_by = models.ForeignKey(USER, models.SET_NULL, null=True, related_name="+")
    note = models.TextField(blank=True)

    class Meta:
        db_table = "actions_visit"
        indexes = [models.Index(fields=["node", "-on"], name="actions_visit_of_node")]


class Promise(models.Model):
    """What was promised at a visit. `is_kept` None: nobody has looked yet."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="promises")
    node = models.ForeignKey(Node, models.CASCADE, related_name="promises")
    what = models.TextField()
    due_on = models.DateField(null=True)
    is_kept = models.BooleanField(null=True)
    told_on = models.DateField(null=True)

    class Meta:
        db_table = "actions_promise"

    def is_due(self, day: date) -> bool:
        return self.is_kept is None and (self.due_on is None or self.due_on <= day)


class StoreCost(models.Model):
    """What a store costs in a month, as its head knows it; None is not known. `margin_rate` is a
    gross margin assumed by hand, for chains whose order lines carry no cost."""

    node = models.ForeignKey(Node, models.CASCADE, related_name="+")
    month_on = models.DateField()
    staff_cents = models.BigIntegerField(null=True)
    rent_cents = models.BigIntegerField(null=True)
    marketing_cents = models.BigIntegerField(null=True)
    margin_rate = models.DecimalField(max_digits=5, decimal_places=4, null=True)

    class Meta:
        db_table = "actions_store_cost"
        constraints = [models.UniqueConstraint("node", "month_on", name="actions_store_cost_once")]


class UsageDay(models.Model):
    """People on shift in a position at a store on a day, and how many of them acted."""

    node = models.ForeignKey(Node, models.CASCADE, related_name="+")
    on = models.DateField()
    position = models.TextField()
    on_shift = models.PositiveIntegerField()
    acted = models.PositiveIntegerField()
    has_roster = models.BooleanField()

    class Meta:
        db_table = "actions_usage_day"
        constraints = [
            models.UniqueConstraint("on", "node", "position", name="actions_usage_day_once"),
            models.CheckConstraint(
                condition=Q(acted__lte=models.F("on_shift")), name="actions_usage_no_more_than_all"
            ),
        ]


class Alert(models.Model):
    """Tell when a metric or formula goes past a threshold at a place, or at the places of a level
    below it. `threshold` is in the formula's own unit (cents, a rate of 0–1); with `is_change` it
    is a rate of change against the same days before."""

    class Level(models.TextChoices):
        ITSELF = "itself", _("the place as a whole")
        REGION = "region", _("each region")
        BRANCH = "branch", _("each branch")
        STORE = "store", _("each store")

    class Days(models.TextChoices):
        TODAY = "today", _("today so far")
        YESTERDAY = "yesterday", _("yesterday")
        WEEK = "week", _("the last 7 days")
        MONTH = "month", _("this month so far")

    name = models.TextField()
    node = models.ForeignKey(Node, models.CASCADE, related_name="+")
    formula = models.TextField()
    level = models.TextField(choices=Level.choices, default=Level.ITSELF)
    days = models.TextField(choices=Days.choices, default=Days.YESTERDAY)
    is_above = models.BooleanField(default=False)
    is_change = models.BooleanField(default=False)
    threshold = models.DecimalField(max_digits=18, decimal_places=4)
    least_tickets = models.PositiveIntegerField(default=30)
    from_hour = models.PositiveSmallIntegerField(default=8)
    to_hour = models.PositiveSmallIntegerField(default=22)
    quiet_hours = models.PositiveSmallIntegerField(default=24)
    is_active = models.BooleanField(default=True)
    made_by = models.ForeignKey(USER, models.SET_NULL, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "actions_alert"

    def __str__(self) -> str:
        return self.name


class AlertHit(models.Model):
    """A place past an alert's threshold from `raised_at` until `cleared_at`: told once, however
    long it lasts. The hits of one check share their `raised_at`: they are one notice."""

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="hits")
    node = models.ForeignKey(Node, models.CASCADE, related_name="+")
    value = models.FloatField()
    tickets = models.PositiveIntegerField()
    raised_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "actions_alert_hit"
        constraints = [
            models.UniqueConstraint(
                "alert", "node", condition=Q(cleared_at=None), name="actions_alert_hit_open_once"
            )
        ]
