"""The inbox, the sources that send to it, and the quarantine."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.ids import new_id

WAKE_CHANNEL = "regulars_inbox"
"""Notified with whatever arrives: only a wake-up, which carries nothing."""


class Batch(models.Model):
    """One thing received: a request's body as it came, or a span of rows of an archived file.

    `kind` names what the rows are ("members", "lines", "changed.members" …) and with it the
    loader's road for them. What came in at the door has its bytes sealed in `raw`, and in
    `layout` how they are to be read (of a webhook also the `kind` of its records, as its source
    had it then); its `source` is that source's code.

    A loaded batch stays as the ledger of what the warehouse holds. What it brought moves to the
    file that `archive` names from the data folder, and is then gone from here.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        LOADED = "loaded", _("loaded")
        FAILED = "failed", _("failed")

    id = models.UUIDField(primary_key=True, default=new_id)
    source = models.TextField()
    kind = models.TextField()
    body = models.JSONField(null=True)
    raw = models.BinaryField(null=True)
    file = models.TextField(blank=True, default="", db_default="")
    first_row = models.BigIntegerField(default=0, db_default=0)
    last_row = models.BigIntegerField(null=True)
    layout = models.JSONField(default=dict)
    import_id = models.BigIntegerField(null=True)
    received_at = models.DateTimeField(auto_now_add=True)
    state = models.TextField(
        choices=State.choices, default=State.WAITING, db_default=State.WAITING.value
    )
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    error = models.TextField(blank=True, default="", db_default="")
    loaded_at = models.DateTimeField(null=True)
    row_count = models.BigIntegerField(default=0, db_default=0)
    reject_count = models.BigIntegerField(default=0, db_default=0)
    archive = models.TextField(blank=True, default="", db_default="")

    class Meta:
        db_table = "collect_batch"
        indexes = [
            models.Index(
                fields=["id"],
                condition=models.Q(state="loaded", archive=""),
                name="collect_batch_unarchived",
            ),
            models.Index(
                fields=["id"], condition=models.Q(state="waiting"), name="collect_batch_waiting"
            ),
            models.Index(fields=["import_id"], name="collect_batch_import"),
        ]

    @property
    def records(self) -> list[dict[str, Any]]:
        """Of a request of records: these; else none."""
        records: list[dict[str, Any]] = (self.body or {}).get("records", [])
        return records

    @property
    def records_kind(self) -> str:
        """What its records are, however they came."""
        kind: str = self.layout["kind"] if self.kind == "webhook" else self.kind
        return kind


class Source(models.Model):
    """Who sends: an SDK in a shop's pages, a till, another system. It shows its key or signs with
    its secret; the key is kept as a hash alone, the secret sealed.

    `settings` by kind: segment {}; sensors {"project": …, "is_open": whether that name is enough};
    webhook {"kind": the layout of its records}; tracker {"origins": […]}.
    """

    class Kind(models.TextChoices):
        SEGMENT = "segment", _("Segment SDKs")
        SENSORS = "sensors", _("Sensors Analytics SDKs")
        WEBHOOK = "webhook", _("signed webhooks")
        TRACKER = "tracker", _("our own tracker")

    code = models.TextField(unique=True)
    name = models.TextField()
    kind = models.TextField(choices=Kind.choices)
    key_hash = models.BinaryField(null=True, unique=True)
    key_hint = models.TextField(blank=True)
    secret_sealed = models.BinaryField(null=True)
    settings = models.JSONField(default=dict)
    events_per_second = models.PositiveIntegerField(null=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    rotated_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "collect_source"

    def __str__(self) -> str:
        return self.name


class SourceMinute(models.Model):
    """What a source sent in one minute; written with the requests themselves."""

    source = models.TextField()
    minute_at = models.DateTimeField()
    requests = models.BigIntegerField(default=0)
    events = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)
    bytes = models.BigIntegerField(default=0)

    class Meta:
        db_table = "collect_source_minute"
        constraints = [
            models.UniqueConstraint("source", "minute_at", name="collect_source_minute_once")
        ]


class Trouble(models.Model):
    """What keeps the stores from being what they should be, for as long as it does."""

    code = models.TextField(primary_key=True)
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "collect_trouble"

    def __str__(self) -> str:
        return self.code


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
