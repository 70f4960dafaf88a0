"""What was found each morning, and what happened in and around stores."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.ground.org.models import Node
from regulars.know.catalog.models import Category


class Finding(models.Model):
    """Why a node's number moved, as found on the day `made_on`: each morning, or when someone asked
    about other days (not `is_of_morning`). `gap_cents` is the gap of the cause's own node, `rank` 1
    the most money; `told` holds what the sentence and the page are made of."""

    made_on = models.DateField()
    node = models.ForeignKey(Node, models.CASCADE, related_name="+")
    category = models.ForeignKey(Category, models.CASCADE, null=True, related_name="+")
    part = models.TextField()
    factor = models.TextField(blank=True)
    first_on = models.DateField()
    last_on = models.DateField()
    against = models.TextField()
    gap_cents = models.BigIntegerField()
    contribution_cents = models.BigIntegerField()
    members_concerned = models.BigIntegerField(null=True)
    score = models.FloatField()
    rank = models.PositiveIntegerField()
    told = models.JSONField(default=dict)
    is_dismissed = models.BooleanField(default=False)
    is_of_morning = models.BooleanField(default=True)

    class Meta:
        db_table = "diagnosis_finding"
        constraints = [
            models.UniqueConstraint(
                fields=["made_on", "first_on", "last_on", "against", "rank"],
                name="diagnosis_finding_once",
                deferrable=models.Deferrable.DEFERRED,  # ranks change places when looked at anew
            )
        ]


class Dismissal(models.Model):
    """Somebody said that a cause is not worth it. It stays away until `until_on`, or until its
    money is twice `cents`; in periods that were over before `first_on` it is told as ever."""

    node = models.ForeignKey(Node, models.CASCADE, related_name="+")
    category = models.ForeignKey(Category, models.CASCADE, null=True, related_name="+")
    part = models.TextField()
    factor = models.TextField()
    first_on = models.DateField()
    cents = models.BigIntegerField()
    reason = models.TextField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    made_on = models.DateField()
    until_on = models.DateField()

    class Meta:
        db_table = "diagnosis_dismissal"
        indexes = [models.Index(fields=["until_on"], name="diagnosis_dismissal_until")]


class EventLog(models.Model):
    """Something that happened in or around a place; both days count."""

    class Kind(models.TextChoices):
        REFURBISHMENT = "refurbishment", _("refurbishment")
        VACANCY = "vacancy", _("vacancy")
        STOCK_OUT = "stock_out", _("stock-out")
        COMPETITOR = "competitor", _("competitor opened")
        LOCAL_EVENT = "local_event", _("local event")
        OTHER = "other", _("something else")

    node = models.ForeignKey(Node, models.CASCADE, related_name="+")
    first_on = models.DateField()
    last_on = models.DateField()
    kind = models.TextField(choices=Kind.choices)
    note = models.TextField(blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "diagnosis_event_log"
        indexes = [models.Index(fields=["node", "first_on"], name="diagnosis_event_log_at")]
