"""Definitions as TOML files, a table a tag, so that they can be reviewed and compared like code."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils.translation import gettext as _

from regulars.ground.kit.errors import NotFound, UserError
from regulars.know.language.errors import TextError
from regulars.know.tags.checking import checked, depends_on
from regulars.know.tags.definitions import Tag, read
from regulars.know.tags.models import Definition
from regulars.know.tags.registry import exported, save_all
from regulars.know.tags.subjects import Subject

Table = Mapping[str, Any]
SUFFIX = ".toml"


@dataclass(frozen=True)
class Told:
    """A tag as a file tells it."""

    file: str
    line: int
    tag: Tag
    table: Table

    @property
    def place(self) -> str:
        return _("%(file)s, line %(line)s, [%(tag)s]") % {
            "file": self.file, "line": self.line, "tag": self.tag.code,
        }  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What taking files in did, or would do: names of tags as `subject/code`."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]


def texts_of(subjects: Iterable[Subject]) -> dict[str, str]:
    """The tags in force as texts by the name of their file: one a subject and group, always in the
    same order. What is switched off stays behind."""
    texts: dict[str, str] = {}
    for subject in subjects:
        active = Definition.objects.filter(subject=subject, is_active=True).order_by("code")
        tables: dict[str, dict[str, Any]] = {}
        for code, table in exported(active).items():
            name = f"{subject}_{_spelt(table.get('group', ''))}{SUFFIX}"
            tables.setdefault(name, {})[code] = _in_order(table)
        texts |= {name: tomli_w.dumps(tables[name], multiline_strings=True) for name in tables}
    return dict(sorted(texts.items()))


def write(folder: Path, subjects: Iterable[Subject]) -> tuple[list[str], list[str]]:
    """The same as files: the names of those written, and of others that stand in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = texts_of(subjects)
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8", newline="\n")
    return list(texts), sorted({each.name for each in folder.glob(f"*{SUFFIX}")} - set(texts))


def texts_in(path: Path) -> dict[str, str]:
    """What stands in a file, or in the TOML files of a folder. Raises NotFound, UserError."""
    files = sorted(path.glob(f"*{SUFFIX}")) if path.is_dir() else [path]
    if not files or not all(each.is_file() for each in files):
        raise NotFound(_("There is no TOML file at %s.") % path)
    try:
        return {each.name: each.read_text("utf-8") for each in files}
    except UnicodeDecodeError as error:
        raise UserError(_("This is no text in UTF-8: %s.") % error) from None


def take_in(
    actor: AbstractBaseUser | None, texts: Mapping[str, str], *, is_rehearsal: bool = False
) -> Outcome:
    """Make and change what the texts, by the name of their file, tell: all of it or nothing.

    Raises UserError with the file, its line, the tag and the place in it for what is wrong.
    """
    told = [each for name, text in texts.items() for each in _read(name, text)]
    _refuse_repeated(told)
    with transaction.atomic():
        kinds = _sorted_out(told)
        for subject in Subject:
            own = {each.tag.code: each for each in told if each.tag.subject == subject}
            _save(actor, subject, own)
        transaction.set_rollback(is_rehearsal)
    return kinds


def subjects_named(name: str) -> list[Subject]:
    """The subject of that name; all of them for none. Raises UserError."""
    if not name:
        return list(Subject)
    if name not in Subject.values:
        raise UserError(
            _("“%(name)s” carries no tags: choose one of %(known)s.")
            % {"name": name, "known": ", ".join(Subject.values)},
            field="subject",
        )
    return [Subject(name)]


def said_of_files(written: Iterable[str], others: Iterable[str]) -> list[str]:
    """What writing did, a line a file."""
    lines = [_("written: %s") % name for name in written]
    return lines + [_("not written, but there: %s") % name for name in others]


def said_of(outcome: Outcome, *, is_rehearsal: bool) -> list[str]:
    """What taking in did or would do: a line for each tag that differs, and the numbers."""
    lines = [_("new: %s") % name for name in outcome.new]
    lines += [_("changed: %s") % name for name in outcome.changed]
    counts = {name: len(codes) for name, codes in vars(outcome).items()}
    lines.append(_("%(new)s new, %(changed)s changed, %(unchanged)s unchanged") % counts)
    return [*lines, _("Nothing was saved.")] if is_rehearsal else lines


def _save(actor: AbstractBaseUser | None, subject: Subject, own: Mapping[str, Told]) -> None:
    try:
        save_all(actor, {code: each.table for code, each in own.items()})
    except UserError as error:
        raise _first_fault(subject, own) or error from None


def _read(name: str, text: str) -> list[Told]:
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{name}: {error}") from None
    return [_one(name, _line_of(text, code), code, table) for code, table in tables.items()]


def _one(file: str, line: int, code: str, table: Any) -> Told:
    place = {"file": file, "line": line, "tag": code}
    if not isinstance(table, dict):
        raise UserError(_("%(file)s, line %(line)s: “%(tag)s” stands in no table.") % place)
    try:
        return Told(file, line, read(code, table), table)
    except UserError as error:
        where = _("%(file)s, line %(line)s, [%(tag)s]") % place
        raise _with_place(where, error) from None


def _line_of(text: str, code: str) -> int:
    """Where the table of a tag begins; the first line where that is written in another way."""
    found = re.search(
        rf"^[ \t]*\[?[ \t]*[\"']?{re.escape(code)}[\"']?\s*[\].=]", text, re.MULTILINE
    )
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _refuse_repeated(told: Iterable[Told]) -> None:
    seen: dict[tuple[str, str], Told] = {}
    for each in told:
        before = seen.setdefault((each.tag.subject, each.tag.code), each)
        if before is not each:
            raise UserError(
                _("%(place)s: it stands in %(other)s already.")
                % {"place": each.place, "other": before.file}
            )


def _sorted_out(told: Iterable[Told]) -> Outcome:
    """Which are new, changed or as they were; before anything is saved."""
    known = {(each.subject, each.code): each for each in Definition.objects.all()}
    kinds: dict[str, list[str]] = {"new": [], "changed": [], "unchanged": []}
    for each in told:
        tag, before = each.tag, known.get((each.tag.subject, each.tag.code))
        kind = "changed" if before else "new"
        if before and _is_as_before(tag, before):
            kind = "unchanged"
        kinds[kind].append(f"{tag.subject}/{tag.code}")
    return Outcome(**{kind: tuple(sorted(names)) for kind, names in kinds.items()})


def _is_as_before(tag: Tag, before: Definition) -> bool:
    was = read(before.code, before.told)
    has_type = tag.type is not None
    return was == tag if has_type else _without_type(was) == _without_type(tag)


def _without_type(tag: Tag) -> dict[str, Any]:
    return {name: value for name, value in vars(tag).items() if name != "type"}


def _first_fault(subject: Subject, own: Mapping[str, Told]) -> UserError | None:
    """What is wrong with the one of them that stands on the fewest others, with its place; or with
    one that is not among them and no longer means anything beside them."""
    active = Definition.objects.filter(subject=subject, is_active=True)
    tags = {each.code: read(each.code, each.told) for each in active}
    tags |= {code: each.tag for code, each in own.items()}
    faults = [
        (fault, code) for code, tag in sorted(tags.items()) if (fault := _fault_of(tag, tags))
    ]
    if not faults:
        return None
    (_count, error), code = min(faults, key=lambda found: (found[0][0], found[1] not in own))
    return _with_place(own[code].place if code in own else f"[{code}]", error)


def _fault_of(tag: Tag, tags: Mapping[str, Tag]) -> tuple[int, UserError] | None:
    """Upon how many others a tag stands, and what is wrong with it and them; None where nothing."""
    found = {tag.code: tag}
    try:
        waiting = [tag]
        while waiting:
            below = [tags[code] for code in depends_on(waiting.pop()) if code in tags]
            waiting += [each for each in below if each.code not in found]
            found |= {each.code: each for each in below}
        checked(found.values())
    except UserError as error:
        return len(found), error
    return None


def _with_place(place: str, error: UserError) -> UserError:
    """The same with the file and the tag before it, and where in a text it is."""
    where = f"{place} {error.field}" if error.field else place
    if isinstance(error, TextError):
        where = _("%(place)s, character %(at)s") % {"place": where, "at": error.at[0] + 1}
    return UserError(f"{where}: {error}", field=error.field)


def _spelt(group: str) -> str:
    """A group as part of a file's name."""
    return re.sub(r"\W+", "_", group).strip("_") or "others"


def _in_order(table: Table) -> dict[str, Any]:
    """What a tag is, then what it says, then how it is called; the coded values last, as their
    tables must be."""
    last = ("zh", "en", "group", "note", "owner", "values")
    first = ("subject", "kind", "type")
    own = [name for name in table if name not in first + last]
    return {name: table[name] for name in (*first, *sorted(own), *last) if name in table}
