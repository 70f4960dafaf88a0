"""Dynamic events: rules over what was clicked and seen, each with every version it ever had; and
what changed in the events that arrive."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Rule(models.Model):
    """A named event that nobody programmed. `is_active` False takes it out of every count, past
    and future; `version` is the one in force."""

    name = models.TextField(unique=True)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "events_rule"

    def __str__(self) -> str:
        return self.name


class RuleVersion(models.Model):
    """What a rule matched from `made_at` on; `definition` as `rules.Definition` writes it."""

    rule = models.ForeignKey(Rule, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    definition = models.JSONField()
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)

    class Meta:
        db_table = "events_rule_version"
        constraints = [models.UniqueConstraint("rule", "number", name="events_rule_version_once")]


class Drift(models.Model):
    """A property of an event that is not as it was in the 14 days before. It goes by itself when
    the property is back, or when what came instead is what those 14 days know."""

    class Kind(models.TextChoices):
        VANISHED = "vanished", _("vanished")
        TYPE = "type", _("changed its type")

    source = models.TextField()
    name = models.TextField()
    property = models.TextField()
    kind = models.TextField(choices=Kind.choices)
    was = models.TextField()
    became = models.TextField(blank=True)
    last_at = models.DateTimeField()
    since = models.BigIntegerField()
    found_at = models.DateTimeField(auto_now_add=True)
    is_dismissed = models.BooleanField(default=False)

    class Meta:
        db_table = "events_drift"
        constraints = [
            models.UniqueConstraint("source", "name", "property", "kind", name="events_drift_once")
        ]
