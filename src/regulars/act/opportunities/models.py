"""Plays, every version they had, and the lists that guard them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.ground.org.models import Node, Position
from regulars.understand.experiments.models import Experiment

USER = settings.AUTH_USER_MODEL


class Play(models.Model):
    """Who (`who`, in the segments' language, or a `trigger`), why (`reason`, a text with {tags} in
    it), what (`talk`, `content_url`, `goods`, `coupon`), by whom (`role`, the member's own
    consultant first), within `open_days`, between two days.

    `trigger`: {"event": name, "where": {property: value}} of an event, {"segment": code} of
    entering it, {"tag": code, "becomes": value} of a tag that changes, or {} for the morning alone.
    `goods`: {"category": code}, {"products": [codes]}, {"kind": "usual" or "slow"} or {}. `skill`:
    {"tag": code, "value": value} of a tag on staff, or {}: who has it comes first. `value_cents`:
    what one conversion brings; None is learnt from what such members spend. `is_service`: for
    someone who was badly served or must be warned: no hold-out, no cap, no offer. `is_of_store`: a
    task of the store and nobody's lead. `answers`: what of a finding it answers, "part" or
    "part/factor".
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        WAITING = "waiting", _("waiting for approval")
        APPROVED = "approved", _("approved")
        STOPPED = "stopped", _("stopped")

    code = models.SlugField(unique=True, max_length=60)
    name = models.TextField()
    name_en = models.TextField(blank=True)
    who = models.TextField(blank=True)
    trigger = models.JSONField(default=dict, blank=True)
    reason = models.TextField()
    talk = models.TextField(blank=True)
    content_url = models.TextField(blank=True)
    goods = models.JSONField(default=dict, blank=True)
    coupon = models.TextField(blank=True)
    role = models.TextField(choices=Position.Kind.choices, default=Position.Kind.CONSULTANT)
    skill = models.JSONField(default=dict, blank=True)
    open_days = models.PositiveSmallIntegerField(default=7)
    priority = models.PositiveSmallIntegerField(default=50)
    holdout_rate = models.DecimalField(max_digits=3, decimal_places=2, default="0.10")
    outcome = models.JSONField(default=dict)
    window_days = models.PositiveSmallIntegerField(default=14)
    value_cents = models.BigIntegerField(null=True)
    is_service = models.BooleanField(default=False)
    is_of_store = models.BooleanField(default=False)
    answers = models.JSONField(default=list, blank=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    pilot_stores = models.ManyToManyField(Node, related_name="+", blank=True)
    state = models.TextField(choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)
    experiment = models.OneToOneField(Experiment, models.PROTECT, null=True, related_name="play")
    made_by = models.ForeignKey(USER, models.SET_NULL, null=True, related_name="+")
    approved_by = models.ForeignKey(USER, models.SET_NULL, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "opportunities_play"

    def __str__(self) -> str:
        return self.name


class PlayVersion(models.Model):
    """What a play said from `made_at` on."""

    play = models.ForeignKey(Play, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    said = models.JSONField()
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(USER, models.SET_NULL, null=True, related_name="+")

    class Meta:
        db_table = "opportunities_version"
        constraints = [models.UniqueConstraint("play", "number", name="opportunities_version_once")]


class Guard(models.Model):
    """A rule of the trade that the chain keeps: goods that nobody may push or discount, words that
    no text to a customer may have."""

    class Kind(models.TextChoices):
        NO_PUSH = "no_push", _("goods that are not pushed or discounted")
        CLAIM = "claim", _("words that claim health")

    kind = models.TextField(choices=Kind.choices)
    value = models.TextField()
    note = models.TextField(blank=True)
    made_by = models.ForeignKey(USER, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "opportunities_guard"
        constraints = [models.UniqueConstraint("kind", "value", name="opportunities_guard_once")]
