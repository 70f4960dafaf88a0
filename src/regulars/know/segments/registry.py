"""Segments made, changed and taken back."""

from collections.abc import Iterable, Sequence
from graphlib import CycleError, TopologicalSorter

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from regulars.ground.audit.service import record
from regulars.ground.kit.errors import NotFound, UserError
from regulars.know.language.errors import TextError
from regulars.know.language.parsing import parsed
from regulars.know.language.printing import printed
from regulars.know.language.tree import InSegment, Node, children
from regulars.know.segments.compiling import who
from regulars.know.segments.models import Segment, SegmentVersion, Upload
from regulars.know.segments.reach import names_of
from regulars.know.tags.definitions import CODE
from regulars.know.tags.service import Subject, defined

Actor = AbstractBaseUser | None
LONGEST_NAME = 100
RESERVED = frozenset({"new", "upload", "profile"})
"""Addresses beside those of segments."""
INSERT_LISTED = """
    INSERT INTO segments_listed (segment_id, member_id)
    SELECT %s, member_id FROM (SELECT DISTINCT unnest(%s::bigint[]) AS member_id) AS given
"""


def get_segment(code: str) -> Segment:
    """Raises NotFound."""
    try:
        return Segment.objects.get(code=code)
    except Segment.DoesNotExist:
        raise NotFound(_("There is no segment “%s”.") % code) from None


@transaction.atomic
def save_rule(
    actor: Actor, code: str, name: str, text: str, note: str = "", *, is_new: bool = False
) -> Segment:
    """Make a segment of whoever meets `text`, or change one: another version. The text is kept as
    it is printed. Raises UserError (also where `is_new` and the code is taken), for the text
    TextError with the place."""
    _check(code, name, is_new=is_new)
    tree = parsed(text)
    who(tree, names_of(defined(Subject.MEMBER)))
    _check_no_circle(code, tree)
    told = {"name": name.strip(), "text": printed(tree), "note": note, "kind": Segment.Kind.RULE}
    before = Segment.objects.filter(code=code).first()
    if before and all(getattr(before, key) == value for key, value in told.items()):
        return before
    return _put(actor, code, told, before)


@transaction.atomic
def save_list(
    actor: Actor,
    code: str,
    name: str,
    member_ids: Sequence[int],
    *,
    upload: Upload | None = None,
    is_new: bool = False,
) -> Segment:
    """Make a segment of these members, or replace who is in it: another version, which remembers
    the upload. Raises UserError, also for the code of a segment that has a text."""
    _check(code, name, is_new=is_new)
    before = Segment.objects.filter(code=code).first()
    if before and before.kind != Segment.Kind.LIST:
        raise UserError(
            _("“%s” is a segment with a text: no list replaces it.") % code, field="code"
        )
    told = {"name": name.strip(), "kind": Segment.Kind.LIST, "text": ""}
    segment = _put(actor, code, told, before, upload)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM segments_listed WHERE segment_id = %s", [segment.pk])
        cursor.execute(INSERT_LISTED, [segment.pk, list(member_ids)])
    return segment


def restore(actor: Actor, segment: Segment, number: int) -> Segment:
    """Make an earlier version the one in force, as a version of its own. Raises NotFound, and
    UserError where its text no longer means anything."""
    version = segment.versions.filter(number=number).select_related("upload").first()
    if version is None or (segment.kind == Segment.Kind.LIST and version.upload is None):
        raise NotFound(_("There is no version %s.") % number)
    if version.upload:
        ids = version.upload.member_ids
        return save_list(actor, segment.code, segment.name, ids, upload=version.upload)
    return save_rule(actor, segment.code, segment.name, version.text, segment.note)


@transaction.atomic
def set_active(actor: Actor, segment: Segment, *, is_active: bool) -> None:
    segment.is_active = is_active
    segment.save(update_fields=["is_active", "changed_at"])
    action = "segment.switched_on" if is_active else "segment.switched_off"
    record(actor, action, "segment", segment.pk, code=segment.code)


def _check(code: str, name: str, *, is_new: bool) -> None:
    if not CODE.fullmatch(code):
        message = _("A code has 2 to 59 small letters, digits and _: “%s”.") % code
        raise UserError(message, field="code")
    if code in RESERVED:
        raise UserError(
            _("“%s” cannot be a code: it has a meaning of its own.") % code, field="code"
        )
    if is_new and Segment.objects.filter(code=code).exists():
        raise UserError(_("There is a segment “%s” already.") % code, field="code")
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


def in_order(segments: Iterable[Segment]) -> list[Segment]:
    """Those that others stand on before these, otherwise as they were made."""
    by_code = {each.code: each for each in segments}
    graph = {
        each.code: {below.code for below in _segments_in(parsed(each.text))} & set(by_code)
        if each.text
        else set()
        for each in by_code.values()
    }
    try:
        return [by_code[code] for code in TopologicalSorter(graph).static_order()]
    except CycleError:
        # Two that were saved in the same moment: neither saw the other, and one of them waits.
        return list(by_code.values())


def _segments_in(node: Node) -> list[InSegment]:
    own = [node] if isinstance(node, InSegment) else []
    return own + [each for child in children(node) for each in _segments_in(child)]


def _put(
    actor: Actor,
    code: str,
    told: dict[str, str],
    before: Segment | None,
    upload: Upload | None = None,
) -> Segment:
    version = before.version + 1 if before else 1
    by = actor.pk if actor else None
    made_by = {} if before else {"made_by_id": by}
    segment, _made = Segment.objects.update_or_create(
        code=code, defaults={**told, "version": version, **made_by}
    )
    SegmentVersion.objects.create(
        segment=segment, number=version, text=segment.text, upload=upload, made_by_id=by
    )
    action = "segment.changed" if before else "segment.made"
    record(actor, action, "segment", segment.pk, code=code, version=version)
    return segment
