"""Segments with every version they had, and how large they were."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.ids import new_id


class Segment(models.Model):
    """RULE: whoever meets `text`. LIST: whoever was uploaded. `is_active` False: nobody enters or
    leaves it any more."""

    class Kind(models.TextChoices):
        RULE = "rule", _("rule")
        LIST = "list", _("list")

    code = models.TextField(unique=True)
    name = models.TextField()
    kind = models.TextField(choices=Kind.choices, default=Kind.RULE)
    text = models.TextField(blank=True)
    note = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    is_active = models.BooleanField(default=True)
    changed_at = models.DateTimeField(auto_now=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)

    class Meta:
        db_table = "segments_segment"

    def __str__(self) -> str:
        return self.name


class Upload(models.Model):
    """Members found by a file of numbers or phones; `refused` has the sealed lines in which nobody
    was found, as JSON. One that no version stands on is forgotten after some days."""

    id = models.UUIDField(primary_key=True, default=new_id)
    file_name = models.TextField()
    member_ids = ArrayField(models.BigIntegerField())
    line_count = models.PositiveIntegerField()
    double_count = models.PositiveIntegerField()
    refused_count = models.PositiveIntegerField()
    refused = models.BinaryField()
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)

    class Meta:
        db_table = "segments_upload"

    def __str__(self) -> str:
        return self.file_name


class SegmentVersion(models.Model):
    """What a segment was from `made_at` on: a text, or the members of an upload."""

    segment = models.ForeignKey(Segment, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    upload = models.ForeignKey(Upload, models.PROTECT, null=True)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)

    class Meta:
        db_table = "segments_version"
        constraints = [models.UniqueConstraint("segment", "number", name="segments_version_once")]


class SegmentChange(models.Model):
    """Once for each time that members entered or left: the warehouse's `segment_changes` of the
    same id says who."""

    id = models.UUIDField(primary_key=True)
    segment = models.ForeignKey(Segment, models.CASCADE, related_name="changes")
    entered = models.BigIntegerField()
    left = models.BigIntegerField()
    size = models.BigIntegerField()
    changed_on = models.DateField()
    told_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "segments_change"
        indexes = [models.Index(fields=["segment", "-told_at"], name="segments_change_latest")]


class Listed(models.Model):
    """A member of a LIST."""

    segment = models.ForeignKey(Segment, models.CASCADE, related_name="listed")
    member_id = models.BigIntegerField()

    class Meta:
        db_table = "segments_listed"
        constraints = [models.UniqueConstraint("segment", "member_id", name="segments_listed_once")]
