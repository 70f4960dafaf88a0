"""Empty workbooks to fill in: one sheet, the header, and what each column means."""

import io

import xlsxwriter
from django.utils.translation import gettext as _

from regulars.ground.kit.errors import NotFound
from regulars.know.collect.layouts import LAYOUTS, Column, Type
from regulars.know.imports.notes import NOTES, TYPES

LEAST_WIDTH = 12
NOTE_SIZE = {"x_scale": 2, "y_scale": 1.2}


def template(kind: str) -> bytes:
    """The workbook for a kind. Text columns are formatted as text, so that ids keep their zeros."""
    if kind not in LAYOUTS:
        raise NotFound(_("There is no kind of file called “%(kind)s”.") % {"kind": kind})
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        text, plain = book.add_format({"num_format": "@"}), book.add_format()
        required, optional = book.add_format({"bold": True}), book.add_format()
        sheet = book.add_worksheet(kind)
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(LAYOUTS[kind]):
            is_text = column.type in (Type.TEXT, Type.PHONE)
            width = max(LEAST_WIDTH, len(column.name) + 2)
            sheet.set_column(place, place, width, text if is_text else plain)
            sheet.write(0, place, column.name, required if column.is_required else optional)
            sheet.write_comment(0, place, describe(kind, column), NOTE_SIZE)
    return content.getvalue()


def describe(kind: str, column: Column) -> str:
    """What belongs into a column, in the user's language: two or three short sentences."""
    said = [str(NOTES.get((kind, column.name)) or NOTES["", column.name])]
    said.append(str(TYPES[column.type]))
    if column.choices:
        said.append(_("One of: %(choices)s.") % {"choices": ", ".join(column.choices)})
    said.append(_("Required.") if column.is_required else _("May be empty."))
    return " ".join(said)
