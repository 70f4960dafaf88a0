"""Keep the Chinese texts beside the English ones in the source, without the system's gettext.

`compile` (what `make setup` does) writes the .mo file that Django reads; `collect` brings the
catalogue up to date with the source, where a developer then fills in what is new; `missing` lists
the texts that have no Chinese yet.
"""

import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src/regulars"
CATALOGUE = SOURCE / "locale/zh_Hans/LC_MESSAGES/django.po"
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}
HEADER = rb"""# The Chinese texts; scripts/translations.py keeps them in step with the source.
msgid ""
msgstr ""
"Language: zh_Hans\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=1; plural=0;\n"

"""


def main(command: str = "compile") -> None:
    match command:
        case "compile":
            compile_catalogue()
        case "collect":
            catalogue = read_catalogue()
            bring_up_to_date(catalogue)
            write_catalogue(catalogue)
        case "missing":
            print("\n".join(missing()))  # noqa: T201  # this is what was asked for
        case _:
            sys.exit(f"translations: “{command}” is not compile, collect or missing")


def compile_catalogue() -> None:
    """Write django.mo beside django.po, unless it is the younger one."""
    target = CATALOGUE.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime >= CATALOGUE.stat().st_mtime:
        return
    with target.open("wb") as file:
        write_mo(file, read_catalogue())


def read_catalogue(path: Path = CATALOGUE) -> Catalog:
    if not path.exists():
        return Catalog(locale="zh_Hans")
    with path.open("rb") as file:
        return read_po(file, locale="zh_Hans")


def write_catalogue(catalogue: Catalog) -> None:
    """Sorted, with a header of our own: Babel's carries dates, which only ever conflict."""
    with CATALOGUE.open("wb") as file:
        file.write(HEADER)
        write_po(
            file, catalogue, width=100, no_location=True, omit_header=True, sort_output=True,
            ignore_obsolete=True,
        )  # fmt: skip


def bring_up_to_date(catalogue: Catalog) -> None:
    """Add the source's texts that are new, drop those that are gone; never guess a Chinese one."""
    template = Catalog()
    for text, context in texts_of_source():
        template.add(text, context=context)
    catalogue.update(template, no_fuzzy_matching=True)


def missing(catalogue: Catalog | None = None) -> list[str]:
    """The source's English texts without a Chinese one, in the order of the source."""
    known = catalogue or read_catalogue()
    found = [
        text if isinstance(text, str) else text[0]
        for text, context in texts_of_source()
        if not is_translated(known.get(text, context))
    ]
    return list(dict.fromkeys(found))


def is_translated(message: Message | None) -> bool:
    if message is None or message.fuzzy:
        return False
    forms = message.string if isinstance(message.string, tuple | list) else [message.string]
    return all(forms) and bool(forms)


def texts_of_source() -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    """Every translatable text of Python files and templates, with its context."""
    for path in sorted(SOURCE.rglob("*.py")):
        yield from texts_in(path.read_bytes())
    for path in sorted(SOURCE.rglob("templates/**/*.html")):
        yield from texts_in(python_of_template(path).encode())


def texts_in(python: bytes) -> Iterable[tuple[str | tuple[str, ...], str | None]]:
    found = extract("python", BytesIO(python), keywords=KEYWORDS)
    return ((text, context) for _line, text, _comments, context in found)


def python_of_template(path: Path) -> str:
    """Django turns a template into calls of gettext; its indentation means nothing to Python."""
    text = templatize(path.read_text("utf-8"), origin=str(path))
    return "\n".join(line.lstrip() for line in text.splitlines())


if __name__ == "__main__":
    settings.configure(USE_I18N=True)
    main(*sys.argv[1:])
