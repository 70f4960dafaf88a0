"""Imports: one row a file that someone brought."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Func, Max, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from regulars.know.collect.models import Batch, Reject

LINE = Func("batch_id", "line_no", function="ROW")
"""A line may be wrong in several ways, and is one row all the same."""


class ImportQuerySet(models.QuerySet["Import"]):
    def with_progress(self) -> Self:
        """Adds what has become of the rows: `rows_loaded`, `rows_rejected`, `waiting`,
        `loader_error` and `finished_at`, all counted from the inbox, so that they cannot
        disagree with it."""
        batches = Batch.objects.filter(import_id=OuterRef("pk")).order_by()
        of_import = batches.values("import_id")
        rejects = Reject.objects.filter(batch__import_id=OuterRef("pk")).order_by()
        rejects = rejects.exclude(state=Reject.State.REPLAYED)
        return self.annotate(
            rows_loaded=_or_zero(of_import.annotate(n=Sum(F("row_count") - F("reject_count")))),
            rows_rejected=_or_zero(
                rejects.values("batch__import_id").annotate(n=Count(LINE, distinct=True))
            ),
            waiting=_or_zero(
                of_import.annotate(n=Count("pk", filter=Q(state=Batch.State.WAITING)))
            ),
            last_loaded_at=Subquery(of_import.annotate(n=Max("loaded_at")).values("n")),
            loader_error=Subquery(batches.filter(state=Batch.State.FAILED).values("error")[:1]),
        )


class Import(models.Model):
    """A file's way in.

    `sha256` (of the content, see `archive.identity`), `kind` and `mapping` make the second
    import of a file a no-op. The state is never stored: it follows from `error`, `received_at`
    and the batches.
    """

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
    received_at = models.DateTimeField(null=True)
    row_count = models.BigIntegerField(default=0)
    error = models.TextField(blank=True)

    objects = ImportQuerySet.as_manager()

    is_repeat = False
    """Set on the object that a second import of the same file is answered with."""

    class Meta:
        db_table = "imports_import"
        constraints = [
            models.UniqueConstraint("kind", "sha256", "mapping", name="imports_import_once")
        ]

    def __str__(self) -> str:
        return self.file_name


def _or_zero(counted: models.QuerySet[Any, Any]) -> Coalesce:
    """The `n` of a query that counts, as a subquery."""
    return Coalesce(Subquery(counted.values("n"), output_field=models.BigIntegerField()), 0)
