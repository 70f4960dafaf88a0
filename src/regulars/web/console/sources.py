"""Sources: who sends events and records, with what key, and how much came of late."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from regulars.ground.accounts.access import Capability, requires
from regulars.know.collect import service
from regulars.know.collect.models import Source
from regulars.web.parts import charts
from regulars.web.parts.excel import as_excel, wants_excel
from regulars.web.parts.forms import Form
from regulars.web.parts.tables import COUNT, MOMENT, Column, at, table_of
from regulars.web.parts.who import signed_in

CODE = "code"
RECORD_KINDS = ("lines", "members", "children", "relations", "products", "stores", "staff", "stock")
NEVER = gettext_lazy("Nothing has come yet.")


@dataclass(frozen=True)
class Row:
    source: Source
    traffic: service.Traffic

    @property
    def url(self) -> str:
        return reverse("source", args=[self.source.code])

    @property
    def state(self) -> str:
        return _("open") if self.source.is_active else _("closed")

    @property
    def last_at(self) -> datetime | None:
        return self.traffic.last_at


COLUMNS = (
    Column("name", gettext_lazy("Source"), at("source.name"), link=at("url")),
    Column("kind", gettext_lazy("Kind"), lambda row: row.source.get_kind_display()),
    Column("state", gettext_lazy("State"), at("state")),
    Column("events", gettext_lazy("Events in the last hour"), at("traffic.events"), COUNT),
    Column("refused", gettext_lazy("Refused in the last hour"), at("traffic.refused"), COUNT),
    Column("last", gettext_lazy("Last came"), at("last_at"), MOMENT, reason=NEVER),
)


class SourceForm(Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Source.Kind.choices)
    events_per_second = forms.IntegerField(
        label=gettext_lazy("Events a second at most"),
        required=False,
        min_value=1,
        help_text=gettext_lazy("Empty: as many as come."),
    )
    project = forms.CharField(
        label=gettext_lazy("Sensors project"),
        required=False,
        help_text=gettext_lazy("The project that the SDKs name; without a token it is enough."),
    )
    records = forms.ChoiceField(
        label=gettext_lazy("A webhook's records"),
        choices=[(kind, kind) for kind in RECORD_KINDS],
        help_text=gettext_lazy("In the layout of an import file of this kind."),
    )

    def settings(self) -> dict[str, Any]:
        """What this kind of source is told beside its key."""
        given = self.cleaned_data
        if given["kind"] == Source.Kind.SENSORS and given["project"].strip():
            return {"project": given["project"].strip(), "is_open": True}
        return {"kind": given["records"]} if given["kind"] == Source.Kind.WEBHOOK else {}


@requires(Capability.IMPORT_DATA)
def show_all(request: HttpRequest) -> HttpResponse:
    traffic = service.traffic_of_the_last_hour()
    nothing = service.Traffic()
    rows = [Row(source, traffic.get(source.code, nothing)) for source in service.list_sources()]
    table = table_of(request, rows, COLUMNS, sort="name", find_in=("source.name", "source.code"))
    if wants_excel(request):
        return as_excel(request, table, "sources")
    return render(request, "console/sources.html", {"table": table})


@requires(Capability.IMPORT_DATA)
def create(request: HttpRequest) -> HttpResponse:
    form = SourceForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        with form.explaining():
            source, key = service.make_source(
                signed_in(request),
                given["name"],
                given["kind"],
                form.settings(),
                given["events_per_second"],
            )
            return _with_key(request, source, key)
    return render(request, "console/source_new.html", {"form": form})


@requires(Capability.IMPORT_DATA)
def show(request: HttpRequest, code: str) -> HttpResponse:
    source = service.get_source(code)
    return render(request, "console/source.html", _page(request, source))


@require_POST
@requires(Capability.IMPORT_DATA)
def rotate(request: HttpRequest, code: str) -> HttpResponse:
    source = service.get_source(code)
    return _with_key(request, source, service.rotate_key(signed_in(request), source))


@require_POST
@requires(Capability.IMPORT_DATA)
def switch(request: HttpRequest, code: str) -> HttpResponse:
    source = service.get_source(code)
    service.set_active(signed_in(request), source, is_active=not source.is_active)
    said = _("“%(name)s” is open again.") if source.is_active else _("“%(name)s” is closed.")
    messages.success(request, said % {"name": source.name})
    return redirect("source", source.code)


def _with_key(request: HttpRequest, source: Source, key: str) -> HttpResponse:
    """The key on the page itself, never in an address, a message or the log."""
    return render(request, "console/source.html", _page(request, source) | {"key": key})


def _page(request: HttpRequest, source: Source) -> dict[str, Any]:
    minutes = service.list_minutes(source.code)
    labels = charts.times_of([minute.minute_at for minute in minutes])
    events = charts.Series(gettext_lazy("Events"), [minute.events for minute in minutes])
    title = gettext_lazy("Events a minute")
    return {
        "source": source,
        "entrance": request.build_absolute_uri(service.address_of(source)),
        "chart": charts.lines("minutes", title, "count", labels, events) if minutes else None,
        "minutes": minutes,
    }
