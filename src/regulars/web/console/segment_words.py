"""What is told of a segment, in words: how its members differ, why somebody entered or left."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from regulars.know.language.types import Type
from regulars.know.segments.service import Distinction, Flip, Meaning, Profile
from regulars.know.tags.service import Tag, language_of_names, name_of
from regulars.web.parts.tag_values import value_text

CODED = (Type.TEXT, Type.YES_NO)


def told_profile(profile: Profile) -> dict[str, Any]:
    """A profile as its page shows it."""
    return {"profile": profile, "told": [_told(each) for each in profile.distinctions]}


def said_of(tag: Tag, value: Any) -> str:
    """A value of a tag; a word where it is unknown."""
    if isinstance(value, bool):
        return _("holds") if value else _("does not hold")
    names = tag.values.get(value, {}) if isinstance(value, str) else {}
    return value_text(value, tag.type, names.get(language_of_names(), "")) or _("unknown")


def flip_words(flips: Sequence[Flip]) -> list[dict[str, Any]]:
    """Each condition that flipped, whether it is met now, and what its tags were before and are."""
    return [
        {
            "text": flip.text,
            "is_met": not flip.was,
            "values": [
                (name_of(tag), said_of(tag, before), said_of(tag, now))
                for tag, before, now in flip.values
            ],
        }
        for flip in flips
    ]


def _told(distinction: Distinction) -> dict[str, Any]:
    tag, part = distinction.tag, distinction.part
    has_middle = tag.type not in CODED
    return {
        "tag": tag,
        "name": name_of(tag),
        "is_in_rule": distinction.is_in_rule,
        "part": _part(tag, part.meaning),
        "share": part.share,
        "share_of_rest": part.share_of_rest,
        "lift": part.lift,
        "information": distinction.information,
        "middle": said_of(tag, distinction.middle) if has_middle else "",
        "middle_of_rest": said_of(tag, distinction.middle_of_rest) if has_middle else "",
    }


def _part(tag: Tag, part: Meaning) -> str:
    if part.low is not None and part.high is not None:
        return _("over %(low)s, up to %(high)s") % {
            "low": said_of(tag, part.low),
            "high": said_of(tag, part.high),
        }
    if part.low is not None:
        return _("over %s") % said_of(tag, part.low)
    if part.high is not None:
        return _("up to %s") % said_of(tag, part.high)
    return said_of(tag, part.value)
