"""Assessments at the desk: made, previewed, published, copied, and what came of them."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.act.assessments import content, service
from regulars.act.assessments.models import Assessment
from regulars.ground.accounts.access import Capability, requires, scope_of
from regulars.ground.kit.errors import UserError
from regulars.web.console.assessment_form import fields_of, read_form
from regulars.web.parts.blocks.filling import qr_code
from regulars.web.parts.excel import as_excel, wants_excel
from regulars.web.parts.forms import Form, given
from regulars.web.parts.tables import COUNT, MOMENT, Column, at, table_of
from regulars.web.parts.who import signed_in

MAKE = Capability.MAKE_ASSESSMENTS
MOST_ANSWERS = 50
COLUMNS = (
    Column("name", gettext_lazy("Assessment"), at("name"),
           link=lambda each: reverse("assessment", args=[each.code])),
    Column("state", gettext_lazy("State"), lambda each: each.get_state_display(),
           is_sortable=False),
    Column("published", gettext_lazy("Version"), at("published"), COUNT,
           reason=gettext_lazy("Not published yet.")),
    Column("changed_at", gettext_lazy("Changed"), at("changed_at"), MOMENT),
)  # fmt: skip


class NameForm(Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)


@requires(MAKE)
def show_all(request: HttpRequest) -> HttpResponse:
    table = table_of(
        request, service.list_assessments(), COLUMNS, sort="-changed_at", find_in=("name",)
    )
    if wants_excel(request):
        return as_excel(request, table, "assessments")
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    ready = [each for each in service.ready() if each.language == language]
    return render(request, "console/assessments.html", {"table": table, "ready": ready})


@require_POST
@requires(MAKE)
def create(request: HttpRequest) -> HttpResponse:
    """Of nothing, by `name`, or of one of the library, by `ready`."""
    user, ready = signed_in(request), request.POST.get("ready", "")
    if ready:
        made = service.make_ready(user, ready)
    else:
        made = service.make(user, given(NameForm(request.POST))["name"])
    return redirect("assessment", made.code)


@requires(MAKE)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    assessment = service.get_assessment(code)
    fields, error = fields_of(assessment), ""
    if request.method == "POST":
        fields = read_form(request.POST)
        try:
            draft = fields.draft()
            service.write(
                signed_in(request), assessment, name=fields.name, draft=draft, tag=fields.tag
            )
            return _after(request, assessment)
        except UserError as wrong:
            error = str(wrong)
    page = {"assessment": assessment, "fields": fields, "error": error, "view": "write"}
    return render(request, "console/assessment.html", page, status=400 if error else 200)


@requires(MAKE)
def preview(request: HttpRequest, code: str) -> HttpResponse:
    """What is being written, as a customer will see it; or why nobody could."""
    assessment = service.get_assessment(code)
    page: dict[str, Any] = {"assessment": assessment, "view": "preview"}
    try:
        page["content"] = content.read(assessment.draft)
    except UserError as wrong:
        page["error"] = str(wrong)
    return render(request, "console/assessment_preview.html", page)


@requires(MAKE)
def results(request: HttpRequest, code: str) -> HttpResponse:
    scope, assessment = scope_of(request.user), service.get_assessment(code)
    may_see = scope.may(Capability.SEE_MEMBERS)
    answers = service.list_answers(scope, assessment) if may_see else None
    page: dict[str, Any] = {
        "assessment": assessment,
        "standing": service.count_answers(assessment),
        "answers": None if answers is None else answers[:MOST_ANSWERS],
        "versions": assessment.versions.order_by("-number"),
        "view": "results",
    }
    if assessment.state == Assessment.State.OPEN:
        token = service.token_of(assessment)
        page["address"] = request.build_absolute_uri(reverse("assessment_begin", args=[token]))
        page["qr"] = qr_code(page["address"])
    return render(request, "console/assessment_results.html", page)


@require_POST
@requires(MAKE)
def publish(request: HttpRequest, code: str) -> HttpResponse:
    assessment = service.get_assessment(code)
    version = service.publish(signed_in(request), assessment)
    messages.success(request, _("Version %(number)s is published.") % {"number": version.number})
    return redirect("assessment_results", code)


@require_POST
@requires(MAKE)
def copy(request: HttpRequest, code: str) -> HttpResponse:
    made = service.copy(signed_in(request), service.get_assessment(code))
    return redirect("assessment", made.code)


@require_POST
@requires(MAKE)
def close(request: HttpRequest, code: str) -> HttpResponse:
    service.close(signed_in(request), service.get_assessment(code))
    messages.success(request, _("Closed: nobody begins any more. Open it again at any time."))
    return redirect("assessment_results", code)


@require_POST
@requires(MAKE)
def open_again(request: HttpRequest, code: str) -> HttpResponse:
    service.open_again(signed_in(request), service.get_assessment(code))
    return redirect("assessment_results", code)


@require_POST
@requires(Capability.REVEAL_PHONE)
def reveal(request: HttpRequest, code: str) -> HttpResponse:
    """One phone that someone left, whole, and an entry in the audit log."""
    phone = service.reveal_phone(
        signed_in(request), service.get_assessment(code), request.POST.get("answer", "")
    )
    messages.info(request, phone)
    return redirect("assessment_results", code)


def _after(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    where = {"preview": "assessment_preview"}.get(request.POST.get("then", ""), "assessment")
    if where == "assessment":
        messages.success(request, _("Kept. Customers see it when it is published."))
    return redirect(where, assessment.code)
