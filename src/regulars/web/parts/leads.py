"""Leads as the phone and the desk show them: who, why, what to offer, what to send."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.core.signing import TimestampSigner
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.act.tasks import service
from regulars.act.tasks.models import Lead
from regulars.act.wecom.service import chats_of
from regulars.ground.kit import clock
from regulars.know.members.service import months_between
from regulars.know.tags.service import Subject, Value, defined
from regulars.understand.experiments.models import Touch
from regulars.web.parts.names import masked
from regulars.web.parts.tags_of import text_of
from regulars.web.parts.who import signed_in

RATING_SALT = "regulars.rating"
TOKEN = "~TOKEN~"
FINDING, ASKED = "finding", ("org", "category", "from", "to", "against")
"""What a finding's task keeps of the question that its evidence answers."""


@dataclass(frozen=True)
class Card:
    """A lead for one thumb. `offer` is the one thing to suggest; `channels` those that may be used
    with her now; `chat` is whom WeCom knows her as, "" where the reader has no contact with her
    there; `asked` is of `how_it_was`."""

    lead: service.Shown
    name: str
    child: str
    offer: str
    channels: Sequence[str]
    chat: str
    asked: str

    @property
    def text(self) -> str:
        """What is copied and sent: the talk, its content, and where she says how it was."""
        if self.lead.member_id is None:
            return self.lead.talk
        asked = self.asked.replace(TOKEN, rating_token(self.lead.id))
        return "\n".join(each for each in (self.lead.talk, self.lead.content_url, asked) if each)

    @property
    def may_send(self) -> bool:
        return bool({Touch.Channel.SMS, Touch.Channel.WECOM} & set(self.channels))


@dataclass(frozen=True)
class Fact:
    name: str
    text: str


def cards_of(request: HttpRequest, lead_ids: Sequence[int]) -> list[Card]:
    """Of leads in sight, in their order; all are asked for together."""
    shown = service.show(lead_ids)
    chats = chats_of(signed_in(request), {lead.member_id for lead in shown if lead.member_id})
    asked = how_it_was(request)
    return [
        Card(
            lead,
            masked(lead.member_name, lead.member_code) if lead.member_id else "",
            age_of(lead.child_birth_on, lead.child_due_on),
            " · ".join(each for each in (lead.good, lead.coupon) if each),
            lead.channels,
            chats.get(lead.member_id or 0, ""),
            asked,
        )
        for lead in shown
    ]


def age_of(birth_on: date | None, due_on: date | None) -> str:
    """A child's age in months, or when it is expected; nothing where neither day is known."""
    born_on, today = birth_on or due_on, clock.today()
    if born_on is None:
        return ""
    months = months_between(born_on, today)
    if months < 0:
        return _("expected %(due)s") % {"due": f"{due_on or born_on:%m-%d}"}
    return ngettext("%(months)s month", "%(months)s months", months) % {"months": months}


def how_it_was(request: HttpRequest) -> str:
    """Where the customer says with one tap how it was, in the chain's language whoever sends it.
    The place of her token is marked."""
    address = request.build_absolute_uri(reverse("rate", args=[TOKEN]))
    with translation.override(settings.LANGUAGE_CODE):
        return _("How was our service? One tap: %(address)s") % {"address": address}


def rating_token(lead_id: int) -> str:
    return TimestampSigner(salt=RATING_SALT, sep="~").sign(str(lead_id))


def evidence_of(lead: Lead) -> str:
    """Where a finding's task has its evidence: the phone's page of why; "" for any other lead."""
    if lead.source != FINDING:
        return ""
    asked = {name: lead.facts[name] for name in ASKED if lead.facts.get(name)}
    return f"{reverse('phone_why')}?{urlencode(asked)}"


def ended_because(lead: Lead) -> str:
    """Why it ended by itself; "" where somebody closed it, or it is to do."""
    last = lead.changes.filter(what="closed").order_by("-pk").first()
    if lead.is_to_do or last is None:
        return ""
    return {
        "play_stopped": _("Its play was stopped before anybody began."),
        "play_paused": _("Its play rests: it comes back when the play is approved again."),
        "finding_gone": _("It is not found any more."),
        "lapsed": _("Nobody worked on it in time."),
    }.get(last.detail.get("why", ""), "")


def facts_of(lead: Lead) -> list[Fact]:
    """What the reason was written from, in the reader's language."""
    if lead.source == FINDING:
        return []
    tags = {tag.code: tag for tag in defined(Subject.MEMBER).checked.tags}
    return [_fact(code, value, tags) for code, value in lead.facts.items() if value is not None]


def _fact(code: str, value: Any, tags: Mapping[str, Any]) -> Fact:
    if code not in tags:
        return Fact(code.replace("_", " "), str(value))
    told = Value(tags[code], value)
    try:
        return Fact(told.name, text_of(told) or "—")
    except (TypeError, ValueError, AttributeError):  # a date as JSON keeps it
        return Fact(told.name, str(value))
