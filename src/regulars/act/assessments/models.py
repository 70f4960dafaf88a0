"""Assessments, each published version of them, and what was answered."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.ground.kit import clock
from regulars.ground.kit.ids import new_id
from regulars.ground.kit.references import looked_up
from regulars.ground.org.models import Node, Staff
from regulars.know.members.models import Member

USER = settings.AUTH_USER_MODEL


class Assessment(models.Model):
    """`draft` is what is being written, of the shape that `content` reads; customers answer the
    latest `Version`. `tag`: a tag by hand that the result's code is set on."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        OPEN = "open", _("published")
        CLOSED = "closed", _("closed")

    code = models.SlugField(unique=True, max_length=60)
    name = models.TextField()
    draft = models.JSONField()
    tag = models.TextField(blank=True)
    state = models.TextField(choices=State.choices, default=State.DRAFT)
    made_by = models.ForeignKey(USER, models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "assessments_assessment"

    def __str__(self) -> str:
        return self.name


class Version(models.Model):
    """What was published: never changed again, so that a result can be told from its answers."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    published_by = models.ForeignKey(USER, models.SET_NULL, null=True, related_name="+")
    published_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "assessments_version"
        constraints = [
            models.UniqueConstraint("assessment", "number", name="assessments_version_once")
        ]


class Answer(models.Model):
    """One person's way through a version. `reached`: how many questions were answered. The phone
    that someone unknown left is sealed, and not verified."""

    id = models.UUIDField(primary_key=True, default=new_id)
    version = models.ForeignKey(Version, models.CASCADE, related_name="answers")
    member = looked_up(Member, models.CASCADE, null=True, related_name="+")
    staff = looked_up(Staff, null=True, related_name="+", db_index=False)
    store = looked_up(Node, null=True, related_name="+", db_index=False)
    reached = models.PositiveSmallIntegerField(default=0)
    given = models.JSONField(default=dict)
    scores = models.JSONField(default=dict)
    results = models.JSONField(default=list)
    phone_sealed = models.BinaryField(null=True)
    phone_hash = models.BinaryField(null=True)
    lead_id = models.BigIntegerField(null=True)
    agreed_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "assessments_answer"
        indexes = [models.Index(fields=["version", "-agreed_at"], name="assessments_answer_latest")]

    @property
    def result_names(self) -> list[str]:
        """In the words of the version that was answered."""
        names = {each["code"]: each["name"] for each in self.version.content["results"]}
        return [names[code] for code in self.results if code in names]
