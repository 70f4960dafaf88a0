"""Who did what, when, to what."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from regulars.ground.accounts.access import Capability, requires
from regulars.ground.audit.models import Entry
from regulars.ground.audit.service import list_entries
from regulars.web.parts.excel import as_excel, wants_excel
from regulars.web.parts.tables import MOMENT, Column, at, table_of


def _detail(entry: Entry) -> str:
    return " · ".join(_facts("", entry.detail))


def _facts(prefix: str, detail: Mapping[str, Any]) -> Iterator[str]:
    """`after.role: consultant`, one a fact; what is empty is left out."""
    for name, value in detail.items():
        if isinstance(value, Mapping):
            yield from _facts(f"{prefix}{name}.", value)
        elif value not in (None, "", []):
            shown = ", ".join(map(str, value)) if isinstance(value, list) else value
            yield f"{prefix}{name}: {shown}"


COLUMNS = (
    Column("at", _("When"), at("at"), MOMENT),
    Column("actor", _("Who"), lambda entry: str(entry.actor or _("the system")), order="actor_id"),
    Column("action", _("Did what"), at("action")),
    Column(
        "subject", _("To what"), lambda e: f"{e.subject_type} {e.subject_id}", order="subject_id"
    ),
    Column("detail", _("Details"), _detail, is_sortable=False),
)


@requires(Capability.SEE_AUDIT)
def show(request: HttpRequest) -> HttpResponse:
    find_in = ("actor__username", "action", "subject_id", "subject_type")
    table = table_of(request, list_entries(), COLUMNS, sort="-at", find_in=find_in)
    if wants_excel(request):
        return as_excel(request, table, "audit")
    return render(request, "console/audit.html", {"table": table})
