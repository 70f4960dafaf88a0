"""The inbox and the quarantine."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.ids import new_id


class Batch(models.Model):
    """One thing received: a request's body as it came, or a span of rows of an archived file.

    `kind` names what the rows are ("members", "lines", "changed.members" …) and with it the
    loader's road for them.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        LOADED = "loaded", _("loaded")
        FAILED = "failed", _("failed")

    id = models.UUIDField(primary_key=True, default=new_id)
    source = models.TextField()
    kind = models.TextField()
    body = models.JSONField(null=True)
    file = models.TextField(blank=True)
    first_row = models.BigIntegerField(default=0)
    last_row = models.BigIntegerField(null=True)
    layout = models.JSONField(default=dict)
    import_id = models.BigIntegerField(null=True)
    received_at = models.DateTimeField(auto_now_add=True)
    state = models.TextField(choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    loaded_at = models.DateTimeField(null=True)
    row_count = models.BigIntegerField(default=0)
    reject_count = models.BigIntegerField(default=0)

    class Meta:
        db_table = "collect_batch"
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(state="waiting"), name="collect_batch_waiting"
            ),
            models.Index(fields=["import_id"], name="collect_batch_import"),
        ]


class Reject(models.Model):
    """Quarantine: a record that could not go in, with the step, the column and the reason."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        REPLAYED = "replayed", _("replayed")
        DISMISSED = "dismissed", _("dismissed")

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="rejects")
    line_no = models.BigIntegerField()
    step = models.TextField()
    column = models.TextField()
    reason = models.TextField()
    value = models.TextField(blank=True)
    record = models.JSONField(default=dict)
    state = models.TextField(choices=State.choices, default=State.OPEN)

    class Meta:
        db_table = "collect_reject"
        constraints = [
            models.UniqueConstraint("batch", "line_no", "column", name="collect_reject_once")
        ]
