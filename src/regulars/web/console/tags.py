"""The tag library: what is known of members, goods, stores and staff, and how each tag is made."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.ground.accounts.access import Capability, requires, scope_of
from regulars.know.language.types import Type
from regulars.know.tags.models import Definition
from regulars.know.tags.service import (
    Subject,
    defined,
    depends_on,
    get_definition,
    name_of,
    note_of,
    restore,
    set_active,
)
from regulars.web.console.model_words import fit_shown
from regulars.web.console.tag_words import definition_words
from regulars.web.parts import charts
from regulars.web.parts.excel import as_excel, wants_excel
from regulars.web.parts.tables import COUNT, MOMENT, RATE, Column, at, table_of
from regulars.web.parts.tag_values import group_label, value_text
from regulars.web.parts.who import signed_in

NOT_YET = gettext_lazy("Not computed yet.")


@dataclass(frozen=True)
class Line:
    """One line of the library."""

    definition: Definition
    name: str
    kind: str
    group: str
    coverage: Fraction | None
    took_ms: int | None
    computed_at: Any
    state: str

    @property
    def code(self) -> str:
        return self.definition.code

    @property
    def url(self) -> str:
        return reverse("tag", args=[self.definition.subject, self.definition.code])


COLUMNS = (
    Column("name", gettext_lazy("Tag"), at("name"), link=at("url")),
    Column("code", gettext_lazy("Code"), at("code")),
    Column("group", gettext_lazy("Group"), at("group")),
    Column("kind", gettext_lazy("Made by"), at("kind")),
    Column("coverage", gettext_lazy("Have a value"), at("coverage"), RATE, reason=NOT_YET),
    Column("took_ms", gettext_lazy("Scan, ms"), at("took_ms"), COUNT, reason=NOT_YET),
    Column("computed_at", gettext_lazy("Computed"), at("computed_at"), MOMENT, reason=NOT_YET),
    Column("state", gettext_lazy("State"), at("state")),
)
OF_THE_CHAIN = {"coverage", "took_ms", "computed_at"}
"""Said of everybody: for the scope of the whole chain alone."""


@requires(Capability.SEE_TAGS)
def show_all(request: HttpRequest) -> HttpResponse:
    subject = request.GET.get("subject", Subject.MEMBER)
    subject = Subject(subject) if subject in Subject.values else Subject.MEMBER
    found = Definition.objects.filter(subject=subject).select_related("statistic")
    is_whole = scope_of(request.user).is_whole_chain
    lines = [_line(each, is_whole=is_whole) for each in found]
    columns = COLUMNS if is_whole else [each for each in COLUMNS if each.key not in OF_THE_CHAIN]
    table = table_of(request, lines, columns, sort="group", find_in=("name", "code", "group"))
    if wants_excel(request):
        return as_excel(request, table, "tags")
    page = {"table": table, "subject": subject, "subjects": Subject.choices}
    return render(request, "console/tags.html", page)


@requires(Capability.SEE_TAGS)
def show(request: HttpRequest, subject: str, code: str) -> HttpResponse:
    definition = get_definition(subject, code)
    is_whole = scope_of(request.user).is_whole_chain
    statistic = getattr(definition, "statistic", None) if is_whole else None
    told = defined(Subject(subject))
    page = {
        "is_whole_chain": is_whole,
        "definition": definition,
        "name": name_of(definition),
        "note": note_of(definition),
        "group": group_label(definition.group),
        "words": definition_words(definition),
        "statistic": statistic,
        "fitted": fit_shown(definition),
        "coverage": _coverage(statistic),
        "chart": _chart(definition, statistic),
        "below": _named(told, sorted(_below(told, code))),
        "above": _named(told, [t.code for t in told.checked.tags if code in depends_on(t)]),
        "versions": definition.versions.select_related("made_by").order_by("-number"),
    }
    return render(request, "console/tag.html", page)


@require_POST
@requires(Capability.DEFINE_TAGS)
def switch(request: HttpRequest, subject: str, code: str) -> HttpResponse:
    definition = get_definition(subject, code)
    is_active = request.POST.get("is_active") == "1"
    set_active(signed_in(request), definition, is_active=is_active)
    on, off = _("Switched on: computed within minutes."), _("Switched off: no longer computed.")
    messages.success(request, on if is_active else off)
    return redirect("tag", subject, code)


@require_POST
@requires(Capability.DEFINE_TAGS)
def take_back(request: HttpRequest, subject: str, code: str) -> HttpResponse:
    number = request.POST.get("version", "")
    definition = get_definition(subject, code)
    saved = restore(signed_in(request), definition, int(number) if number.isdecimal() else 0)
    messages.success(request, _("Saved as version %(n)s.") % {"n": saved.version})
    return redirect("tag", subject, code)


def _line(definition: Definition, *, is_whole: bool) -> Line:
    statistic = getattr(definition, "statistic", None) if is_whole else None
    state = _("on") if definition.is_active else _("off")
    return Line(
        definition,
        name_of(definition),
        str(definition.get_kind_display()),
        group_label(definition.group),
        _coverage(statistic),
        statistic and statistic.took_ms,
        statistic and statistic.computed_at,
        _("failed") if statistic and statistic.error else state,
    )


def _coverage(statistic: Any) -> Fraction | None:
    if statistic is None or not statistic.total:
        return None
    return Fraction(statistic.known, statistic.total)


def _chart(definition: Definition, statistic: Any) -> charts.Chart | None:
    if statistic is None or not statistic.distribution:
        return None
    kind = Type(definition.type)
    said = definition.told.get("values", {})
    labels = [_label(value, kind, said) for value, _n in statistic.distribution]
    counts = [n for _value, n in statistic.distribution]
    title = str(Subject(definition.subject).label)
    series = charts.Series(title, counts)
    return charts.bars("distribution", _("How values are spread"), "count", labels, series)


def _label(value: Any, kind: Type, said: Any) -> str:
    """A value, or the beginning of a range of values."""
    language = "zh" if (get_language() or "zh").startswith("zh") else "en"
    text = said.get(str(value), {}).get(language, "") if isinstance(value, str) else ""
    shown = value_text(value, kind, text)
    return shown if kind in (Type.TEXT, Type.YES_NO) else f"≥ {shown}"


def _below(told: Any, code: str) -> set[str]:
    tag = told.columns.tags.get(code)
    return depends_on(tag) if tag else set()


def _named(told: Any, codes: Sequence[str]) -> list[tuple[str, str]]:
    """Names with the addresses of their pages."""
    return [
        (name_of(told.columns.tags[code]), reverse("tag", args=[told.subject.value, code]))
        for code in codes
    ]
