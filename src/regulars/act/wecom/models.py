"""The connection, its tokens, who is who, what was called back, and what is to be sent."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from regulars.ground.kit import clock
from regulars.ground.kit.references import looked_up
from regulars.ground.org.models import Staff
from regulars.know.members.models import Member

USER = settings.AUTH_USER_MODEL
API = "https://qyapi.weixin.qq.com"
AUTHORIZE = "https://open.weixin.qq.com/connect/oauth2/authorize"
SDK = "https://wwcdn.weixin.qq.com/node/open/js/wecom-jssdk-2.3.3.js"


class Connection(models.Model):
    """The one connection of this deployment. Secrets are sealed. `public_address` is where staff
    reach this site from their phones, without a path. `trouble` is what kept the last call out."""

    corp_id = models.TextField(blank=True)
    agent_id = models.TextField(blank=True)
    secret_sealed = models.BinaryField(null=True)
    token_sealed = models.BinaryField(null=True)
    aes_key_sealed = models.BinaryField(null=True)
    public_address = models.TextField(blank=True)
    api_address = models.TextField(default=API)
    authorize_address = models.TextField(default=AUTHORIZE)
    sdk_address = models.TextField(default=SDK)
    welcome = models.TextField(blank=True)
    is_active = models.BooleanField(default=False)
    trouble = models.TextField(blank=True)
    trouble_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "wecom_connection"

    def __str__(self) -> str:
        return self.corp_id


class Token(models.Model):
    """What WeCom gave for a while: the access token, and the tickets that pages are signed with."""

    class Kind(models.TextChoices):
        ACCESS = "access"
        JSAPI = "jsapi"
        AGENT = "agent"

    kind = models.TextField(primary_key=True, choices=Kind.choices)
    value_sealed = models.BinaryField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "wecom_token"


class Call(models.Model):
    """One call of an API: what our side of its limits is counted by. Kept for an hour."""

    api = models.TextField()
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "wecom_call"
        indexes = [models.Index(fields=["api", "-made_at"], name="wecom_call_of_api")]


class StaffMatch(models.Model):
    """Which WeCom user a colleague is. WeCom does not tell large letters from small."""

    class By(models.TextChoices):
        FILE = "file", _("a file")
        CODE = "code", _("the staff code")
        HAND = "hand", _("hand")

    staff = models.OneToOneField(Staff, models.CASCADE, related_name="wecom")
    userid = models.TextField()
    by = models.TextField(choices=By.choices)
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(USER, models.SET_NULL, null=True, related_name="+")

    class Meta:
        db_table = "wecom_staff"
        constraints = [models.UniqueConstraint(Lower("userid"), name="wecom_staff_userid")]

    def __str__(self) -> str:
        return self.userid


class Contact(models.Model):
    """A customer whom a colleague has in WeCom, until one of them deletes the other. The member is
    known by her identities, or told by the colleague. `state` names the code that she scanned."""

    class End(models.TextChoices):
        STAFF = "staff", _("deleted by the colleague")
        CUSTOMER = "customer", _("deleted by the customer")
        UNKNOWN = "unknown", _("no longer there")

    userid = models.TextField()
    external_userid = models.TextField()
    member = looked_up(Member, models.SET_NULL, null=True, related_name="wecom_contacts")
    state = models.TextField(blank=True)
    added_at = models.DateTimeField(default=clock.now)
    synced_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(blank=True, choices=End.choices)

    class Meta:
        db_table = "wecom_contact"
        constraints = [
            models.UniqueConstraint(Lower("userid"), "external_userid", name="wecom_contact_once")
        ]
        indexes = [models.Index(fields=["external_userid"], name="wecom_contact_external")]


class CustomerTag(models.Model):
    """A tag of ours as WeCom has it: of a tag that says yes or no one, else one a value. `tag_id`
    is WeCom's, empty until it was made there. Not chosen any more, it is taken off everybody."""

    code = models.TextField()
    value = models.TextField(blank=True)
    group = models.TextField()
    name = models.TextField()
    tag_id = models.TextField(blank=True)
    is_chosen = models.BooleanField(default=True)

    class Meta:
        db_table = "wecom_tag"
        constraints = [models.UniqueConstraint("code", "value", name="wecom_tag_once")]

    def __str__(self) -> str:
        return self.name


class Mark(models.Model):
    """A customer wears a tag in WeCom for one colleague, or is about to, or is about not to."""

    class State(models.TextChoices):
        TO_ADD = "to_add", _("to be put on")
        ON = "on", _("on")
        TO_REMOVE = "to_remove", _("to be taken off")

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="marks")
    tag = models.ForeignKey(CustomerTag, models.CASCADE, related_name="marks")
    state = models.TextField(choices=State.choices)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    due_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "wecom_mark"
        constraints = [models.UniqueConstraint("contact", "tag", name="wecom_mark_once")]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state__in=["to_add", "to_remove"]),
                name="wecom_mark_due",
            )
        ]  # fmt: skip


class Callback(models.Model):
    """What WeCom told, once. `facts` are its fields; a welcome code in them goes when it is used.
    `welcome`: what became of the greeting."""

    class Welcome(models.TextChoices):
        NONE = "", _("none")
        SENT = "sent", _("sent")
        BEFORE = "before", _("another had sent one")
        LATE = "late", _("too late")
        FAILED = "failed", _("failed")

    event = models.TextField()
    change_type = models.TextField(blank=True)
    userid = models.TextField(blank=True)
    external_userid = models.TextField(blank=True)
    told_at = models.DateTimeField()
    facts = models.JSONField(default=dict)
    received_at = models.DateTimeField(default=clock.now)
    welcome = models.TextField(blank=True, choices=Welcome.choices)
    handled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "wecom_callback"
        constraints = [
            models.UniqueConstraint(
                "event", "change_type", "userid", "external_userid", "told_at",
                name="wecom_callback_once",
            )
        ]  # fmt: skip
        indexes = [models.Index(fields=["received_at"], name="wecom_callback_age")]


class Sending(models.Model):
    """Something to be told to a colleague in WeCom, once: `kind` and `about` say what. `path` is
    the page of ours that it opens. `error` is WeCom's code, or a word of ours."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")

    userid = models.TextField()
    staff = looked_up(Staff, models.SET_NULL, null=True, related_name="+", db_index=False)
    kind = models.TextField()
    about = models.TextField()
    title = models.TextField()
    body = models.TextField(blank=True)
    path = models.TextField()
    state = models.TextField(choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    made_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "wecom_sending"
        constraints = [
            models.UniqueConstraint("userid", "kind", "about", name="wecom_sending_once")
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="wecom_sending_due"),
            models.Index(fields=["userid", "-sent_at"], name="wecom_sending_of_userid"),
            models.Index(fields=["-made_at"], name="wecom_sending_latest"),
        ]

    def __str__(self) -> str:
        return self.title


class Asset(models.Model):
    """A picture or file for WeCom, kept, since the id it has there lasts but three days."""

    name = models.TextField()
    type = models.TextField()
    content = models.BinaryField()
    media_id = models.TextField(blank=True)
    uploaded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "wecom_asset"

    def __str__(self) -> str:
        return self.name
