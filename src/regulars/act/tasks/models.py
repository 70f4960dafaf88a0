"""Leads and tasks, what happened to each, whom was spoken to, mornings, visits and handovers."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from regulars.act.opportunities.models import Play
from regulars.ground.kit import clock
from regulars.ground.kit.ids import new_id
from regulars.ground.kit.references import looked_up
from regulars.ground.org.models import Node, Staff
from regulars.know.members.models import Member
from regulars.understand.experiments.models import Touch

USER = settings.AUTH_USER_MODEL


class Launch(models.Model):
    """A morning's leads were opened: in the transaction of the leads themselves. `counts` say how
    many were candidates, held out, capped, without consent, waiting for room."""

    on = models.DateField(unique=True)
    counts = models.JSONField(default=dict)
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "tasks_launch"


class Lead(models.Model):
    """A member to be served at `store` by `staff` (nobody yet: anybody of the store) until
    `due_on`, or, without a member, a task. `facts` are what `reason` was written from, `goods` the
    product codes that suit her. `source` says what it came of: "play", "manager", "finding", "tag",
    "assessment". `is_outreach`: somebody is to be approached; of these a member has one at a time.
    `version` grows with every change, so that a phone that was away is told of a conflict.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        TAKEN = "taken", _("taken")
        DONE = "done", _("done")
        LAPSED = "lapsed", _("lapsed")
        DROPPED = "dropped", _("dropped")

    class Result(models.TextChoices):
        BOUGHT = "bought", _("bought")
        BOOKED = "booked", _("will come")
        LATER = "later", _("ask again later")
        NO_ANSWER = "no_answer", _("no answer")
        NOT_INTERESTED = "not_interested", _("not interested")
        BOUGHT_ELSEWHERE = "bought_elsewhere", _("bought elsewhere")
        WRONG_PERSON = "wrong_person", _("not reachable under this number")
        COMPLAINT = "complaint", _("complaint")
        FINISHED = "finished", _("finished")

    play = models.ForeignKey(Play, models.PROTECT, null=True, related_name="leads")
    launch = models.ForeignKey(Launch, models.SET_NULL, null=True, related_name="leads")
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="split_into")
    member = looked_up(Member, models.CASCADE, null=True, related_name="leads", db_index=False)
    store = looked_up(Node, related_name="leads", db_index=False)
    staff = looked_up(Staff, null=True, related_name="leads", db_index=False)
    title = models.TextField()
    reason = models.TextField(blank=True)
    facts = models.JSONField(default=dict)
    talk = models.TextField(blank=True)
    content_url = models.TextField(blank=True)
    goods = models.JSONField(default=list)
    coupon = models.TextField(blank=True)
    source = models.TextField()
    source_id = models.TextField(blank=True)
    priority = models.PositiveSmallIntegerField(default=50)
    value_cents = models.BigIntegerField(null=True)
    is_outreach = models.BooleanField(default=True)
    state = models.TextField(choices=State.choices, default=State.OPEN)
    result = models.TextField(choices=Result.choices, blank=True)
    note = models.TextField(blank=True)
    next_contact_on = models.DateField(null=True)
    ticket_no = models.TextField(blank=True)
    due_on = models.DateField()
    opened_on = models.DateField()
    opened_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(USER, models.SET_NULL, null=True, related_name="+")
    escalated_at = models.DateTimeField(null=True)
    rating = models.PositiveSmallIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "tasks_lead"
        constraints = [
            models.UniqueConstraint(
                "member", condition=Q(state__in=["open", "taken"], is_outreach=True),
                name="tasks_lead_one_a_member",
            ),
            models.UniqueConstraint(
                "play", "member", "opened_on", name="tasks_lead_once_a_day"
            ),
            models.UniqueConstraint(
                "store", "source_id",
                condition=Q(state__in=["open", "taken"], source="finding", parent=None),
                name="tasks_lead_one_a_finding",
            ),
            models.UniqueConstraint(
                "store", "play",
                condition=Q(
                    state__in=["open", "taken"], member=None, parent=None, is_outreach=False
                ),
                name="tasks_lead_one_of_store",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["store", "staff", "-value_cents"],
                condition=Q(state__in=["open", "taken"]),
                name="tasks_lead_to_do",
            ),
            models.Index(fields=["store", "-closed_at"], name="tasks_lead_closed"),
            models.Index(fields=["member", "-opened_at"], name="tasks_lead_of_member"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_to_do(self) -> bool:
        return self.state in {self.State.OPEN, self.State.TAKEN}

    @property
    def is_late(self) -> bool:
        """To be done and past its day, as of today: never stored, so never stale."""
        return self.is_to_do and self.due_on < clock.today()


class LeadChange(models.Model):
    """Who did what to a lead, when. `request_id`: what a phone says twice is done once."""

    class What(models.TextChoices):
        OPENED = "opened", _("opened")
        CLAIMED = "claimed", _("taken")
        ASSIGNED = "assigned", _("assigned")
        GIVEN_BACK = "given_back", _("given back")
        SPLIT = "split", _("split")
        TOUCHED = "touched", _("contacted")
        CLOSED = "closed", _("closed")
        REOPENED = "reopened", _("taken back")
        ESCALATED = "escalated", _("escalated")
        HANDED_OVER = "handed_over", _("handed over")

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="changes")
    what = models.TextField(choices=What.choices)
    detail = models.JSONField(default=dict)
    made_by = models.ForeignKey(USER, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    request_id = models.UUIDField(null=True, unique=True)

    class Meta:
        db_table = "tasks_change"


class Contact(models.Model):
    """Somebody of the chain approached a member: what the caps are counted by."""

    member = looked_up(Member, models.CASCADE, related_name="contacts", db_index=False)
    lead = models.ForeignKey(Lead, models.SET_NULL, null=True, related_name="contacts")
    staff = looked_up(Staff, null=True, related_name="+", db_index=False)
    channel = models.TextField(choices=Touch.Channel.choices)
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "tasks_contact"
        indexes = [
            models.Index(fields=["member", "-made_at"], name="tasks_contact_of_member"),
            models.Index(fields=["-made_at"], name="tasks_contact_latest"),
        ]


class GuestVisit(models.Model):
    """A member of another store is here: who opened her card, by what, until when."""

    id = models.UUIDField(primary_key=True, default=new_id)
    member = looked_up(Member, models.CASCADE, related_name="+", db_index=False)
    store = looked_up(Node, related_name="+", db_index=False)
    opened_by = models.ForeignKey(USER, models.CASCADE, related_name="+")
    by = models.TextField()
    opened_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField()

    class Meta:
        db_table = "tasks_guest_visit"
        indexes = [models.Index(fields=["opened_by", "-ends_at"], name="tasks_guest_visit_open")]


class Handover(models.Model):
    """Members and leads of someone who left (or is away) went to others."""

    from_staff = looked_up(Staff, related_name="+", db_index=False)
    store = looked_up(Node, related_name="+", db_index=False)
    members = models.PositiveIntegerField()
    leads = models.PositiveIntegerField()
    shares = models.JSONField()
    made_by = models.ForeignKey(USER, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "tasks_handover"
