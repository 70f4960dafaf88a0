"""Take a lead, give it back, reach the member, close it, take that back.

Each is a conditional change: of two people who try at once, one does it and the other is told who.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from regulars.act.tasks.contacts import channels_of, is_quiet_now
from regulars.act.tasks.errors import NotOffered, Taken, conflict_over
from regulars.act.tasks.models import Contact, Lead
from regulars.act.tasks.noting import What, put_all_down, put_down, tell, was_said
from regulars.act.tasks.reading import TO_DO, check_works_there, get_lead, staff_of, visible_leads
from regulars.act.tasks.rules import REMOTE, Channel
from regulars.ground.accounts.access import Capability, check, scope_of
from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotAllowed, NotFound, UserError
from regulars.ground.org.models import Staff
from regulars.know.members.models import Member
from regulars.understand.experiments import service as experiments

State = Lead.State
Result = Lead.Result
UNDO_WITHIN = timedelta(days=1)
SPOKEN = frozenset(Result) - {Result.NO_ANSWER, Result.WRONG_PERSON, Result.FINISHED}
"""Results that nobody knows without having spoken to her."""


def claim(actor: User, lead_id: int, request_id: UUID | None = None) -> Lead:
    """Take a lead that nobody has, or that is one's own. Raises Taken(by), NotFound, UserError
    (an account without a person behind it)."""
    scope = check(actor, Capability.WORK_LEADS)
    lead, staff = get_lead(scope, lead_id), staff_of(actor)
    if was_said(actor, request_id):
        return lead
    free = Q(staff=None) | Q(staff=staff)
    took = Lead.objects.filter(free, pk=lead_id, state=State.OPEN).update(
        staff=staff, state=State.TAKEN, version=F("version") + 1
    )
    lead = get_lead(scope, lead_id)
    if not took:
        return _not_taken(actor, lead, staff, request_id)
    put_down(lead, What.CLAIMED, actor, request_id, staff=staff.pk)
    tell("lead.assigned", [lead], staff_id=staff.pk)
    return lead


def _not_taken(actor: User, lead: Lead, staff: Staff, request_id: UUID | None) -> Lead:
    if was_said(actor, request_id) or (lead.state == State.TAKEN and lead.staff_id == staff.pk):
        return lead
    if lead.is_to_do and lead.staff is not None:
        raise Taken(lead.staff.name)
    raise conflict_over(lead)


def assign(
    actor: User, lead_ids: Sequence[int], staff: Staff, request_id: UUID | None = None
) -> list[Lead]:
    """Hand leads of a store to someone who works there; those done meanwhile are left out, and
    the others come back as they are now. Raises NotFound (one is out of sight), UserError (the
    person works elsewhere), Conflict (all of them are done)."""
    scope = check(actor, Capability.ASSIGN_LEADS)
    seen = visible_leads(scope).filter(pk__in=lead_ids)
    if was_said(actor, request_id):
        return list(seen)
    # In order of their ids: two who assign the same leads at once never wait for each other.
    leads = list(seen.select_for_update(of=("self",)).order_by("pk"))
    if missing := sorted(set(lead_ids) - {lead.pk for lead in leads}):
        raise NotFound(_("There is no lead %(lead)s here.") % {"lead": missing[0]})
    check_works_there([staff], {lead.store_id for lead in leads})
    if was_said(actor, request_id):
        return leads
    to_do = [lead for lead in leads if lead.is_to_do]
    if leads and not to_do:
        raise conflict_over(leads[0])
    ids = [lead.pk for lead in to_do]
    Lead.objects.filter(pk__in=ids).update(staff=staff, state=State.OPEN, version=F("version") + 1)
    put_all_down(ids, What.ASSIGNED, actor, request_id, staff=staff.pk)
    tell("lead.assigned", to_do, staff_id=staff.pk)
    return list(visible_leads(scope).filter(pk__in=ids).order_by("pk"))


def give_back(actor: User, lead_id: int, request_id: UUID | None = None) -> Lead:
    """Anybody of the store may take it again. Raises NotAllowed for somebody else's, Conflict."""
    lead = _locked(actor, lead_id)
    if was_said(actor, request_id):
        return lead
    _check_to_do(lead)
    _check_own(actor, lead)
    before, lead.staff, lead.state = lead.staff_id, None, State.OPEN
    _keep(lead, "staff", "state")
    put_down(lead, What.GIVEN_BACK, actor, request_id, staff=before)
    tell("lead.assigned", [lead], staff_id=None)
    return lead


def touch(actor: User, lead_id: int, channel: str, request_id: UUID | None = None) -> Lead:
    """Write down that the member was reached: it counts for the caps and for what is attributed.
    A lead that nobody had is the actor's from then on.

    Raises UserError (a task without a member, an unknown channel), NotOffered (consent, cap,
    quiet), NotAllowed, Conflict.
    """
    lead = _locked(actor, lead_id)
    if was_said(actor, request_id):
        return lead
    _check_to_do(lead)
    _check_own(actor, lead)
    _check_channel(lead, channel)
    _take_where_free(actor, lead)
    _note_reached(lead, channel, clock.now())
    _keep(lead, "staff", "state")
    put_down(lead, What.TOUCHED, actor, request_id, channel=channel)
    return lead


def _note_reached(lead: Lead, channel: str, at: datetime) -> None:
    assert lead.member is not None
    Contact.objects.create(
        member=lead.member, lead=lead, staff=lead.staff, channel=channel, made_at=at
    )
    if lead.play and (tried := lead.play.experiment):
        experiments.note_touch(
            lead.pk, tried, lead.member, lead.store, lead.staff, channel,
            lead.coupon, at,
        )  # fmt: skip


def _check_channel(lead: Lead, channel: str) -> None:
    if lead.member is None:
        raise UserError(_("This task is about nobody who could be approached."))
    if channel not in Channel.values:
        raise UserError(
            _("There is no channel “%(channel)s”.") % {"channel": channel}, field="channel"
        )
    if channel not in REMOTE:
        return
    if is_quiet_now():
        raise NotOffered("quiet")
    is_service = bool(lead.play and lead.play.is_service)
    if channel not in channels_of(lead.member, is_service=is_service):
        is_refused = getattr(lead.member, f"is_{channel}_allowed") is False
        raise NotOffered("consent" if is_refused else "cap")


def close(
    actor: User,
    lead_id: int,
    result: str,
    note: str = "",
    *,
    next_contact_on: date | None = None,
    request_id: UUID | None = None,
    version: int | None = None,
) -> Lead:
    """Write down what came of it. `version`: as the lead was seen; Conflict says who changed it
    since. Whoever told what came of it was spoken to: where neither a call nor a message is on
    record, in the store. Raises UserError (an unknown result, a past next contact), NotAllowed."""
    lead = _locked(actor, lead_id)
    if was_said(actor, request_id):
        return lead
    _check_result(result, next_contact_on)
    if not lead.is_to_do or (version is not None and version != lead.version):
        raise conflict_over(lead)
    _check_own(actor, lead)
    _take_where_free(actor, lead)
    lead.state, lead.result, lead.note = State.DONE, result, note.strip()
    lead.next_contact_on = next_contact_on
    lead.closed_at, lead.closed_by = clock.now(), actor
    _keep(
        lead, "staff", "state", "result", "note", "next_contact_on", "closed_at", "closed_by"
    )  # fmt: skip
    put_down(lead, What.CLOSED, actor, request_id, result=result, note=lead.note)
    if lead.member and result in SPOKEN and not lead.contacts.exists():
        _note_reached(lead, Channel.STORE, lead.closed_at)
    tell("lead.closed", [lead], result=result)
    _end_with_parts(actor, lead)
    return lead


def _check_result(result: str, next_contact_on: date | None) -> None:
    if result not in Lead.Result.values:
        raise UserError(_("There is no result “%(result)s”.") % {"result": result}, field="result")
    if next_contact_on is not None and next_contact_on < clock.today():
        raise UserError(_("The next contact lies in the past."), field="next_contact_on")


def _end_with_parts(actor: User, lead: Lead) -> None:
    """A task that was split is done with the last of its parts."""
    if lead.parent_id is None:
        return
    parent = Lead.objects.select_for_update().get(pk=lead.parent_id)
    if not parent.is_to_do or parent.split_into.filter(state__in=TO_DO).exists():
        return
    parent.state, parent.result = State.DONE, Lead.Result.FINISHED
    parent.closed_at, parent.closed_by = clock.now(), actor
    _keep(parent, "state", "result", "closed_at", "closed_by")
    put_down(parent, What.CLOSED, actor, result=parent.result)
    tell("lead.closed", [parent], result=parent.result)


def reopen(actor: User, lead_id: int, request_id: UUID | None = None) -> Lead:
    """Take back a closing within a day: whoever closed it, or who hands out leads.

    Raises UserError (it is not closed, or too long ago; it ended by itself with its play),
    NotOffered (somebody is to approach her already), NotAllowed.
    """
    lead = _locked(actor, lead_id)
    if was_said(actor, request_id):
        return lead
    if lead.state not in {State.DONE, State.LAPSED} or lead.closed_at is None:
        raise UserError(_("Only what is closed can be taken back."))
    if clock.now() - lead.closed_at > UNDO_WITHIN:
        raise UserError(_("This was closed too long ago to be taken back."))
    if lead.closed_by_id != actor.pk and not scope_of(actor).may(Capability.ASSIGN_LEADS):
        raise NotAllowed(_("Somebody else has closed this."))
    if lead.is_outreach and lead.member and has_open_outreach(lead.member):
        raise NotOffered("has_one")
    _forget_reached(lead, lead.closed_at)
    lead.state = State.TAKEN if lead.staff_id else State.OPEN
    lead.result, lead.next_contact_on, lead.ticket_no = "", None, ""
    lead.closed_at, lead.closed_by = None, None
    _keep_as_the_only_one(
        lead, "state", "result", "next_contact_on", "ticket_no", "closed_at", "closed_by"
    )
    put_down(lead, What.REOPENED, actor, request_id)
    tell("lead.assigned", [lead], staff_id=lead.staff_id)
    return lead


def _forget_reached(lead: Lead, at: datetime) -> None:
    """What the closing alone said of her having been reached."""
    if lead.contacts.filter(channel=Channel.STORE, made_at=at).delete()[0]:
        experiments.take_back_touch(lead.pk, Channel.STORE, at)


def has_open_outreach(member: Member) -> bool:
    """Whether somebody is to approach her, under any of her records."""
    one = member.merged_into_id or member.pk
    hers = Q(member=one) | Q(member__merged_into=one)
    return Lead.objects.filter(hers, is_outreach=True, state__in=TO_DO).exists()


def _locked(actor: User, lead_id: int) -> Lead:
    """The lead, which nobody else changes until the request ends; seen as it is now."""
    scope = check(actor, Capability.SEE_LEADS)
    if not (scope.may(Capability.WORK_LEADS) or scope.may(Capability.ASSIGN_LEADS)):
        raise NotAllowed(_("Your role may look at leads, and leave them to the stores."))
    get_lead(scope, lead_id)
    list(Lead.objects.select_for_update().filter(pk=lead_id).values_list("pk"))
    return get_lead(scope, lead_id)


def _check_to_do(lead: Lead) -> None:
    if not lead.is_to_do:
        raise conflict_over(lead)


def _check_own(actor: User, lead: Lead) -> None:
    """One's own, or nobody's; who hands out leads may do it to anybody's."""
    if scope_of(actor).may(Capability.ASSIGN_LEADS) or lead.staff is None:
        return
    if lead.staff_id != actor.staff_id:
        raise Taken(lead.staff.name)


def _take_where_free(actor: User, lead: Lead) -> None:
    if lead.staff is None and actor.staff is not None:
        lead.staff = actor.staff
    if lead.staff is not None:
        lead.state = State.TAKEN


def _keep(lead: Lead, *names: str) -> None:
    lead.version += 1
    lead.save(update_fields=[*names, "version"])


def _keep_as_the_only_one(lead: Lead, *names: str) -> None:
    """Raises NotOffered where another lead to approach her was opened in this very moment."""
    try:
        with transaction.atomic():
            _keep(lead, *names)
    except IntegrityError:
        raise NotOffered("has_one") from None
