"""Identities, what was seen together, which persons are members, and what people decided."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.know.identities.rules import Kind


class Identity(models.Model):
    """One value that identifies somebody: a keyed hash; the value itself is sealed (phones and
    e-mail addresses) or not kept, and `hint` shows a little of it.

    `person_id` is the identity that stands for the person: the number of a person is that of one
    of her identities, so that what is taken apart has its old number again. A weak identity has
    the person of the one it follows. `is_shared`: it stands alone, because it was seen with too
    many, or because people said so; `is_exempt`: people say that it may be seen with many.
    """

    kind = models.TextField(choices=Kind.choices)
    value_hash = models.BinaryField()
    value_sealed = models.BinaryField(null=True)
    hint = models.TextField(blank=True)
    person_id = models.BigIntegerField()
    follows_id = models.BigIntegerField(null=True)
    member_id = models.BigIntegerField(null=True)
    source = models.TextField(blank=True)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    is_shared = models.BooleanField(default=False)
    is_exempt = models.BooleanField(default=False)
    is_reviewed = models.BooleanField(default=False)

    class Meta:
        db_table = "identities_identity"
        constraints = [
            models.UniqueConstraint("value_hash", "kind", name="identities_identity_once")
        ]
        indexes = [
            models.Index(fields=["person_id"], name="identities_identity_person"),
            models.Index(
                fields=["follows_id"],
                condition=models.Q(follows_id__isnull=False),
                name="identities_identity_follows",
            ),
            models.Index(
                fields=["member_id"],
                condition=models.Q(member_id__isnull=False),
                name="identities_identity_member",
            ),
            models.Index(
                fields=["id"],
                condition=models.Q(is_shared=True, is_reviewed=False),
                name="identities_identity_review",
            ),
        ]

    def __str__(self) -> str:
        return self.hint


class Link(models.Model):
    """Two identities that were seen together, or stand together on a member's record. `follower`
    is the weaker of the two; `is_strong` where both link by themselves. `is_held`: it would break
    a limit, and is but a suggestion."""

    follower_id = models.BigIntegerField()
    followed_id = models.BigIntegerField()
    pk = models.CompositePrimaryKey("follower_id", "followed_id")
    first_seen_at = models.DateTimeField(null=True)
    is_on_record = models.BooleanField(default=False)
    is_strong = models.BooleanField(default=False)
    is_held = models.BooleanField(default=False)
    is_reviewed = models.BooleanField(default=False)

    class Meta:
        db_table = "identities_link"
        indexes = [
            models.Index(fields=["followed_id"], name="identities_link_followed"),
            models.Index(
                fields=["follower_id"],
                condition=models.Q(is_held=True, is_reviewed=False),
                name="identities_link_review",
            ),
        ]


class Person(models.Model):
    """A person who is a member. `id` is the identity that stands for her."""

    id = models.BigIntegerField(primary_key=True)
    member_id = models.BigIntegerField(unique=True)

    class Meta:
        db_table = "identities_person"


class Merge(models.Model):
    """Two members that people said are one; both are members, `gone` goes on as `kept`.

    `before` holds what the merge changed on the kept member's record.
    """

    kept_member_id = models.BigIntegerField()
    gone_member_id = models.BigIntegerField()
    kept_identity_id = models.BigIntegerField()
    gone_identity_id = models.BigIntegerField()
    before = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    merged_at = models.DateTimeField(auto_now_add=True)
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        db_table = "identities_merge"
        constraints = [
            models.UniqueConstraint(
                "gone_member_id",
                name="identities_merge_once",
                condition=models.Q(undone_at=None),
            )
        ]
        indexes = [models.Index(fields=["kept_member_id"], name="identities_merge_kept")]


class Move(models.Model):
    """An identity went from one person to another: the log, and what the warehouse has yet to be
    told. From a person to the same one: what is known of this person has changed."""

    class Cause(models.TextChoices):
        SEEN = "seen", _("seen together")
        RECORD = "record", _("the member's record")
        MERGE = "merge", _("merged by hand")
        UNMERGE = "unmerge", _("taken apart by hand")
        REVIEW = "review", _("reviewed by hand")
        FORGET = "forget", _("forgotten")

    identity_id = models.BigIntegerField()
    from_person_id = models.BigIntegerField()
    to_person_id = models.BigIntegerField()
    cause = models.TextField(choices=Cause.choices)
    moved_at = models.DateTimeField(auto_now_add=True)
    is_told = models.BooleanField(default=False)

    class Meta:
        db_table = "identities_move"
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(is_told=False), name="identities_move_untold"
            ),
            models.Index(fields=["identity_id"], name="identities_move_identity"),
        ]


class Consent(models.Model):
    """What a member said of one purpose and one channel: rows are added, the latest holds."""

    class Purpose(models.TextChoices):
        MARKETING = "marketing", _("offers and news")
        SERVICE = "service", _("advice on what was bought")
        PROFILING = "profiling", _("offers by her own behaviour")

    class Channel(models.TextChoices):
        SMS = "sms", _("SMS")
        CALL = "call", _("phone call")
        WECOM = "wecom", _("WeCom")
        EMAIL = "email", _("e-mail")
        APP = "app", _("app and mini-program")

    member_id = models.BigIntegerField()
    purpose = models.TextField(choices=Purpose.choices)
    channel = models.TextField(choices=Channel.choices)
    is_given = models.BooleanField()
    source = models.TextField()
    told_at = models.DateTimeField(auto_now_add=True)
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        db_table = "identities_consent"
        indexes = [models.Index(fields=["member_id"], name="identities_consent_member")]


class Forgetting(models.Model):
    """A member is forgotten: at once in both stores, then in what was kept as it came. `traces`
    says what to look for there, sealed; it goes when that is done."""

    member_id = models.BigIntegerField()
    traces = models.BinaryField(null=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identities_forgetting"
