"""Tags with every version they had, what was seen of their values, what staff set by hand, and the
fits of models."""

from django.conf import settings
from django.db import models

from regulars.ground.kit import clock
from regulars.know.language.types import Type
from regulars.know.tags.definitions import Kind
from regulars.know.tags.subjects import Subject


class Definition(models.Model):
    """`told` is the table that `definitions.read` reads the tag from; `version` the one in force.
    `is_active` False: not computed, and shown nowhere but in the library."""

    subject = models.TextField(choices=Subject.choices)
    code = models.TextField()
    kind = models.TextField(choices=Kind.choices)
    type = models.TextField(choices=Type.choices)
    zh = models.TextField()
    en = models.TextField()
    group = models.TextField(blank=True)
    owner = models.TextField(blank=True)
    note = models.TextField(blank=True)
    told = models.JSONField()
    version = models.PositiveIntegerField(default=1)
    is_active = models.BooleanField(default=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "tags_definition"
        constraints = [
            models.UniqueConstraint("subject", "code", name="tags_definition_once"),
        ]

    def __str__(self) -> str:
        return self.zh


class DefinitionVersion(models.Model):
    """What a tag was from `made_at` on."""

    definition = models.ForeignKey(Definition, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    told = models.JSONField()
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)

    class Meta:
        db_table = "tags_definition_version"
        constraints = [
            models.UniqueConstraint("definition", "number", name="tags_definition_version_once")
        ]


class Statistic(models.Model):
    """What was seen of a tag when it was last computed whole: how many have a value, which values
    there are, how long its scan took (with the tags computed beside it), or why it could not be."""

    definition = models.OneToOneField(
        Definition, models.CASCADE, primary_key=True, related_name="statistic"
    )
    computed_at = models.DateTimeField()
    as_of = models.DateField()
    took_ms = models.PositiveIntegerField(null=True)
    total = models.BigIntegerField(default=0)
    known = models.BigIntegerField(default=0)
    distribution = models.JSONField(default=list)
    error = models.TextField(blank=True)

    class Meta:
        db_table = "tags_statistic"


class ManualValue(models.Model):
    """What somebody said of a member, a product, a store or a colleague; the last one holds, None
    that it is not known. Rows are only ever added, one after another: see `manual`."""

    definition = models.ForeignKey(Definition, models.CASCADE, related_name="manual_values")
    owner_id = models.BigIntegerField()
    value = models.TextField(null=True)
    set_at = models.DateTimeField(auto_now_add=True)
    set_on = models.DateField(default=clock.today)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)

    class Meta:
        db_table = "tags_manual_value"
        indexes = [models.Index(fields=["definition", "owner_id", "-id"], name="tags_manual_last")]


class ModelFit(models.Model):
    """A version of a model: fitted on all that was known as of a day, so many order `lines`.
    `accuracy` is of days that were held back; `error` a `predictions.fits.Trouble`, or what went
    wrong."""

    model = models.TextField()
    version = models.PositiveIntegerField()
    fitted_at = models.DateTimeField()
    as_of = models.DateField()
    lines = models.BigIntegerField()
    took_ms = models.PositiveIntegerField()
    parameters = models.JSONField(default=dict)
    accuracy = models.JSONField(default=dict)
    error = models.TextField(blank=True)

    class Meta:
        db_table = "tags_model_fit"
        constraints = [
            models.UniqueConstraint("model", "version", name="tags_model_fit_once"),
        ]
