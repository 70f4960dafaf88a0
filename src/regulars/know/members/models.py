"""People who come back, their children, and who looks after them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.dated import DatedQuerySet, never_twice_at_once
from regulars.ground.org.models import Node, Staff


class Member(models.Model):
    """`joined_on` is what the chain recorded; the warehouse stands on the earlier of it and the
    first purchase. The phone is sealed; `phone_hash` finds it."""

    class Gender(models.TextChoices):
        FEMALE = "f", _("female")
        MALE = "m", _("male")

    code = models.TextField(unique=True)
    joined_on = models.DateField()
    name = models.TextField(blank=True)
    gender = models.TextField(blank=True, choices=Gender.choices)
    birthday = models.DateField(null=True)
    phone_sealed = models.BinaryField(null=True)
    phone_hash = models.BinaryField(null=True)
    is_phone_verified = models.BooleanField(default=False)
    join_store = models.ForeignKey(
        Node, models.PROTECT, null=True, related_name="+", db_index=False
    )
    join_channel = models.TextField(blank=True)
    recruiter = models.ForeignKey(
        Staff, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    home_store = models.ForeignKey(Node, models.PROTECT, null=True, related_name="home_members")
    level = models.TextField(blank=True)
    household_code = models.TextField(blank=True)
    is_sms_allowed = models.BooleanField(null=True)
    is_call_allowed = models.BooleanField(null=True)
    is_wecom_allowed = models.BooleanField(null=True)

    class Meta:
        db_table = "members_member"
        indexes = [models.Index(fields=["phone_hash"], name="members_member_phone")]

    def __str__(self) -> str:
        return self.name or self.code


class Child(models.Model):
    """A child born (`birth_on`) or expected (`due_on`)."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="children")
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
    """人客合一: which consultant looks after a member, and for how long."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="relations")
    staff = models.ForeignKey(Staff, models.CASCADE, related_name="relations")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        db_table = "members_relation"
        constraints = [never_twice_at_once("members_relation_one_at_a_time", "member")]
