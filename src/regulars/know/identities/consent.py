"""What a member allows: for a purpose, by a channel; every answer is kept with who took it down."""

from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from regulars.ground.audit.service import record
from regulars.ground.kit.errors import UserError
from regulars.know.identities.models import Consent
from regulars.know.members.models import Member
from regulars.know.members.service import edit_profile

Channel, Purpose = Consent.Channel, Consent.Purpose
ON_THE_RECORD = {
    Channel.SMS: "is_sms_allowed",
    Channel.CALL: "is_call_allowed",
    Channel.WECOM: "is_wecom_allowed",
}
"""Channels whose marketing consent stands on the member's record too, as files bring it."""


@dataclass(frozen=True)
class Standing:
    """What holds for one channel. `is_given` None: she was never asked. `by` is the row that says
    so, None where only the record does."""

    purpose: str
    channel: str
    is_given: bool | None
    by: Consent | None

    @property
    def channel_label(self) -> str:
        return str(Channel(self.channel).label)


@transaction.atomic
def tell_consent(
    actor: AbstractBaseUser | None,
    member: Member,
    purpose: str,
    channel: str,
    *,
    is_given: bool,
    source: str,
) -> Consent:
    """Take down what she said. `source`: where, as "store", "app" or "phone". Raises UserError for
    an unknown purpose or channel, or without a source."""
    if purpose not in Purpose.values or channel not in Channel.values or not source.strip():
        raise UserError(
            _("A consent needs a purpose, a channel, and where it was told."), field="source"
        )
    told = Consent.objects.create(
        member_id=member.pk,
        purpose=purpose,
        channel=channel,
        is_given=is_given,
        source=source.strip(),
        told_by_id=actor.pk if actor else None,
    )
    record(
        actor, "member.consent_told", "member", member.pk,
        purpose=purpose, channel=channel, is_given=is_given, source=source,
    )  # fmt: skip
    on_record = ON_THE_RECORD.get(Channel(channel))
    if on_record and purpose == Purpose.MARKETING:
        edit_profile(actor, member, **{on_record: is_given})
    return told


def list_standing(member: Member) -> dict[str, list[Standing]]:
    """What holds today: {purpose: one for each channel}."""
    latest = {(row.purpose, row.channel): row for row in reversed(list_told(member))}
    return {
        purpose: [_standing(member, purpose, channel, latest) for channel in Channel.values]
        for purpose in Purpose.values
    }


def list_told(member: Member) -> QuerySet[Consent]:
    """All she ever said, the latest first."""
    told = Consent.objects.filter(member_id=member.pk)
    return told.select_related("told_by").order_by("-told_at", "-pk")


def _standing(
    member: Member, purpose: str, channel: str, latest: dict[tuple[str, str], Consent]
) -> Standing:
    row = latest.get((purpose, channel))
    on_record = ON_THE_RECORD.get(Channel(channel))
    if on_record and purpose == Purpose.MARKETING:  # a file may have said otherwise since
        return Standing(purpose, channel, getattr(member, on_record), row)
    return Standing(purpose, channel, row.is_given if row else None, row)
