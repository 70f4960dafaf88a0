"""Months as their numbers stood when they were closed."""

from django.db import models

from regulars.ground.org.models import Node


class Closing(models.Model):
    """A month was closed. Closed once more it has a later version; the earlier ones stay."""

    month_on = models.DateField()
    version = models.PositiveIntegerField(default=1)
    closed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "metrics_closing"
        constraints = [models.UniqueConstraint("month_on", "version", name="metrics_closing_once")]

    def __str__(self) -> str:
        return f"{self.month_on:%Y-%m}"


class ClosedPart(models.Model):
    """One part (or the leaf of returns) of one node's tree, of all goods and channels."""

    closing = models.ForeignKey(Closing, models.CASCADE, related_name="parts")
    node = models.ForeignKey(Node, models.CASCADE, related_name="+")
    part = models.TextField()
    members = models.BigIntegerField(null=True)
    buyers = models.BigIntegerField(null=True)
    tickets = models.BigIntegerField()
    lines = models.BigIntegerField()
    units = models.BigIntegerField()
    net_cents = models.BigIntegerField()

    class Meta:
        db_table = "metrics_closed_part"
        constraints = [
            models.UniqueConstraint("closing", "node", "part", name="metrics_closed_part_once")
        ]
