"""How long loading takes, minute by minute."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StepMinute(models.Model):
    """What one step of the loader did in one minute: `count` of what it handled, the seconds that
    took in all, and its slowest single run. Of WAIT the batches, how long they waited from
    receipt until they could be asked about, and the longest of these."""

    class Step(models.TextChoices):
        OPEN = "open", _("open the bodies")
        DECODE = "decode", _("decode events")
        DEDUPLICATE = "deduplicate", _("tell repeats apart")
        RESOLVE = "resolve", _("find the persons")
        TAKE_IN = "take_in", _("take events in")
        LOAD = "load", _("load records")
        DERIVE = "derive", _("chain purchases")
        DRAIN = "drain", _("tell the inbox")
        WAIT = "wait", _("from receipt to queryable")

    minute_at = models.DateTimeField()
    step = models.TextField(choices=Step.choices)
    count = models.BigIntegerField()
    seconds = models.FloatField()
    worst_seconds = models.FloatField()

    class Meta:
        db_table = "loader_step_minute"
        constraints = [models.UniqueConstraint("minute_at", "step", name="loader_step_minute_once")]

    def __str__(self) -> str:
        return f"{self.step} {self.minute_at:%H:%M}"
