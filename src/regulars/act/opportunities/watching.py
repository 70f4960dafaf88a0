"""Tags whose change fires a play: each is watched by a segment of those who have the value, which
is kept up to date and tells who entered, like any other."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from regulars.act.opportunities.models import Play
from regulars.act.opportunities.rules import watching
from regulars.ground.accounts.models import User
from regulars.ground.kit.errors import NotFound, UserError
from regulars.know.language.types import Type
from regulars.know.segments.models import Segment
from regulars.know.segments.service import get_segment, save_rule, set_active
from regulars.know.tags.service import Subject, Tag, defined, language_of_names, name_of

YES, NO = ("true", "yes", "是"), ("false", "no", "否")
LONGEST_NAME = 100


def check_watched(trigger: Mapping[str, Any]) -> None:
    """Raises UserError for a segment or a tag that there is not, or a value that it cannot
    become."""
    try:
        if "segment" in trigger:
            get_segment(str(trigger["segment"]))
        elif "tag" in trigger:
            text_of(trigger)
    except NotFound as error:
        raise UserError(str(error), field="trigger") from None


def watch(actor: User, play: Play) -> None:
    """From now on it is told who comes to have the value. Whoever has it today has not become
    it."""
    if "tag" not in play.trigger:
        return
    tag = _tag(play.trigger)
    name = f"{name_of(tag)} → {said_of_value(play.trigger)}"[:LONGEST_NAME]
    segment = save_rule(actor, watching(play.trigger), name, text_of(play.trigger))
    if not segment.is_active:
        set_active(actor, segment, is_active=True)


def unwatch(actor: User, play: Play) -> None:
    """Nobody need know any more, where no other play waits for the same."""
    if "tag" not in play.trigger:
        return
    others = Play.objects.exclude(pk=play.pk).filter(
        trigger=play.trigger, state__in=[Play.State.WAITING, Play.State.APPROVED]
    )
    segment = Segment.objects.filter(code=watching(play.trigger), is_active=True).first()
    if segment is not None and not others.exists():
        set_active(actor, segment, is_active=False)


def said_of_value(trigger: Mapping[str, Any]) -> str:
    """The value as the reader's language has it."""
    value = str(trigger["becomes"])
    tag = defined(Subject.MEMBER).columns.tags.get(str(trigger["tag"]))
    return str(tag.values.get(value, {}).get(language_of_names(), value)) if tag else value


def text_of(trigger: Mapping[str, Any]) -> str:
    """Who has the value, in the segments' language. Raises UserError."""
    tag, value = _tag(trigger), str(trigger["becomes"]).strip()
    match defined(Subject.MEMBER).checked.types[tag.code]:
        case Type.YES_NO if value in YES:
            return tag.code
        case Type.YES_NO if value in NO:
            return f"not {tag.code}"
        case Type.TEXT if '"' not in value and (not tag.values or value in tag.values):
            return f'{tag.code} = "{value}"'
        case Type.COUNT if value.isdecimal():
            return f"{tag.code} = {value}"
    raise UserError(
        _("“%(tag)s” cannot become “%(value)s”: a text, yes or no, or a whole number that it has."),
        field="trigger", facts={"tag": tag.code, "value": value},
    )  # fmt: skip


def _tag(trigger: Mapping[str, Any]) -> Tag:
    tag = defined(Subject.MEMBER).columns.tags.get(str(trigger["tag"]))
    if tag is None:
        raise UserError(
            _("There is no tag “%(code)s”."), field="trigger", facts={"code": trigger["tag"]}
        )
    return tag
