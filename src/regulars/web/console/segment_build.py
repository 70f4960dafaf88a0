"""The builder of segments: every change of the form comes here and goes back with new counts."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from regulars.ground.accounts.access import Capability, requires, scope_of
from regulars.ground.kit.errors import UserError
from regulars.ground.org.models import Node as Place
from regulars.know.language.errors import TextError
from regulars.know.segments.models import Segment
from regulars.know.segments.service import (
    Counted,
    Preview,
    get_segment,
    preview,
    profile,
    refresh,
    save_rule,
)
from regulars.know.tags.service import Defined, Subject, defined, language_of_names, name_of
from regulars.web.console.segment_draft import (
    draft_from,
    draft_of,
    path_of,
    text_of,
    with_part,
    without,
)
from regulars.web.console.segment_lines import TIMES, Line, LineFault, signs_of
from regulars.web.console.segment_words import told_profile
from regulars.web.parts.marked import Marked, marked
from regulars.web.parts.tag_values import group_label
from regulars.web.parts.who import signed_in

ONCE = {"action": "bought", "days": "90", "times": "1"}
NEW = {
    "tag": Line("tag"),
    "did": Line("did", ONCE),
    "then": Line("then", {"action": "bought", "action_then": "bought", "within": "30"}),
    "segment": Line("segment"),
    "place": Line("place"),
    "sample": Line("sample", {"percent": "10"}),
    "text": Line("text"),
    "group": Line("any", parts=(Line("tag"), Line("tag"))),
}
ACTIONS = {
    "bought": gettext_lazy("bought goods"),
    "ordered": gettext_lazy("placed an order"),
    "visited": gettext_lazy("visited page or app"),
    "did": gettext_lazy("did something online"),
    "used": gettext_lazy("used a coupon"),
}
MOST_PLACES = 500


@dataclass(frozen=True)
class Desk:
    """What the builder works with: the tags with their names, and what was counted of the text."""

    told: Defined
    labels: Mapping[str, str]
    counts: Mapping[str, int]
    left: Mapping[tuple[str, str], int]
    total: int


@requires(Capability.DEFINE_TAGS)
def build(request: HttpRequest, code: str = "") -> HttpResponse:
    segment = get_segment(code) if code else None
    told = defined(Subject.MEMBER)
    if request.method != "POST":
        text = segment.text if segment else request.GET.get("text", "")
        try:
            return _built(request, segment, draft_of(text, told.checked.types))
        except TextError as fault:
            return _built(request, segment, draft_of("", {}), marked(fault, text))
    draft = draft_from(request.POST, _codes(told))
    if "save" in request.POST:
        return _saved(request, segment, draft)
    try:
        return _built(request, segment, _changed(draft, request.POST, told))
    except TextError as fault:
        written = request.POST.get("written", "")
        return _built(request, segment, draft, marked(fault, written))


@require_POST
@requires(Capability.SEE_TAGS)
def show_profile(request: HttpRequest) -> HttpResponse:
    """Who meets the text that is being built, against all others."""
    told = defined(Subject.MEMBER)
    page: dict[str, Any] = {}
    try:
        text = text_of(draft_from(request.POST, _codes(told)), told.checked.types)
        if text:
            page = told_profile(profile(scope_of(request.user), text))
    except TextError as fault:
        page = {"error": str(fault)}
    return render(request, "console/segments/profile.html", page)


def _changed(draft: Line, given: QueryDict, told: Defined) -> Line:
    """The draft after the button that was pressed: `add`, `remove` or `write`."""
    what, _mark, place = given.get("do", "").partition("@")
    path = path_of(place)
    if path is None:
        return draft
    if what == "remove":
        return without(draft, path)
    if what == "write":
        return draft_of(given.get("written", ""), told.checked.types)
    return with_part(draft, path, NEW[what]) if what in NEW else draft


def _saved(request: HttpRequest, segment: Segment | None, draft: Line) -> HttpResponse:
    code = segment.code if segment else request.POST.get("code", "").strip()
    name, text = request.POST.get("name", ""), ""
    try:
        text = text_of(draft, defined(Subject.MEMBER).checked.types)
        note = segment.note if segment else ""
        saved = save_rule(signed_in(request), code, name, text, note, is_new=segment is None)
    except LineFault as fault:
        return _built(request, segment, draft, marked(fault, fault.said))
    except TextError as fault:
        return _built(request, segment, draft, marked(fault, text))
    except UserError as error:
        return _built(request, segment, draft, Marked(str(error), "", "", ""))
    transaction.on_commit(partial(refresh, saved), robust=True)
    messages.success(request, _("Saved as version %(n)s.") % {"n": saved.version})
    return redirect("segment", saved.code)


def _built(
    request: HttpRequest, segment: Segment | None, draft: Line, wrong: Marked | None = None
) -> HttpResponse:
    told = defined(Subject.MEMBER)
    text, counted = "", None
    try:
        text = text_of(draft, told.checked.types)
        counted = preview(scope_of(request.user), text, is_stepwise=True) if text else None
    except LineFault as fault:
        wrong = wrong or marked(fault, fault.said)
    except TextError as fault:
        wrong = wrong or marked(fault, text)
    labels = _labels(told)
    page = {
        "segment": segment,
        "code": request.POST.get("code", segment.code if segment else ""),
        "name": request.POST.get("name", segment.name if segment else ""),
        "root": _drawn(draft, "", "", _desk(told, labels, counted)),
        "text": text,
        "counted": counted,
        "marked": wrong,
        "tags": [(labels[tag.code], group_label(tag.group)) for tag in told.checked.tags],
        "actions": ACTIONS.items(),
        "times": TIMES.items(),
        "segments": Segment.objects.exclude(code=segment.code if segment else "").order_by("name"),
        "places": Place.objects.exclude(kind=Place.Kind.HEAD_OFFICE).order_by("kind", "name")[
            :MOST_PLACES
        ],
    }
    is_part = request.headers.get("HX-Request") and request.method == "POST"
    template = "console/segments/builder.html" if is_part else "console/segment_build.html"
    return render(request, template, page)


def _desk(told: Defined, labels: Mapping[str, str], counted: Preview | None) -> Desk:
    if counted is None:
        return Desk(told, labels, {}, {}, 0)
    nodes = list(_within(counted.root))
    counts = {node.text: node.count for node in nodes}
    left = {
        (node.text, part.text): part.left
        for node in nodes
        for part in node.parts
        if part.left is not None
    }
    return Desk(told, labels, counts, left, counted.total)


def _drawn(line: Line, place: str, group: str, desk: Desk) -> dict[str, Any]:
    """A line as the page draws it, with its own count where it has one, and how many remain of its
    group after it."""
    types, code = desk.told.checked.types, line.said.get("tag", "")
    try:
        text = text_of(line, types)
    except TextError:
        text = ""
    tag = desk.told.columns.tags.get(code)
    parts = [
        _drawn(part, f"{place}.{n}" if place else str(n), text, desk)
        for n, part in enumerate(line.parts)
    ]
    return {
        "line": line,
        "place": place,
        "parts": parts,
        "count": desk.counts.get(text),
        "left": desk.left.get((group, text)),
        "total": desk.total,
        "tag_label": desk.labels.get(code, code),
        "signs": signs_of(types.get(code)),
        "type": types.get(code),
        "choices": [
            (value, names.get(language_of_names(), value)) for value, names in tag.values.items()
        ]
        if tag
        else [],
    }


def _within(counted: Counted) -> list[Counted]:
    return [counted, *(node for part in counted.parts for node in _within(part))]


def _labels(told: Defined) -> dict[str, str]:
    """The tags by code, each with a name that no other has."""
    names = {tag.code: name_of(tag) for tag in told.checked.tags}
    seen = Counter(names.values())
    return {code: name if seen[name] == 1 else f"{name} ({code})" for code, name in names.items()}


def _codes(told: Defined) -> dict[str, str]:
    return {label: code for code, label in _labels(told).items()}
