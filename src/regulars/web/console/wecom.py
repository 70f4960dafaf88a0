"""WeCom at the desk: the connection, who is who, and what was sent there."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from regulars.act.wecom import service
from regulars.act.wecom.connecting import SECRETS
from regulars.ground.accounts.access import Capability, requires
from regulars.ground.kit.errors import UserError
from regulars.ground.org.models import Staff
from regulars.web.parts.excel import as_excel, wants_excel
from regulars.web.parts.forms import Form
from regulars.web.parts.tables import COUNT, MOMENT, Column, at, table_of
from regulars.web.parts.who import signed_in

MOST_BYTES = 2 * 2**20
KEPT = gettext_lazy("Kept sealed and never shown. Empty: as it is.")


def _secret(label: Any) -> forms.CharField:
    box = forms.PasswordInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, required=False, widget=box, help_text=KEPT)


class ConnectionForm(Form):
    is_active = forms.TypedChoiceField(
        label=gettext_lazy("State"),
        choices=(("yes", gettext_lazy("in use")), ("no", gettext_lazy("not in use"))),
        coerce=lambda given: given == "yes",
    )
    corp_id = forms.CharField(label=gettext_lazy("Corp id (CorpID)"), required=False)
    agent_id = forms.CharField(label=gettext_lazy("App id (AgentId)"), required=False)
    secret = _secret(gettext_lazy("The app's Secret"))
    public_address = forms.CharField(
        label=gettext_lazy("This site's address for phones"),
        required=False,
        help_text=gettext_lazy("As https://members.example.com, the app's trusted domain."),
    )
    token = _secret(gettext_lazy("Callback Token"))
    aes_key = _secret(gettext_lazy("Callback EncodingAESKey"))
    welcome = forms.CharField(
        label=gettext_lazy("Greeting of new customers"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Sent at once when a customer adds a colleague. Empty: none is sent."
        ),
    )
    api_address = forms.CharField(label=gettext_lazy("Address of WeCom's API"), required=False)
    authorize_address = forms.CharField(
        label=gettext_lazy("Address of WeCom's sign-in"), required=False
    )
    sdk_address = forms.CharField(label=gettext_lazy("Address of the JS-SDK"), required=False)


class FileForm(Form):
    file = forms.FileField(label=gettext_lazy("CSV file"), required=False)
    text = forms.CharField(
        label=gettext_lazy("Or its text"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "class": "form-control font-monospace"}),
        help_text=gettext_lazy("A line a colleague: staff code, WeCom user id."),
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
        if not told.get("text", "").strip():
            raise forms.ValidationError(_("Choose a file, or paste its text."))
        return told


STAFF_COLUMNS = (
    Column("code", gettext_lazy("Code"), at("code")),
    Column("name", gettext_lazy("Name"), at("name")),
    Column(
        "userid",
        gettext_lazy("WeCom user id"),
        at("wecom.userid"),
        order="wecom__userid",
        reason=gettext_lazy("Not matched: is told nothing in WeCom, and signs in by password."),
    ),
    Column(
        "by",
        gettext_lazy("Matched by"),
        lambda staff: staff.wecom.get_by_display() if _is_matched(staff) else None,
        order="wecom__by",
    ),
    Column(
        "user",
        gettext_lazy("Account"),
        at("user.username"),
        order="user__username",
        reason=gettext_lazy("Has no account: cannot sign in."),
    ),
)
SENT_COLUMNS = (
    Column("made_at", gettext_lazy("When"), at("made_at"), MOMENT),
    Column("staff", gettext_lazy("To"), lambda sent: sent.staff or sent.userid, order="userid"),
    Column("title", gettext_lazy("What"), at("title")),
    Column("state", gettext_lazy("State"), lambda sent: sent.get_state_display()),
    Column("tries", gettext_lazy("Tries that failed"), at("tries"), COUNT),
    Column("error", gettext_lazy("Why not"), service.reason_of),
)
TAG_COLUMNS = (
    Column("group", gettext_lazy("Group"), at("group")),
    Column("name", gettext_lazy("Customer tag"), at("name")),
    Column(
        "is_chosen",
        gettext_lazy("State"),
        lambda tag: _("kept in step") if tag.is_chosen else _("being taken off"),
    ),
    Column("worn", gettext_lazy("Customers who wear it"), at("worn"), COUNT),
    Column("waiting", gettext_lazy("Waiting"), at("waiting"), COUNT),
    Column("failed", gettext_lazy("Failed so far"), at("failed"), COUNT),
    Column("trouble", gettext_lazy("Why not"), lambda tag: service.said_of(tag.trouble or "")),
)


@requires(Capability.MANAGE_WECOM)
def show(request: HttpRequest) -> HttpResponse:
    kept = service.connection()
    form = ConnectionForm(request.POST or None, initial=_initial(kept))
    if request.method == "POST" and form.is_valid():
        with form.explaining():
            service.save_connection(signed_in(request), **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("wecom")
    page = {
        "form": form, "kept": kept, "numbers": service.get_numbers(), "view": "wecom",
        "has": {name: bool(getattr(kept, column)) for name, column in SECRETS.items()},
        "addresses": _addresses(request, kept),
    }  # fmt: skip
    return render(request, "console/wecom.html", page)


@require_POST
@requires(Capability.MANAGE_WECOM)
def test(request: HttpRequest) -> HttpResponse:
    try:
        name = service.try_connection()
    except UserError as trouble:
        messages.error(request, str(trouble))
    else:
        messages.success(request, _("It works: WeCom knows this app as “%s”.") % name)
    return redirect("wecom")


@requires(Capability.MANAGE_WECOM)
def show_staff(request: HttpRequest) -> HttpResponse:
    return _staff_page(request, FileForm())


@require_POST
@requires(Capability.MANAGE_WECOM)
def match(request: HttpRequest) -> HttpResponse:
    """One colleague; without a user id she is matched no longer."""
    code, userid = (request.POST.get(name, "").strip() for name in ("code", "userid"))
    if userid:
        service.match(signed_in(request), code, userid)
    else:
        service.unmatch(signed_in(request), code)
    messages.success(request, _("Saved."))
    return redirect("wecom_staff")


@require_POST
@requires(Capability.MANAGE_WECOM)
def match_file(request: HttpRequest) -> HttpResponse:
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _staff_page(request, form)
    outcome = service.match_file(signed_in(request), form.cleaned_data["text"])
    for line, fault in outcome.faults:
        form.add_error(None, _("Line %(line)s: %(fault)s") % {"line": line, "fault": fault})
    if outcome.faults:
        return _staff_page(request, form)
    return _matched(request, outcome.count)


@require_POST
@requires(Capability.MANAGE_WECOM)
def match_by_code(request: HttpRequest) -> HttpResponse:
    return _matched(request, service.match_by_code(signed_in(request)))


@requires(Capability.MANAGE_WECOM)
def show_sent(request: HttpRequest) -> HttpResponse:
    find_in = ("title", "userid", "staff__name", "staff__code")
    table = table_of(
        request, service.list_sendings(), SENT_COLUMNS, sort="-made_at", find_in=find_in
    )
    if wants_excel(request):
        return as_excel(request, table, "wecom_sent")
    page = {"table": table, "numbers": service.get_numbers(), "view": "wecom_sent"}
    return render(request, "console/wecom_sent.html", page)


@require_POST
@requires(Capability.MANAGE_WECOM)
def send_again(request: HttpRequest) -> HttpResponse:
    n = service.send_failed_again(signed_in(request))
    said = ngettext("%(n)s message is sent again.", "%(n)s messages are sent again.", n)
    messages.success(request, said % {"n": n})
    return redirect("wecom_sent")


@requires(Capability.MANAGE_WECOM)
def show_tags(request: HttpRequest) -> HttpResponse:
    """Which tags customers wear in WeCom, and how far WeCom has been told."""
    if request.method == "POST":
        n = service.choose_tags(signed_in(request), request.POST.getlist("codes"))
        said = ngettext(
            "Saved: %(n)s customer tag is kept in step.",
            "Saved: %(n)s customer tags are kept in step.",
            n,
        )
        messages.success(request, said % {"n": n})
        return redirect("wecom_tags")
    table = table_of(
        request, service.list_customer_tags(), TAG_COLUMNS, sort="group",
        find_in=("group", "name"),
    )  # fmt: skip
    if wants_excel(request):
        return as_excel(request, table, "wecom_tags")
    page = {"table": table, "choices": service.list_choices(), "view": "wecom_tags"}
    return render(request, "console/wecom_tags.html", page)


def _staff_page(request: HttpRequest, form: FileForm) -> HttpResponse:
    table = table_of(
        request, service.list_staff_with_matches(), STAFF_COLUMNS, sort="code",
        find_in=("code", "name", "wecom__userid"),
    )  # fmt: skip
    if wants_excel(request):
        return as_excel(request, table, "wecom_staff")
    page = {"table": table, "form": form, "view": "wecom_staff"}
    return render(request, "console/wecom_staff.html", page)


def _matched(request: HttpRequest, n: int) -> HttpResponse:
    said = ngettext("%(n)s colleague is matched.", "%(n)s colleagues are matched.", n)
    messages.success(request, said % {"n": n})
    return redirect("wecom_staff")


def _is_matched(staff: Staff) -> bool:
    return hasattr(staff, "wecom")


def _initial(kept: service.Connection) -> dict[str, Any]:
    plain = {
        name: getattr(kept, name) for name in ConnectionForm.base_fields if name not in SECRETS
    }
    return plain | {"is_active": "yes" if kept.is_active else "no"}


def _addresses(request: HttpRequest, kept: service.Connection) -> list[tuple[str, str]]:
    """What is to be entered at WeCom, with whole addresses."""
    base = kept.public_address or request.build_absolute_uri("/").rstrip("/")
    enter = base + reverse("wecom_enter")
    return [
        (_("App home page"), f"{enter}?next={reverse('phone_home')}"),
        (_("Page of the chat sidebar"), f"{enter}?next={reverse('wecom_sidebar')}"),
        (_("Callback address (API receives messages)"), base + reverse("wecom_callback")),
        (_("Trusted domain of sign-in and JS-SDK"), base.partition("://")[2]),
    ]
