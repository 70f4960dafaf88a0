"""What was found each morning, and what happened in and around stores."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.ground.org.models import Node
from regulars.know.catalog.models import Category


class Finding(models.Model):
    """Why a node's number moved, as found on the morning of `made_on` for the node `asked`.
    `rank` 1 is the most money; `told` holds what the sentence and the page are made of."""

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

    class Meta:
        db_table = "diagnosis_finding"
        constraints = [
            models.UniqueConstraint(
                "made_on", "first_on", "last_on", "against", "rank", name="diagnosis_finding_once"
            )
        ]


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
