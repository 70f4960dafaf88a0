"""Plays made, changed, approved and stopped; each with every version it had."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regulars.act.opportunities import rules
from regulars.act.opportunities.experiment import begin_for, end_for
from regulars.act.opportunities.guarding import check_texts
from regulars.act.opportunities.models import Play, PlayVersion
from regulars.act.opportunities.reasons import check_reason
from regulars.act.opportunities.rules import SAID
from regulars.act.opportunities.skills import check_skill
from regulars.act.opportunities.watching import check_watched, unwatch, watch
from regulars.ground.accounts.access import Role
from regulars.ground.accounts.models import User
from regulars.ground.audit.service import record
from regulars.ground.jobs.service import publish
from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotAllowed, NotFound, UserError
from regulars.ground.org.models import Node, Position
from regulars.know.catalog.models import Category
from regulars.know.language.errors import TextError
from regulars.know.segments.service import meets

State = Play.State
MEASURED = ("holdout_rate", "outcome", "window_days", "is_service", "is_of_store")
RESERVED = frozenset({"new", "library", "calendar", "guards", "size"})
"""Addresses beside those of plays."""


def usual() -> dict[str, Any]:
    """What a new play says where nothing else is said."""
    blank = Play()
    told = {field: getattr(blank, field) for field in SAID}
    return told | {"holdout_rate": Decimal("0.10"), "outcome": {"kind": "purchase"}, "stores": []}


@transaction.atomic
def save_play(actor: User, code: str, told: Mapping[str, Any], *, is_new: bool = False) -> Play:
    """Make a play, or change one: another version, to be approved anew. `told` has any of `SAID`
    and `stores`, the codes of pilot stores. What is not told stays as it is.

    Raises UserError with the field at fault: also for a code that is taken where `is_new`, for a
    stopped play, and where what is measured by would change once members have entered.
    """
    before = Play.objects.select_for_update().filter(code=code).first()
    _check_code(code, before, is_new=is_new)
    now = said_of(before) if before else usual()
    given = now | {key: value for key, value in told.items() if key in now}
    if before and given == now:
        return before
    stores = check_play(given)
    if before:
        _check_change(before, now, given)
    play = _put(actor, code, given, before)
    play.pilot_stores.set(stores)
    return play


def check_play(told: Mapping[str, Any]) -> Sequence[Node]:
    """Everything a play says, as it would be saved; its pilot stores. Raises UserError, for `who`
    TextError with the place."""
    rules.check_texts(told)
    rules.check_trigger(told["trigger"], told["who"], is_of_store=told["is_of_store"])
    rules.check_of_store(told)
    check_skill(told["skill"])
    check_watched(told["trigger"])
    rules.check_goods(told["goods"])
    rules.check_numbers(told)
    rules.check_outcome(told["outcome"], told["value_cents"])
    rules.check_days(told["starts_on"], told["ends_on"])
    rules.check_answers(told["answers"])
    if told["role"] not in Position.Kind.values:
        raise UserError(_("There is no such position."), field="role")
    if told["who"].strip():
        meets(told["who"])
    check_reason(told["reason"])
    _check_categories(told)
    check_texts(told)
    return stores_named(told["stores"])


@transaction.atomic
def submit(actor: User, play: Play) -> Play:
    """A draft waits for approval. Raises UserError where its days are missing or over."""
    play = _held(play, State.DRAFT, _("Only a draft is handed in."))
    _check_still_means(play)
    if play.starts_on is None or play.ends_on is None:
        raise UserError(_("Say from when to when it runs."), field="starts_on")
    if play.ends_on < clock.today():
        raise UserError(_("Its last day is over."), field="ends_on")
    return _moved(actor, play, State.WAITING, "play.submitted")


@transaction.atomic
def approve(actor: User, play: Play) -> Play:
    """It runs between its days, and what it is worth is measured from then on. Raises NotAllowed
    for whoever made it, administrators excepted."""
    play = _held(play, State.WAITING, _("Only what was handed in can be approved."))
    if actor.role != Role.ADMINISTRATOR and actor.pk in _makers(play):
        raise NotAllowed(_("Somebody else approves what you made."))
    _check_still_means(play)
    play.experiment = begin_for(play, max(clock.today(), play.starts_on or date.min))
    watch(actor, play)
    play.approved_by, play.approved_at = actor, clock.now()
    play = _moved(actor, play, State.APPROVED, "play.approved")
    publish("play.approved", play_id=play.pk, code=play.code)
    return play


@transaction.atomic
def send_back(actor: User, play: Play) -> Play:
    """What was handed in is a draft again."""
    play = _held(play, State.WAITING, _("Only what was handed in can be given back."))
    return _moved(actor, play, State.DRAFT, "play.sent_back")


@transaction.atomic
def stop(actor: User, play: Play) -> Play:
    """Nobody is reached for it any more; open leads are dropped by whoever hears `play.stopped`.
    What those reached do is measured to the end of their windows."""
    play = _held(play, State.APPROVED, _("Only a play that was approved can be stopped."))
    play.stopped_at = clock.now()
    unwatch(actor, play)
    end_for(play, clock.today())
    play = _moved(actor, play, State.STOPPED, "play.stopped")
    publish("play.stopped", play_id=play.pk, code=play.code)
    return play


def said_of(play: Play) -> dict[str, Any]:
    """All that a play says, with the codes of its pilot `stores`."""
    stores = sorted(play.pilot_stores.values_list("code", flat=True))
    return {field: getattr(play, field) for field in SAID} | {"stores": stores}


def _held(play: Play, state: str, message: Any) -> Play:
    """The play as it stands now, held until the transaction's end."""
    found = Play.objects.select_for_update(of=("self",)).get(pk=play.pk)
    if found.state != state:
        raise UserError(message)
    return found


def _moved(actor: User, play: Play, state: str, action: str) -> Play:
    play.state = state
    play.save()
    record(actor, action, "play", play.pk, code=play.code, version=play.version)
    return play


def _makers(play: Play) -> set[int | None]:
    last = play.versions.order_by("-number").values_list("made_by_id", flat=True).first()
    return {play.made_by_id, last}


def _check_still_means(play: Play) -> None:
    """Tags and segments may have gone since it was saved, guards may have come."""
    try:
        check_play(said_of(play))
    except TextError as error:
        raise UserError(str(error), field="who") from None


def _check_code(code: str, before: Play | None, *, is_new: bool) -> None:
    if before is None and not is_new:
        raise NotFound(_("There is no play “%(code)s”."), facts={"code": code})
    rules.check_code(code)
    if code in RESERVED:
        raise UserError(
            _("“%(code)s” cannot be a code: it has a meaning of its own."),
            field="code", facts={"code": code},
        )  # fmt: skip
    if before and is_new:
        raise UserError(
            _("There is a play “%(code)s” already."), field="code", facts={"code": code}
        )


def _check_change(play: Play, now: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    if play.state == State.STOPPED:
        raise UserError(_("A stopped play stays as it was: take a copy of it."))
    if play.experiment is None:
        return
    for field in MEASURED:
        if now[field] != given[field]:
            raise UserError(
                _("It is being measured by this already: take a copy of the play."), field=field
            )


def _check_categories(told: Mapping[str, Any]) -> None:
    for field, key in (("goods", "category"), ("outcome", "code")):
        code = told[field].get(key)
        if code and not Category.objects.filter(code=code).exists():
            raise UserError(
                _("There is no category “%(code)s”."), field=field, facts={"code": code}
            )


def stores_named(codes: Sequence[str]) -> Sequence[Node]:
    """Raises UserError for a code that is no store's."""
    found = list(Node.objects.filter(kind=Node.Kind.STORE, code__in=codes))
    if missing := sorted(set(codes) - {node.code for node in found}):
        raise UserError(
            _("There is no store “%(code)s”."), field="stores", facts={"code": missing[0]}
        )
    return found


def _put(actor: User, code: str, told: Mapping[str, Any], before: Play | None) -> Play:
    play = before or Play(code=code, made_by=actor)
    for field in SAID:
        setattr(play, field, told[field])
    if before:
        play.version += 1
    was, play.state = play.state, State.DRAFT
    play.save()
    said = json.loads(json.dumps({**told}, default=str))
    PlayVersion.objects.create(play=play, number=play.version, said=said, made_by=actor)
    action = "play.changed" if before else "play.made"
    record(actor, action, "play", play.pk, code=code, version=play.version)
    if was == State.APPROVED:
        publish("play.paused", play_id=play.pk, code=play.code)
    return play
