"""Today's leads for one thumb: whom to serve, why, with what; and what came of it."""

import json
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.act.tasks import service
from regulars.act.tasks.models import Lead
from regulars.act.tasks.standing import standing_of
from regulars.ground.accounts.access import Capability, Scope, requires, scope_of
from regulars.know.orders.service import list_goods_here
from regulars.web.parts.leads import cards_of, ended_because, evidence_of, facts_of
from regulars.web.parts.live import live_numbers
from regulars.web.parts.wecom import speaks_wecom
from regulars.web.parts.who import signed_in
from regulars.web.phone.drawn_cards import drawn
from regulars.web.phone.offline import kept
from regulars.web.phone.same_again import same_again

MOST_LEADS, MOST_DONE = 30, 10
FOR_TASKS = (Lead.Result.FINISHED,)
FOR_MEMBERS = tuple(each for each in Lead.Result if each not in FOR_TASKS)


@requires(Capability.SEE_LEADS)
@speaks_wecom
def show_all(request: HttpRequest) -> HttpResponse:
    """The own leads and those that anybody of the store may take, the most valuable first; `who`
    "all": everybody's of the places in sight."""
    scope = scope_of(request.user)
    return same_again(request, standing_of(scope), lambda: _drawn(request, scope))


def _drawn(request: HttpRequest, scope: Scope) -> HttpResponse:
    user = signed_in(request)
    to_do = service.list_leads(scope, state="to_do")
    is_all = request.GET.get("who") == "all" or user.staff_id is None
    if not is_all:
        to_do = to_do.filter(Q(staff_id=user.staff_id) | Q(staff=None))
    leads = list(to_do.values_list("pk", flat=True)[: MOST_LEADS + 1])
    page = {
        "cards": drawn(request, scope, cards_of(request, leads[:MOST_LEADS])),
        "is_cut": len(leads) > MOST_LEADS,
        "most": MOST_LEADS,
        "is_all": is_all,
        "address": request.get_full_path(),
        **live_numbers(scope),
        **sheets(),
    }
    response = render(request, "phone/leads.html", page)
    return response if request.GET else kept(response)


@requires(Capability.SEE_LEADS)
@speaks_wecom
def show(request: HttpRequest, lead_id: int) -> HttpResponse:
    """Why, what to say, what stands here that suits her; what was done before."""
    scope = scope_of(request.user)
    lead = service.get_lead(scope, lead_id)
    (card,) = cards_of(request, [lead.pk])
    page = {
        "lead": lead,
        "card": card,
        "facts": facts_of(lead),
        "evidence": evidence_of(lead),
        "ended_because": ended_because(lead),
        "goods": list_goods_here(lead.store_id, lead.goods) if lead.goods else [],
        "changes": lead.changes.select_related("made_by").order_by("-pk")[:MOST_DONE],
        "address": request.get_full_path(),
        **sheets(),
    }
    return render(request, "phone/lead.html", page)


def sheets() -> dict[str, Any]:
    """What the sheets and scripts of leads say."""
    words = {
        "copied": _("Copied."),
        "waits": _("waits for the network"),
        "conflict": _("not kept: see above"),
        "needs_network": _("Calling needs a network: try again in a moment."),
    }
    return {
        "words": json.dumps(words, ensure_ascii=False),
        "results": [(each.value, each.label) for each in FOR_MEMBERS],
        "stream": reverse("live_leads"),
    }


def back_to(request: HttpRequest, lead_id: int) -> HttpResponse:
    """To the page that was left."""
    if request.POST.get("from") == "lead":
        return redirect("phone_lead", lead_id)
    return redirect(reverse("phone_leads"))
