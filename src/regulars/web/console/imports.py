"""Imports: bring a file, watch it go in, see what was refused."""

import tempfile
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.ground.accounts.access import Capability, requires
from regulars.know.collect.service import list_open_rejects
from regulars.know.imports import service
from regulars.know.imports.models import Import
from regulars.web.console.quarantine import COLUMNS as QUARANTINE
from regulars.web.parts.excel import as_excel, wants_excel
from regulars.web.parts.forms import Form
from regulars.web.parts.tables import COUNT, MOMENT, Column, at, table_of
from regulars.web.parts.who import signed_in

KINDS: dict[str, Any] = {
    "stores": gettext_lazy("stores"),
    "staff": gettext_lazy("staff"),
    "products": gettext_lazy("products"),
    "members": gettext_lazy("members"),
    "children": gettext_lazy("children"),
    "relations": gettext_lazy("members and their consultants"),
    "orders": gettext_lazy("orders (headers)"),
    "lines": gettext_lazy("order lines"),
    "stock": gettext_lazy("stock"),
}
REJECT_COLUMNS = tuple(c for c in QUARANTINE if c.key not in ("at", "kind"))
BY_NAME = ("", gettext_lazy("as the file is called"))
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _standing(import_: Import) -> service.Standing:
    return service.standing(import_)


COLUMNS = (
    Column(
        "file_name",
        gettext_lazy("File"),
        at("file_name"),
        link=lambda import_: reverse("import", args=[import_.pk]),
    ),
    Column("kind", gettext_lazy("Kind"), lambda import_: KINDS.get(import_.kind, import_.kind)),
    Column(
        "state",
        gettext_lazy("State"),
        lambda import_: _standing(import_).state.label,
        is_sortable=False,
    ),
    Column("row_count", gettext_lazy("Rows"), at("row_count"), COUNT),
    Column("rows_loaded", gettext_lazy("Loaded"), at("rows_loaded"), COUNT),
    Column("rows_rejected", gettext_lazy("Refused"), at("rows_rejected"), COUNT),
    Column("started_at", gettext_lazy("Started"), at("started_at"), MOMENT),
    Column("by", gettext_lazy("By"), at("by"), order="by_id"),
)


class UploadForm(Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.parquet"}),
        help_text=gettext_lazy("CSV, Excel or Parquet."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What its rows are"), required=False, choices=[BY_NAME, *KINDS.items()]
    )
    mapping = forms.FileField(
        label=gettext_lazy("Mapping file"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".toml,.json"}),
        help_text=gettext_lazy("Only when its columns have other names than the template's."),
    )


@requires(Capability.IMPORT_DATA)
def show_all(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        with form.explaining():
            import_ = service.start_upload(
                form.cleaned_data["file"],
                by=signed_in(request),
                kind=form.cleaned_data["kind"] or None,
                mapping=mapping_of(form.cleaned_data["mapping"], form.cleaned_data["kind"]),
            )
            if import_.is_repeat:
                messages.info(request, _("This file came before: nothing was loaded twice."))
            return redirect("import", import_.pk)
    table = table_of(
        request, service.list_imports(), COLUMNS, sort="-started_at", find_in=("file_name", "kind")
    )
    if wants_excel(request):
        return as_excel(request, table, "imports")
    page = {"table": table, "form": form, "kinds": list(KINDS.items())}
    return render(request, "console/imports.html", page)


@requires(Capability.IMPORT_DATA)
def show(request: HttpRequest, import_id: int) -> HttpResponse:
    import_ = get_object_or_404(service.list_imports(), pk=import_id)
    standing = service.standing(import_)
    done = standing.rows_loaded + standing.rows_rejected
    rejects = list_open_rejects().filter(batch__import_id=import_id)
    find_in = ("column", "value", "reason")
    page = {
        "import": import_,
        "kind": KINDS.get(import_.kind, import_.kind),
        "standing": standing,
        "is_moving": standing.state in (Import.State.READING, Import.State.LOADING),
        "per_cent": done * 100 // standing.rows_total if standing.rows_total else 0,
        "table": table_of(request, rejects, REJECT_COLUMNS, sort="line_no", find_in=find_in),
    }
    return render(request, "console/import.html", page)


@requires(Capability.IMPORT_DATA)
def download_rejects(request: HttpRequest, import_id: int) -> HttpResponse:
    """The refused rows, to be mended and brought again."""
    import_ = get_object_or_404(Import, pk=import_id)
    content = b"".join(service.rejects_csv(import_))
    return _as_file(content, "text/csv", f"rejects-{import_.kind}-{import_.pk}.csv")


@requires(Capability.IMPORT_DATA)
def download_template(request: HttpRequest, kind: str) -> HttpResponse:
    return _as_file(service.template(kind), EXCEL, f"{kind}.xlsx")


def mapping_of(file: "UploadedFile[Any] | None", kind: str) -> service.KindMapping | None:
    """What a mapping file says about a kind. Raises UserError."""
    if file is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(file.name or "mapping.toml").name
        path.write_bytes(file.read())
        mappings = service.read_mapping(path)
    if kind:
        return mappings.get(kind)
    return next(iter(mappings.values())) if len(mappings) == 1 else None


def _as_file(content: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
