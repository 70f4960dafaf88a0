"""Rows that hold for a while: `valid_from` inclusive, `valid_to` exclusive, null = still."""

from datetime import date
from typing import Self, TypeVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Deferrable, Func, Q

M_co = TypeVar("M_co", bound=models.Model, covariant=True)


class DateRange(Func):
    function = "daterange"
    output_field = DateRangeField()


class DatedQuerySet(models.QuerySet[M_co]):
    def valid_on(self, day: date) -> Self:
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)


def never_twice_at_once(name: str, *columns: str) -> ExclusionConstraint:
    """A constraint: rows alike in `columns` do not overlap in time, seen after each statement.

    The columns come first: an index that began with periods, most of them open, would part nothing.
    """
    period = (DateRange("valid_from", "valid_to"), RangeOperators.OVERLAPS)
    alike = [(column, RangeOperators.EQUAL) for column in columns]
    return ExclusionConstraint(
        name=name, expressions=[*alike, period], deferrable=Deferrable.IMMEDIATE
    )
