"""What was found each morning."""

from django.db import models

from regulars.ground.org.models import Node
from regulars.know.catalog.models import Category


class Finding(models.Model):
    """A cause of a node's gap: `part` and `factor` of the member identity ("" is the whole part).
    `gap_cents` is the node's, `contribution_cents` what this cause brought to it, both signed;
    `score` how unusual it is, in standard deviations of the node's own past."""

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
    members_concerned = models.IntegerField(null=True)
    score = models.FloatField()
    rank = models.IntegerField()
    told = models.JSONField(default=dict)
    is_dismissed = models.BooleanField(default=False)

    class Meta:
        db_table = "diagnosis_finding"
        indexes = [models.Index(fields=["made_on", "node"], name="diagnosis_finding_morning")]
