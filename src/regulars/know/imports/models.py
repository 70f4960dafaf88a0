"""Imports: one row a file that someone brought."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Import(models.Model):
    """A file's way in. `sha256` with `kind` makes the second import of a file a no-op."""

    class State(models.TextChoices):
        READING = "reading", _("reading")
        LOADING = "loading", _("loading")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    kind = models.TextField()
    file_name = models.TextField()
    sha256 = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    mapping = models.JSONField(default=dict)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    state = models.TextField(choices=State.choices, default=State.READING)
    row_count = models.BigIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        db_table = "imports_import"
        constraints = [models.UniqueConstraint("kind", "sha256", name="imports_import_once")]
