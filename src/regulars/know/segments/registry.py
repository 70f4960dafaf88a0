"""Segments made, changed and taken back."""

from collections.abc import Sequence

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regulars.ground.audit.service import record
from regulars.ground.kit.errors import NotFound, UserError
from regulars.know.language.errors import TextError
from regulars.know.language.parsing import parsed
from regulars.know.language.printing import printed
from regulars.know.language.tree import InSegment, Node, children
from regulars.know.segments.compiling import who
from regulars.know.segments.counting import names_of
from regulars.know.segments.models import Listed, Segment, SegmentVersion
from regulars.know.tags.definitions import CODE
from regulars.know.tags.service import Subject, defined

Actor = AbstractBaseUser | None
LONGEST_NAME = 100


def get_segment(code: str) -> Segment:
    """Raises NotFound."""
    try:
        return Segment.objects.get(code=code)
    except Segment.DoesNotExist:
        raise NotFound(_("There is no segment “%s”.") % code) from None


@transaction.atomic
def save_rule(actor: Actor, code: str, name: str, text: str, note: str = "") -> Segment:
    """Make a segment of whoever meets `text`, or change one: another version. The text is kept as
    it is printed. Raises UserError, for the text TextError with the place."""
    _check(code, name)
    tree = parsed(text)
    who(tree, names_of(defined(Subject.MEMBER)))
    _check_no_circle(code, tree)
    told = {"name": name.strip(), "text": printed(tree), "note": note, "kind": Segment.Kind.RULE}
    return _put(actor, code, told)


@transaction.atomic
def save_list(actor: Actor, code: str, name: str, member_ids: Sequence[int]) -> Segment:
    """Make a segment of these members, or replace who is in it. Raises UserError."""
    _check(code, name)
    segment = _put(actor, code, {"name": name.strip(), "kind": Segment.Kind.LIST, "text": ""})
    segment.listed.all().delete()
    rows = (Listed(segment=segment, member_id=each) for each in sorted(set(member_ids)))
    Listed.objects.bulk_create(rows, batch_size=5_000)
    return segment


@transaction.atomic
def set_active(actor: Actor, segment: Segment, *, is_active: bool) -> None:
    segment.is_active = is_active
    segment.save(update_fields=["is_active", "changed_at"])
    action = "segment.switched_on" if is_active else "segment.switched_off"
    record(actor, action, "segment", segment.pk, code=segment.code)


def _check(code: str, name: str) -> None:
    if not CODE.fullmatch(code):
        message = _("A code has 2 to 59 small letters, digits and _: “%s”.") % code
        raise UserError(message, field="code")
    if not name.strip() or len(name) > LONGEST_NAME:
        raise UserError(_("A segment needs a name of up to 100 letters."), field="name")


def _check_no_circle(code: str, tree: Node) -> None:
    """A segment may stand on others, and these on others again, but none of them on it."""
    waiting, seen = [(each, each.at) for each in _segments_in(tree)], set()
    while waiting:
        node, at = waiting.pop()
        if node.code == code:
            raise TextError(_("These stand on each other in a circle: %s.") % code, at)
        if node.code in seen:
            continue
        seen.add(node.code)
        below = Segment.objects.filter(code=node.code, kind=Segment.Kind.RULE).first()
        if below:
            waiting.extend((each, at) for each in _segments_in(parsed(below.text)))


def _segments_in(node: Node) -> list[InSegment]:
    own = [node] if isinstance(node, InSegment) else []
    return own + [each for child in children(node) for each in _segments_in(child)]


def _put(actor: Actor, code: str, told: dict[str, str]) -> Segment:
    before = Segment.objects.filter(code=code).first()
    if before and all(getattr(before, name) == value for name, value in told.items()):
        return before
    version = before.version + 1 if before else 1
    made_by = {} if before else {"made_by_id": actor.pk if actor else None}
    segment, _made = Segment.objects.update_or_create(
        code=code, defaults={**told, "version": version, **made_by}
    )
    SegmentVersion.objects.create(
        segment=segment,
        number=version,
        text=segment.text,
        made_by_id=actor.pk if actor else None,
    )
    action = "segment.changed" if before else "segment.made"
    record(actor, action, "segment", segment.pk, code=code, version=version)
    return segment
