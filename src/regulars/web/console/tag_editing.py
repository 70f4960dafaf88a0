"""Making and changing tags."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from regulars.ground.accounts.access import Capability, requires
from regulars.ground.kit.errors import UserError
from regulars.know.language.errors import TextError
from regulars.know.tags.definitions import Kind
from regulars.know.tags.models import Definition
from regulars.know.tags.service import Subject, defined, get_definition, save
from regulars.web.console.tag_form import TagForm
from regulars.web.parts.marked import marked
from regulars.web.parts.who import signed_in


@requires(Capability.DEFINE_TAGS)
def create(request: HttpRequest) -> HttpResponse:
    kind = _one_of(Kind, request.GET.get("kind"), Kind.AGGREGATE)
    subject = _one_of(Subject, request.GET.get("subject"), Subject.MEMBER)
    form = TagForm(request.POST or None, kind=kind, told=defined(subject))
    return _answered(request, form, None, _("New tag"))


@requires(Capability.DEFINE_TAGS)
def change(request: HttpRequest, subject: str, code: str) -> HttpResponse:
    definition = get_definition(subject, code)
    told = defined(Subject(subject))
    initial = {"code": code, **definition.told}
    if definition.kind == Kind.MODEL:
        initial["output"] = f"{initial['model']}.{initial['output']}"
    form = TagForm(request.POST or None, initial=initial, kind=Kind(definition.kind), told=told)
    form.fields["code"].disabled = True
    return _answered(request, form, definition, _("Change a tag"))


def _answered(
    request: HttpRequest, form: TagForm, definition: Definition | None, title: str
) -> HttpResponse:
    place = None
    if form.is_valid():
        try:
            told = form.told()
            if definition and "values" in definition.told:
                told["values"] = definition.told["values"]
            saved = save(signed_in(request), form.cleaned_data["code"], told)
        except TextError as error:
            place = marked(error, form.cleaned_data.get(error.field or "") or "")
        except UserError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("Saved as version %(n)s.") % {"n": saved.version})
            return redirect("tag", saved.subject, saved.code)
    page = {
        "form": form,
        "title": title,
        "definition": definition,
        "subject": form.subject,
        "kind": form.kind,
        "kinds": kinds_of(form.subject),
        "marked": place,
    }
    return render(request, "console/tag_form.html", page)


def kinds_of(subject: Subject) -> list[tuple[str, Any]]:
    """Models say something of members alone."""
    return [(k, label) for k, label in Kind.choices if k != Kind.MODEL or subject == Subject.MEMBER]


def _one_of(choices: Any, value: str | None, default: Any) -> Any:
    return choices(value) if value in choices.values else default
