"""Definitions of tags as a file to take away, and one to bring: looked at first, then saved."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.ground.accounts.access import Capability, requires
from regulars.ground.kit.errors import UserError
from regulars.know.tags import files
from regulars.know.tags.service import Subject
from regulars.web.parts.forms import Form
from regulars.web.parts.who import signed_in

MOST_BYTES = 2 * 2**20
PASTED = "tags.toml"


class FileForm(Form):
    file = forms.FileField(label=gettext_lazy("TOML file"), required=False)
    text = forms.CharField(
        label=gettext_lazy("Or its text"),
        required=False,
        strip=False,  # a fault is told by its line
        widget=forms.Textarea(attrs={"rows": 12, "class": "form-control font-monospace"}),
    )

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        file = told.get("file")
        if file and file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 2 MB."))
        if file:
            try:
                told["text"] = file.read().decode("utf-8")
            except UnicodeDecodeError:
                raise forms.ValidationError(_("This is no text in UTF-8.")) from None
        if not told.get("text"):
            raise forms.ValidationError(_("Choose a file, or paste its text."))
        return told


@requires(Capability.DEFINE_TAGS)
def give(request: HttpRequest, subject: str) -> HttpResponse:
    """The tags in force of a subject, as one file."""
    texts = files.texts_of(files.subjects_named(subject))
    answer = HttpResponse("\n".join(texts.values()), content_type="application/toml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{Subject(subject)}_tags.toml"'
    return answer


@requires(Capability.DEFINE_TAGS)
def take(request: HttpRequest) -> HttpResponse:
    """A look at what a file would do; saved when it comes a second time, with `save`."""
    form, outcome = FileForm(request.POST or None, request.FILES or None), None
    if form.is_valid():
        text, is_meant = form.cleaned_data["text"], "save" in request.POST
        try:
            outcome = files.take_in(signed_in(request), {PASTED: text}, is_rehearsal=not is_meant)
        except UserError as error:
            form.add_error(None, str(error))
        else:
            if is_meant:
                counts = {name: len(codes) for name, codes in vars(outcome).items()}
                messages.success(
                    request,
                    _("%(new)s new, %(changed)s changed, %(unchanged)s unchanged") % counts,
                )
                return redirect("tags")
        form = FileForm(initial={"text": text}) if outcome else form
    return render(request, "console/tag_files.html", {"form": form, "outcome": outcome})
