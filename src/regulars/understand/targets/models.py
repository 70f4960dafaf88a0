"""Plans, their versions with every amount, the sales calendar, what stores propose."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.references import looked_up
from regulars.ground.org.models import Node
from regulars.know.catalog.models import Brand, Category


class Plan(models.Model):
    """What is to be sold from `first_on` to `last_on`, beside the same days `base_months` earlier;
    a month that was not over by then on `made_on` stands beside the last one of its name that was.

    `weights` says by part and factor, in per cent, how much of the growth each factor takes;
    `goods` of a special plan are a category, a brand, or both."""

    class Kind(models.TextChoices):
        YEAR = "year", _("year plan")
        CAMPAIGN = "campaign", _("campaign")
        LAUNCH = "launch", _("product launch")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PROPOSED = "proposed", _("with the stores")
        AGREED = "agreed", _("agreed")
        FROZEN = "frozen", _("frozen")

    class Shares(models.TextChoices):
        BASE = "base", _("by what each sold")
        POTENTIAL = "potential", _("by its members")

    code = models.TextField(unique=True)
    name = models.TextField()
    kind = models.TextField(choices=Kind.choices, default=Kind.YEAR)
    first_on = models.DateField()
    last_on = models.DateField()
    base_months = models.PositiveSmallIntegerField(default=12)
    shares = models.TextField(choices=Shares.choices, default=Shares.BASE)
    weights = models.JSONField(default=dict)
    category = models.ForeignKey(Category, models.PROTECT, null=True)
    brand = models.ForeignKey(Brand, models.PROTECT, null=True)
    state = models.TextField(choices=State.choices, default=State.DRAFT)
    frozen_number = models.PositiveIntegerField(null=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    made_on = models.DateField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "targets_plan"

    def __str__(self) -> str:
        return self.name

    @property
    def is_in_force(self) -> bool:
        return self.state in (self.State.AGREED, self.State.FROZEN)


class Version(models.Model):
    """What a plan said from `made_at` on. The first holds every amount, a later one those that it
    changed: in force is what the latest version says of it."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    comment = models.TextField(blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    is_current = models.BooleanField(default=True)

    class Meta:
        db_table = "targets_version"
        constraints = [
            models.UniqueConstraint("plan", "number", name="targets_version_once"),
            models.UniqueConstraint(
                "plan", condition=Q(is_current=True), name="targets_version_one_current"
            ),
        ]


class TargetNode(models.Model):
    """One amount: of a place in a month (as far as the plan reaches into it). `part` is a part of
    the member tree, "returns", or "total"; rows of a category are totals and know money alone."""

    # The one index that is asked begins with version and node; each more costs millions of rows.
    version = models.ForeignKey(Version, models.CASCADE, related_name="rows", db_index=False)
    node = looked_up(Node, models.CASCADE, related_name="+", db_index=False)
    category = looked_up(Category, models.CASCADE, null=True, related_name="+", db_index=False)
    month_on = models.DateField()
    part = models.TextField()
    members = models.BigIntegerField(null=True)
    buyers = models.BigIntegerField(null=True)
    tickets = models.BigIntegerField(default=0)
    lines = models.BigIntegerField(default=0)
    units = models.BigIntegerField(default=0)
    net_cents = models.BigIntegerField()

    class Meta:
        db_table = "targets_node"
        constraints = [
            models.UniqueConstraint(
                fields=["version", "node", "month_on", "part", "category"],
                name="targets_node_once",
                nulls_distinct=False,
            )
        ]


class Day(models.Model):
    """A day unlike others. `weight_percent` is what it sells beside an ordinary day of its weekday;
    None: learnt from the days of the same name in the years before."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("holiday")
        PROMOTION = "promotion", _("promotion")
        CLOSED = "closed", _("closed")
        OTHER = "other", _("other")

    day_on = models.DateField(unique=True)
    kind = models.TextField(choices=Kind.choices)
    name = models.TextField()
    weight_percent = models.PositiveIntegerField(null=True)

    class Meta:
        db_table = "targets_day"

    def __str__(self) -> str:
        return self.name


class Proposal(models.Model):
    """What a place thinks it can do, for a month or (None) for all that is left of the plan."""

    class State(models.TextChoices):
        OPEN = "open", _("waiting for an answer")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="proposals")
    node = models.ForeignKey(Node, models.CASCADE, related_name="+")
    month_on = models.DateField(null=True)
    asked_cents = models.BigIntegerField()
    net_cents = models.BigIntegerField()
    note = models.TextField(blank=True)
    state = models.TextField(choices=State.choices, default=State.OPEN)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    version = models.ForeignKey(Version, models.SET_NULL, null=True, related_name="+")

    class Meta:
        db_table = "targets_proposal"
        indexes = [models.Index(fields=["plan", "state", "node"], name="targets_proposal_open")]


class Comment(models.Model):
    """What someone says about a plan, or about one place in it."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="comments")
    node = models.ForeignKey(Node, models.CASCADE, related_name="+")
    text = models.TextField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "targets_comment"


class PlanMetric(models.Model):
    """Another number that a special plan is after, of the whole plan: a code of the registry."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="metrics")
    code = models.TextField()
    wanted = models.DecimalField(max_digits=20, decimal_places=4)

    class Meta:
        db_table = "targets_metric"
        constraints = [models.UniqueConstraint("plan", "code", name="targets_metric_once")]
