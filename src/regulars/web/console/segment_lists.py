"""Segments by upload: a file of members' numbers or phones, looked at before it becomes a list."""

import tempfile
from collections.abc import Iterable
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.ground.accounts.access import Capability, Scope, requires, scope_of
from regulars.ground.accounts.models import User
from regulars.ground.kit.crypto import normalise_phone
from regulars.ground.kit.errors import NotFound, UserError
from regulars.know.imports.service import column_lines
from regulars.know.segments.models import Segment, Upload
from regulars.know.segments.service import (
    LONGEST_LIST,
    get_segment,
    get_upload,
    list_refused,
    match_lines,
    refresh,
    refused_csv,
    save_list,
)
from regulars.web.parts.forms import Form
from regulars.web.parts.who import signed_in

LARGEST_FILE = 20 * 2**20
COLUMNS = (
    "member_id", "会员号", "会员编号", "会员卡号", "卡号", "member", "number",
    "phone", "mobile", "手机号", "手机号码", "手机", "电话",
)  # fmt: skip
"""What a column of members is called; numbers go before phones."""
MOST_SHOWN, SHORTEST = 20, 5


class ListFileForm(Form):
    file = forms.FileField(
        label=gettext_lazy("File of members"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.parquet"}),
    )


@requires(Capability.DEFINE_TAGS)
def bring(request: HttpRequest, code: str = "") -> HttpResponse:
    """A file is looked at: who is found by it, and who is not."""
    segment = _listed(code)
    form = ListFileForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        with form.explaining():
            upload = _matched(signed_in(request), scope_of(request.user), form.cleaned_data["file"])
            target = "segment_list_replace" if segment else "segment_list"
            return redirect(target, *([segment.code] if segment else []), upload.pk)
    page = {"form": form, "segment": segment, "most": LONGEST_LIST}
    return render(request, "console/segment_upload.html", page)


@requires(Capability.DEFINE_TAGS)
def show(request: HttpRequest, upload_id: UUID, code: str = "") -> HttpResponse:
    """What was found; saved, it is a segment, or takes the place of who was in one."""
    segment = _listed(code)
    upload = get_upload(signed_in(request), upload_id)
    error = ""
    if request.method == "POST":
        try:
            return _saved(request, upload, segment)
        except UserError as fault:
            error = str(fault)
    page = {
        "segment": segment,
        "upload": upload,
        "found": len(upload.member_ids),
        "refused": list_refused(upload)[:MOST_SHOWN],
        "name": request.POST.get("name", segment.name if segment else Path(upload.file_name).stem),
        "code": request.POST.get("code", segment.code if segment else ""),
        "error": error,
    }
    return render(request, "console/segment_list.html", page)


@requires(Capability.DEFINE_TAGS)
def download_refused(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """The lines in which nobody was found, to be mended and brought again."""
    upload = get_upload(signed_in(request), upload_id)
    answer = HttpResponse(refused_csv(upload), content_type="text/csv")
    answer["Content-Disposition"] = 'attachment; filename="not-found.csv"'
    return answer


def _listed(code: str) -> Segment | None:
    """The list of a code. Raises NotFound, also for a segment that has a text."""
    segment = get_segment(code) if code else None
    if segment and segment.kind != Segment.Kind.LIST:
        raise NotFound(_("“%s” is a segment with a text: no list replaces it.") % code)
    return segment


def _saved(request: HttpRequest, upload: Upload, segment: Segment | None) -> HttpResponse:
    code = segment.code if segment else request.POST.get("code", "").strip()
    saved = save_list(
        signed_in(request),
        code,
        request.POST.get("name", ""),
        upload.member_ids,
        upload=upload,
        is_new=segment is None,
    )
    transaction.on_commit(partial(refresh, saved), robust=True)
    messages.success(request, _("Saved as version %(n)s.") % {"n": saved.version})
    return redirect("segment", saved.code)


def _matched(user: User, scope: Scope, file: "UploadedFile[Any]") -> Upload:
    if (file.size or 0) > LARGEST_FILE:
        raise UserError(_("A file may have 20 MB at most."), field="file")
    name = Path(file.name or "").name
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        with path.open("wb") as target:
            target.writelines(file.chunks())
        column, lines = column_lines(path, COLUMNS)
        return match_lines(user, scope, name, chain(_headless(column), lines))


def _headless(column: str) -> Iterable[tuple[int, str]]:
    """The first line too, where it is no name of a column but somebody already."""
    return [(1, column)] if len(normalise_phone(column)) >= SHORTEST else []
