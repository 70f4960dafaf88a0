"""People who come back, their children, and who looks after them."""

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from regulars.ground.kit import clock
from regulars.ground.kit.dated import DatedQuerySet
from regulars.ground.kit.references import looked_up
from regulars.ground.org.models import Node, Staff


class Member(models.Model):
    """`joined_on` is what the chain recorded; the warehouse stands on the earlier of it and the
    first purchase. The phone is sealed; `phone_hash` finds it.

    `merged_into`: this record goes on as another one (`know/identities` merges and takes apart).
    A forgotten member is a tombstone: sales stand under it, and `graduates_on` keeps when her
    youngest child, gone from the record, left the age range.
    """

    class Gender(models.TextChoices):
        FEMALE = "f", _("female")
        MALE = "m", _("male")

    code = models.TextField()
    joined_on = models.DateField(default=clock.today)
    name = models.TextField(blank=True)
    gender = models.TextField(blank=True, choices=Gender.choices)
    birthday = models.DateField(null=True)
    phone_sealed = models.BinaryField(null=True)
    phone_hash = models.BinaryField(null=True)
    is_phone_verified = models.BooleanField(default=False)
    join_store = looked_up(Node, null=True, related_name="+", db_index=False)
    join_channel = models.TextField(blank=True)
    recruiter = looked_up(Staff, null=True, related_name="+", db_index=False)
    home_store = looked_up(Node, null=True, related_name="home_members")
    level = models.TextField(blank=True)
    household_code = models.TextField(blank=True)
    is_sms_allowed = models.BooleanField(null=True)
    is_call_allowed = models.BooleanField(null=True)
    is_wecom_allowed = models.BooleanField(null=True)
    merged_into = looked_up("self", null=True, related_name="merged", db_index=False)
    forgotten_at = models.DateTimeField(null=True)
    graduates_on = models.DateField(null=True)

    class Meta:
        db_table = "members_member"
        constraints = [models.UniqueConstraint(fields=["code"], name="members_member_code")]
        indexes = [
            models.Index(fields=["phone_hash"], name="members_member_phone"),
            models.Index(fields=["joined_on", "id"], name="members_member_joined"),
            models.Index(OpClass(Upper("name"), "text_pattern_ops"), name="members_member_name"),
            models.Index(
                fields=["merged_into"],
                condition=models.Q(merged_into__isnull=False),
                name="members_member_merged",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.code


class Child(models.Model):
    """A child born (`birth_on`) or expected (`due_on`)."""

    member = looked_up(Member, models.CASCADE, related_name="children", db_index=False)
    code = models.TextField()
    birth_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    gender = models.TextField(blank=True, choices=Member.Gender.choices)
    is_confirmed = models.BooleanField(default=True)

    class Meta:
        db_table = "members_child"
        constraints = [
            models.UniqueConstraint("member", "code", name="members_child_once"),
            models.CheckConstraint(
                name="members_child_has_a_date",
                condition=~models.Q(birth_on=None, due_on=None),
            ),
        ]


class Relation(models.Model):
    """人客合一: which consultant looks after a member, and for how long: one at a time.

    Unique indexes stand where a constraint over periods would: that one takes ten times as long
    to fill, and there are as many relations as members.
    """

    member = looked_up(Member, models.CASCADE, related_name="relations", db_index=False)
    staff = looked_up(Staff, related_name="relations")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        db_table = "members_relation"
        constraints = [
            models.UniqueConstraint("member", "valid_from", name="members_relation_one_begins"),
            models.UniqueConstraint(
                "member", name="members_relation_one_is_open", condition=models.Q(valid_to=None)
            ),
        ]
