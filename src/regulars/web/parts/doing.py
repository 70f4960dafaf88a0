"""What pages of the desk and of the phone share when something is given to someone to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.ground.accounts.access import Scope, may_see_node, scope_of
from regulars.ground.accounts.models import User
from regulars.ground.kit.errors import NotAllowed, UserError
from regulars.ground.org.models import Node
from regulars.ground.org.service import find_node, get_node, get_place, list_stores
from regulars.understand.actions import service
from regulars.understand.actions.models import Action
from regulars.understand.diagnosis.models import Finding
from regulars.understand.diagnosis.service import DATES
from regulars.understand.metrics.service import WHOLE, factor_name, part_name
from regulars.web.parts.forms import DateField, Form
from regulars.web.parts.who import signed_in

CENTS = 100
MOST_PLACES = 6
MOST_STORES = 50
FIRST_FACTORS = {"cross_store": "buyers", "non_member": "tickets"}
IDEAS: dict[str, Promise] = {
    "members": gettext_lazy(
        "Ask everyone at the till to join; count who was asked and who joined."
    ),
    "buyers": gettext_lazy(
        "Call those who usually buy and have not this month, the most valuable first."
    ),
    "tickets": gettext_lazy("Agree on a next visit with every member who buys this week."),
    "lines": gettext_lazy("Recommend one thing that goes with every main purchase."),
    "units": gettext_lazy("Check the shelf for missing sizes, and offer a month's supply."),
    "net_cents": gettext_lazy(
        "Look through this week's discounts; stop those that sold nothing more."
    ),
    "": gettext_lazy("Find out what changed, and propose one step by tomorrow."),
}


@dataclass(frozen=True)
class Place:
    node: Node
    cents: int | None


class ActionForm(Form):
    what = forms.CharField(
        label=gettext_lazy("What is to be done"), widget=forms.Textarea(attrs={"rows": 3})
    )
    who = forms.ChoiceField(label=gettext_lazy("By whom"))
    due_on = DateField(label=gettext_lazy("Until"))
    expected = forms.DecimalField(
        label=gettext_lazy("Expected to bring"), required=False, max_digits=14, decimal_places=2
    )

    def __init__(self, people: Sequence[service.Person], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(person.key, _told(person)) for person in people]
        self.fields["who"].choices = choices  # type: ignore[attr-defined]


class WordForm(Form):
    text = forms.CharField(label=gettext_lazy("In a few words"), max_length=2_000)


def page_of_action(action: Action, scope: Scope, user: User) -> dict[str, Any]:
    """One action, what was said of it, and how the factor went since. What was given out from
    another stands beside nobody: the other one does."""
    return {
        "action": action,
        "comments": action.comments.select_related("made_by").order_by("pk"),
        "given_out": action.given_out.select_related("who", "staff").order_by("pk"),
        "may_report": service.may_report(user, scope, action),
        "course": service.get_course(action) if action.parent_id is None else None,
    }


def page_of_giving(request: HttpRequest) -> dict[str, Any]:
    """What the page needs on which something is given to someone: the finding it answers, the
    places it can be for, and the form as it stands."""
    scope = scope_of(request.user)
    finding = finding_asked(request, scope)
    node = place_asked(request, scope, finding)
    me = signed_in(request)
    people = sorted(service.list_people(node), key=lambda person: person.user == me)
    form = ActionForm(people, request.POST or None, initial=_proposed(finding, node))
    return {
        "finding": finding,
        "node": node,
        "places": places_of(scope, finding),
        "people": people,
        "form": form,
    }


def give_as_asked(request: HttpRequest, page: dict[str, Any]) -> Action | None:
    """The action of a form that was sent in; None, with what is wrong in the form."""
    form, finding, node = page["form"], page["finding"], page["node"]
    if not form.is_valid():
        return None
    wish = form.cleaned_data
    with form.explaining():
        person = service.find_person(node, wish["who"])
        return service.give_action(
            signed_in(request),
            scope_of(request.user),
            node=person.place,
            what=wish["what"],
            person=person,
            due_on=wish["due_on"],
            finding=finding,
            part=finding.part if finding else "",
            factor=finding.factor if finding else "",
            expected_cents=cents_of(wish["expected"]),
        )
    return None


def finding_asked(request: HttpRequest, scope: Scope) -> Finding | None:
    """Of `?finding=`. Raises NotFound."""
    asked = request.GET.get("finding", "")
    return service.get_finding(scope, int(asked)) if asked.isdecimal() else None


def place_asked(request: HttpRequest, scope: Scope, finding: Finding | None) -> Node:
    """Of `?org=`, else the finding's, else the scope's. Raises NotFound or NotAllowed."""
    code = request.GET.get("org", "")
    if not code:
        return finding.node if finding else get_place(scope.node_id)
    return place_of_code(scope, code)


def place_of_code(scope: Scope, code: str) -> Node:
    """Raises NotFound or NotAllowed."""
    node = get_node(code)
    if not may_see_node(scope, node.pk):
        raise NotAllowed(_("“%(name)s” lies outside what you may see.") % {"name": node.name})
    return node


def store_asked(request: HttpRequest, scope: Scope) -> Node | None:
    """The store of `?org=`, else the scope's own where that is one. Raises as `place_asked`;
    UserError for a place that is no store."""
    node = place_asked(request, scope, None)
    if node.kind == Node.Kind.STORE:
        return node
    if request.GET.get("org"):
        raise UserError(_("“%(name)s” is no store.") % {"name": node.name}, field="org")
    return None


def stores_to_choose(request: HttpRequest, scope: Scope) -> dict[str, Any]:
    """A page of stores to pick one from."""
    text = request.GET.get("q", "").strip()
    stores = [store.node for store in list_stores(scope.node_id, text)[:MOST_STORES]]
    return {"stores": stores, "q": text, "most": MOST_STORES}


def places_of(scope: Scope, finding: Finding | None) -> list[Place]:
    """Where something can be done about a finding: its own place, and the worst below it."""
    if finding is None:
        return []
    told = finding.told.get("worst_places", []) if isinstance(finding.told, dict) else []
    places = [Place(finding.node, finding.contribution_cents)]
    for each in told[: MOST_PLACES - 1]:
        node = find_node(str(each.get("code", "")))
        if node is not None and node.pk != finding.node_id and may_see_node(scope, node.pk):
            places.append(Place(node, each.get("cents")))
    return places


def about(part: str, factor: str) -> str:
    """What a finding or an action is about: “Active old members · Retention”."""
    if part in {"", WHOLE}:
        is_first = factor in {"members", "buyers"}
        return str(factor_name(WHOLE, factor, is_first=is_first)) if factor else _("Net sales")
    if not factor:
        return str(part_name(part))
    first = FIRST_FACTORS.get(part, "members")
    return f"{part_name(part)} · {factor_name(part, factor, is_first=factor == first)}"


def why_of(finding: Finding, name: str) -> str:
    """The page of why, `name` by its URL, asked about a kept finding's place and days."""
    is_known = finding.against in ("previous", "year", "target")
    first, _dots, last = finding.against.partition("..")
    address = {
        "org": finding.node.code,
        "from": finding.first_on.isoformat(),
        "to": finding.last_on.isoformat(),
    }
    beside = {"against": DATES, "compare_from": first, "compare_to": last}
    address |= {"against": finding.against} if is_known else beside
    return f"{reverse(name)}?{urlencode(address)}#finding-{finding.pk}"


def unit_of(part: str, factor: str) -> str:
    """In which unit a factor is shown."""
    if not factor:
        return "cents"
    if factor == FIRST_FACTORS.get(part, "members"):
        return "count"
    return {"buyers": "rate", "net_cents": "cents"}.get(factor, "ratio")


def cents_of(amount: Decimal | None) -> int | None:
    return None if amount is None else int(amount * CENTS)


def rate_kept(effect: dict[str, Any] | None, name: str) -> Fraction | None:
    """A rate of an action's kept effect."""
    value = (effect or {}).get(name)
    return None if value is None else Fraction(value)


def _proposed(finding: Finding | None, node: Node) -> dict[str, Any]:
    factor = finding.factor if finding else ""
    proposed: dict[str, Any] = {
        "what": IDEAS.get(factor, IDEAS[""]),
        "due_on": service.due_by_default(),
    }
    if finding and finding.contribution_cents < 0 and node.pk == finding.node_id:
        proposed["expected"] = Decimal(-finding.contribution_cents) / CENTS
    return proposed


def _told(person: service.Person) -> str:
    if person.has_account:
        return f"{person.name} · {person.what}"
    return _("%(name)s · %(what)s · no account") % {"name": person.name, "what": person.what}
