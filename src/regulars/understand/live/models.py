"""The open day as it stands: one row a place, what it is measured against, and as of when."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from regulars.ground.org.models import Node

CHANNEL = "regulars_live"
"""Notified with the revision: only a wake-up, which says how far one may read."""


class Number(models.Model):
    """What a place sold on the open day, counted anew from its tickets, and in the days of the
    month before it. `revision` is that of the pass which changed it last."""

    node = models.OneToOneField(Node, models.CASCADE, primary_key=True, related_name="+")
    business_on = models.DateField()
    net_cents = models.BigIntegerField()
    tickets = models.BigIntegerField()
    buyers = models.BigIntegerField()
    earlier_cents = models.BigIntegerField()
    revision = models.BigIntegerField(db_index=True)

    class Meta:
        db_table = "live_number"


class Course(models.Model):
    """How comparable days went at a place. `by_cents` and `rest_cents` have 25 points: what was
    sold before each full hour of the day, and what still came after it; `rest_half_cents` is half
    the width of the interval around the latter. `ahead_cents` is what the month's days to come are
    expected to bring, None where too few days like them are known."""

    node = models.OneToOneField(Node, models.CASCADE, primary_key=True, related_name="+")
    business_on = models.DateField()
    days = models.PositiveSmallIntegerField()
    by_cents = ArrayField(models.BigIntegerField())
    rest_cents = ArrayField(models.BigIntegerField())
    rest_half_cents = ArrayField(models.BigIntegerField())
    ahead_cents = models.BigIntegerField(null=True)
    ahead_half_cents = models.BigIntegerField(null=True)

    class Meta:
        db_table = "live_course"


class State(models.Model):
    """One row: everything received before `as_of` is in the numbers of the `revision`; `learned_at`
    is when the courses were last made."""

    revision = models.BigIntegerField()
    business_on = models.DateField()
    as_of = models.DateTimeField()
    learned_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "live_state"
