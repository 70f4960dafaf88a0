"""What is tried, who entered, who was reached, and what came of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.references import looked_up
from regulars.ground.org.models import Node, Staff
from regulars.know.members.models import Member


class Experiment(models.Model):
    """Something tried on those who enter, but for `holdout_rate` of them, chosen by chance in each
    store. `outcome` says what counts within `window_days` of entering: {"kind": "purchase"},
    {"kind": "category", "code": …} or {"kind": "event", "name": …}. `salt` makes its chance its
    own. `hoped_rate`: by how much, in the share of people, it was hoped to raise what counts.
    """

    code = models.TextField(unique=True)
    name = models.TextField()
    holdout_rate = models.DecimalField(max_digits=3, decimal_places=2)
    outcome = models.JSONField()
    window_days = models.PositiveSmallIntegerField()
    salt = models.TextField()
    hoped_rate = models.DecimalField(max_digits=6, decimal_places=5, null=True)
    began_on = models.DateField()
    ended_on = models.DateField(null=True)

    class Meta:
        db_table = "experiments_experiment"
        constraints = [
            models.CheckConstraint(
                condition=Q(holdout_rate__gte=0, holdout_rate__lte=0.5),
                name="experiments_experiment_holdout_rate",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Entry(models.Model):
    """A member who met the experiment, once and for good: to be reached, or held out for ever."""

    experiment = models.ForeignKey(Experiment, models.CASCADE, related_name="entries")
    member = looked_up(Member, models.CASCADE, related_name="+", db_index=False)
    store = looked_up(Node, null=True, related_name="+", db_index=False)
    is_held_out = models.BooleanField()
    entered_on = models.DateField()

    class Meta:
        db_table = "experiments_entry"
        constraints = [
            models.UniqueConstraint("experiment", "member", name="experiments_entry_once")
        ]
        indexes = [models.Index(fields=["member"], name="experiments_entry_of_member")]


class Touch(models.Model):
    """Somebody was really reached: what sales within the window are attributed to. `lead_id` is the
    tasks room's."""

    class Channel(models.TextChoices):
        CALL = "call", _("call")
        SMS = "sms", _("text message")
        WECOM = "wecom", _("WeCom")
        STORE = "store", _("in the store")

    experiment = models.ForeignKey(Experiment, models.CASCADE, related_name="touches")
    member = looked_up(Member, models.CASCADE, related_name="+", db_index=False)
    store = looked_up(Node, null=True, related_name="+", db_index=False)
    staff = looked_up(Staff, null=True, related_name="+", db_index=False)
    lead_id = models.BigIntegerField(null=True)
    channel = models.TextField(choices=Channel.choices)
    offer = models.TextField(blank=True)
    touched_at = models.DateTimeField()

    class Meta:
        db_table = "experiments_touch"
        indexes = [
            models.Index(fields=["member", "-touched_at"], name="experiments_touch_of_member"),
            models.Index(fields=["experiment", "touched_at"], name="experiments_touch_of_one"),
        ]


class Stratum(models.Model):
    """How many ever entered at a store: where its next block goes on."""

    experiment = models.ForeignKey(Experiment, models.CASCADE, related_name="strata")
    store = looked_up(Node, null=True, related_name="+", db_index=False)
    entered = models.PositiveIntegerField()

    class Meta:
        db_table = "experiments_stratum"
        constraints = [
            models.UniqueConstraint(
                fields=["experiment", "store"],
                name="experiments_stratum_once",
                nulls_distinct=False,
            )
        ]


class KeptOutcome(models.Model):
    """What came of it as counted on a day: `facts` are an `Outcome`."""

    experiment = models.ForeignKey(Experiment, models.CASCADE, related_name="outcomes")
    measured_on = models.DateField()
    is_final = models.BooleanField()
    facts = models.JSONField()

    class Meta:
        db_table = "experiments_outcome"
        constraints = [
            models.UniqueConstraint("experiment", "measured_on", name="experiments_outcome_once")
        ]
