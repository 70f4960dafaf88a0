"""The tags of one member, product, store or colleague: as of a day, why one is what it is, and
those that are set by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.ground.accounts.access import Capability, check, requires, scope_of
from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotAllowed, NotFound, UserError
from regulars.know.language.types import Type
from regulars.know.members.service import get_member
from regulars.know.tags.definitions import Aggregate, Measure
from regulars.know.tags.facts import FACTS
from regulars.know.tags.service import (
    Point,
    Subject,
    Value,
    list_counted,
    list_months_of,
    list_values,
    list_values_on,
)
from regulars.web.console.catalog import visible_product
from regulars.web.console.org import visible_node
from regulars.web.console.staff import visible_staff
from regulars.web.console.tag_words import spec_words
from regulars.web.parts import charts
from regulars.web.parts.by_hand import set_as_asked
from regulars.web.parts.tag_values import UNITS, group_label, value_text
from regulars.web.parts.tags_of import may_see_tags, says_something, text_of

PAGES = {
    Subject.MEMBER: "member", Subject.PRODUCT: "product", Subject.STORE: "org_node",
    Subject.STAFF: "staff_member",
}  # fmt: skip


@dataclass(frozen=True)
class Owner:
    """Whoever carries tags, and where her page is."""

    subject: Subject
    pk: int
    code: str
    name: str

    @property
    def url(self) -> str:
        return reverse(PAGES[self.subject], args=[self.code])


@dataclass(frozen=True)
class Compared:
    """A tag then and today."""

    code: str
    name: str
    group: str
    then: str
    today: str


@requires(Capability.ENTER)
def show(request: HttpRequest, subject: str, code: str) -> HttpResponse:
    owner = visible_owner(request, subject, code)
    today = list_values(owner.subject, owner.pk)
    given, error = request.GET.get("on", ""), ""
    day, then = clock.today(), today
    if given:
        try:
            day = _day(given)
            then = list_values_on(owner.subject, owner.pk, day)
        except UserError as wrong:
            error = str(wrong)
    compared = _compared(then, today)
    page = {
        "owner": owner,
        "on": given,
        "day": day,
        "today": clock.today(),
        "error": error,
        "changed": [each for each in compared if each.then != each.today],
        "same": [each for each in compared if each.then == each.today],
    }
    return render(request, "console/tags/then.html", page)


@requires(Capability.ENTER)
def explain(request: HttpRequest, subject: str, code: str, tag: str) -> HttpResponse:
    owner = visible_owner(request, subject, code)
    value = next((v for v in list_values(owner.subject, owner.pk) if v.code == tag), None)
    if value is None:
        raise NotFound(_("There is no tag “%s”.") % tag)
    points = list_months_of(owner.subject, owner.pk, tag)
    page = {
        "owner": owner,
        "value": value,
        "text": text_of(value),
        "words": spec_words(owner.subject, value.tag.spec),
        "because": [(each.code, each.name, text_of(each)) for each in value.because],
        "chart": _chart(value, points),
        "points": [(point.day, text_of(Value(value.tag, point.value))) for point in points],
        "rows": _rows(owner, value),
    }
    return render(request, "console/tags/why.html", page)


@require_POST
@requires(Capability.SET_TAGS)
def set_by_hand(request: HttpRequest, subject: str, code: str) -> HttpResponse:
    owner = visible_owner(request, subject, code)
    set_as_asked(request, owner.subject, owner.pk)
    return redirect(f"{owner.url}#by-hand")


def visible_owner(request: HttpRequest, subject: str, code: str) -> Owner:
    """Raises NotFound and NotAllowed, as the owner's own page does."""
    if subject not in Subject.values:
        raise NotFound(_("“%s” carries no tags.") % subject)
    kind, scope = Subject(subject), scope_of(request.user)
    if not may_see_tags(scope, kind):
        raise NotAllowed(_("Your role does not allow this: %(what)s.") % {
            "what": Capability.SEE_TAGS.label
        })  # fmt: skip
    if kind == Subject.MEMBER:
        member = get_member(scope, code)
        return Owner(kind, member.pk, member.code, str(member))
    if kind == Subject.PRODUCT:
        check(request.user, Capability.SEE_CATALOG)
        product = visible_product(request, code)
        return Owner(kind, product.pk, product.code, product.name)
    if kind == Subject.STORE:
        node = visible_node(request, code)
        return Owner(kind, node.pk, node.code, node.name)
    staff = visible_staff(request, code)
    return Owner(kind, staff.pk, staff.code, staff.name)


def _day(given: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise UserError(_("“%s” is not a date.") % given, field="on") from None


def _compared(then: Sequence[Value], today: Sequence[Value]) -> list[Compared]:
    """What says something on one of the two days."""
    before = {value.code: value for value in then}
    return [
        Compared(
            now.code, now.name, group_label(now.tag.group),
            text_of(before[now.code]) if now.code in before else "", text_of(now),
        )
        for now in today
        if says_something(now) or (now.code in before and says_something(before[now.code]))
    ]  # fmt: skip


def _chart(value: Value, points: Sequence[Point]) -> charts.Chart | None:
    """The line of a number; other values stand in the table beside it."""
    if value.tag.type not in UNITS or len(points) <= 1:
        return None
    numbers = [None if p.value is None else Fraction(p.value) for p in points]
    labels = [point.day.isoformat() for point in points]
    series = charts.Series(value.name, numbers)
    return charts.lines("tag", _("At the ends of months"), UNITS[value.tag.type], labels, series)


def _rows(owner: Owner, value: Value) -> list[dict[str, Any]] | None:
    """The last rows that an aggregate counted, with its field as text; None for other tags."""
    spec = value.tag.spec
    if not isinstance(spec, Aggregate):
        return None
    fields = FACTS[spec.fact].fields
    kind = fields[spec.field].type if spec.field else Type.COUNT
    is_valued = bool(spec.field) and spec.measure != Measure.DAYS_SINCE
    return [
        {
            "day": row.day,
            "store": row.store or "",
            "text": value_text(row.value, kind) if is_valued else "",
        }
        for row in list_counted(owner.subject, owner.pk, spec)
    ]
