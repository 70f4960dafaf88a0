"""Quarantine: records that could not go in, each with the reason; mended here or dismissed."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from regulars.ground.accounts.access import Capability, requires
from regulars.ground.kit.phones import masked_text
from regulars.know.collect.models import Reject
from regulars.know.collect.reasons import explain
from regulars.know.collect.service import (
    dismiss_reject,
    get_shown_record,
    list_awaited,
    list_awaiting,
    list_choices,
    list_open_rejects,
    narrowed,
    replay_reject,
    replay_rejects,
)
from regulars.know.imports.models import Import
from regulars.web.parts.excel import as_excel, wants_excel
from regulars.web.parts.tables import COUNT, MOMENT, Column, at, table_of

FILTERS = {
    "source": gettext_lazy("Source"),
    "kind": gettext_lazy("Kind"),
    "reason": gettext_lazy("Reason"),
}
COLUMNS = (
    Column("at", gettext_lazy("Received"), at("batch.received_at"), MOMENT, order="batch_id"),
    Column("source", gettext_lazy("Source"), at("batch.source"), order="batch__source"),
    Column("kind", gettext_lazy("Kind"), at("batch.kind"), order="batch__kind"),
    Column(
        "line_no",
        gettext_lazy("Line"),
        at("line_no"),
        COUNT,
        link=lambda reject: reverse("reject", args=[reject.pk]),
    ),
    Column("column", gettext_lazy("Column"), at("column")),
    Column("value", gettext_lazy("Value"), lambda reject: masked_text(reject.value)),
    Column("reason", gettext_lazy("Reason"), lambda reject: explain(reject.reason)),
)


@requires(Capability.IMPORT_DATA)
def show_all(request: HttpRequest) -> HttpResponse:
    find_in = ("batch__kind", "column", "value", "reason")
    everything = list_open_rejects()
    wanted = {name: request.GET.get(name, "") for name in FILTERS}
    rejects = narrowed(everything, **wanted)
    table = table_of(request, rejects, COLUMNS, sort="-at", find_in=find_in)
    if wants_excel(request):
        return as_excel(request, table, "quarantine")
    page = {"table": table, "awaited": _awaited(), "filters": _filters(everything, wanted)}
    return render(request, "console/quarantine.html", page)


@require_POST
@requires(Capability.IMPORT_DATA)
def replay_all(request: HttpRequest) -> HttpResponse:
    """Send in again all records of one import that wait for the same missing thing."""
    given = request.POST
    import_id = int(given["import"]) if given.get("import", "").isdecimal() else None
    awaiting = list_awaiting(import_id, given.get("kind", ""), given.get("reason", ""))
    batches = replay_rejects(awaiting)
    sent = sum(len(batch.records) for batch in batches)
    message = ngettext(
        "%(count)d record was sent in again. If it is refused once more, it comes back here.",
        "%(count)d records were sent in again. Those that are refused once more come back here.",
        sent,
    )
    messages.success(request, message % {"count": sent})
    return redirect("quarantine")


@requires(Capability.IMPORT_DATA)
def show(request: HttpRequest, reject_id: int) -> HttpResponse:
    reject = get_object_or_404(list_open_rejects(), pk=reject_id)
    page = {
        "reject": reject,
        "reason": explain(reject.reason),
        "record": get_shown_record(reject),
        "text": masked_text(reject.record.get("", "")),
    }
    return render(request, "console/reject.html", page)


@require_POST
@requires(Capability.IMPORT_DATA)
def replay(request: HttpRequest, reject_id: int) -> HttpResponse:
    """Send the record in again as mended: its own fields, with the values of the form."""
    reject = get_object_or_404(list_open_rejects(), pk=reject_id)
    given = {name: request.POST.get(name, "").strip() for name in get_shown_record(reject)}
    replay_reject(reject, {name: text or None for name, text in given.items()})
    messages.success(request, _("Sent in again. If it is refused once more, it comes back here."))
    return redirect("quarantine")


@require_POST
@requires(Capability.IMPORT_DATA)
def dismiss(request: HttpRequest, reject_id: int) -> HttpResponse:
    dismiss_reject(get_object_or_404(list_open_rejects(), pk=reject_id))
    messages.success(request, _("Off the list; it stays on record."))
    return redirect("quarantine")


def _filters(rejects: QuerySet[Reject], wanted: Mapping[str, str]) -> list[dict[str, Any]]:
    """What the list can be narrowed by, with what is chosen; reasons as sentences."""
    found = list_choices(rejects)
    return [
        {
            "name": name,
            "label": label,
            "chosen": wanted[name],
            "choices": [
                (each, explain(each) if name == "reason" else each) for each in found[name] if each
            ],
        }
        for name, label in FILTERS.items()
    ]


def _awaited() -> list[dict[str, Any]]:
    """What could go in by now, with the file's name and the reason's sentence."""
    found = list_awaited()
    imports = Import.objects.in_bulk([each.import_id for each in found if each.import_id])
    return [
        {"of": each, "import": imports.get(each.import_id or 0), "reason": explain(each.reason)}
        for each in found
    ]
