"""A member as a person: her identities, what she allows, merging records, giving and forgetting."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from regulars.ground.accounts.access import Capability, requires, scope_of
from regulars.ground.kit.errors import UserError
from regulars.know.identities import service
from regulars.know.identities.models import Merge
from regulars.know.members.models import Member
from regulars.know.members.service import get_member
from regulars.know.tags.service import tags_given
from regulars.web.parts.forms import Form, given
from regulars.web.parts.who import signed_in

MOST_IDENTITIES = 12
MOST_TOLD = 8


class ConsentForm(Form):
    purpose = forms.ChoiceField(label=gettext_lazy("What for"), choices=service.Purpose.choices)
    channel = forms.ChoiceField(label=gettext_lazy("By"), choices=service.Channel.choices)
    answer = forms.ChoiceField(
        label=gettext_lazy("She said"),
        choices=[("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))],
    )
    source = forms.CharField(
        label=gettext_lazy("Where she said so"),
        max_length=100,
        initial=gettext_lazy("in the store"),
    )


def about_person(member: Member) -> dict[str, Any]:
    """What the member page shows of the person behind the record."""
    identities = service.list_identities(member)
    merges = list(service.list_merges(member))
    codes = dict(
        Member.objects.filter(pk__in=[each.gone_member_id for each in merges]).values_list(
            "pk", "code"
        )
    )
    return {
        "identities": identities[:MOST_IDENTITIES],
        "identity_count": identities.count(),
        "merges": [(merge, codes[merge.gone_member_id]) for merge in merges],
        "standing": {
            service.Purpose(purpose).label: row
            for purpose, row in service.list_standing(member).items()
        },
        "told": service.list_told(member)[:MOST_TOLD],
        "consent_form": ConsentForm(),
    }


@requires(Capability.MANAGE_PERSONS)
def merge(request: HttpRequest, code: str) -> HttpResponse:
    """Which other record is hers too, what a merge would do, and the merge once confirmed."""
    kept = get_member(scope_of(request.user), code)
    told = request.POST if request.method == "POST" else request.GET
    other = told.get("other", "").strip()
    page: dict[str, Any] = {"member": kept, "other": other, "plan": None, "error": ""}
    if other:
        try:
            gone = get_member(scope_of(request.user), other)
            page["plan"] = service.plan_merge(kept, gone)
            if request.method == "POST":
                service.merge_members(signed_in(request), kept, gone, told.get("reason", ""))
                messages.success(request, _("Merged. It can be taken back on this page."))
                return redirect("member", kept.code)
        except UserError as error:
            page["error"] = str(error)
    return render(request, "console/member_merge.html", page)


@require_POST
@requires(Capability.MANAGE_PERSONS)
def unmerge(request: HttpRequest, code: str, merge_id: int) -> HttpResponse:
    member = get_member(scope_of(request.user), code)
    found = get_object_or_404(service.list_merges(member), pk=merge_id)
    service.unmerge_members(signed_in(request), found)
    messages.success(request, _("Taken apart: both are as they were."))
    return redirect("member", Member.objects.get(pk=_kept(found)).code)


@require_POST
@requires(Capability.EDIT_MEMBERS)
def tell_consent(request: HttpRequest, code: str) -> HttpResponse:
    member = get_member(scope_of(request.user), code)
    told = given(ConsentForm(request.POST))
    service.tell_consent(
        signed_in(request),
        member,
        told["purpose"],
        told["channel"],
        is_given=told["answer"] == "yes",
        source=told["source"],
    )
    messages.success(request, _("Taken down."))
    return redirect("member", member.code)


@require_POST
@requires(Capability.MANAGE_PERSONS)
def give_data(request: HttpRequest, code: str) -> HttpResponse:
    """All that is known of her, as a file; the audit log has it before the reader does."""
    member = get_member(scope_of(request.user), code)
    packed = service.give_data(signed_in(request), member, tags_given(member))
    answer = HttpResponse(packed, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="member-{member.pk}.zip"'
    return answer


@requires(Capability.MANAGE_PERSONS)
def forget(request: HttpRequest, code: str) -> HttpResponse:
    """What goes and what stays; done when her number is written out."""
    member = get_member(scope_of(request.user), code)
    page: dict[str, Any] = {"member": member, "error": "", **about_person(member)}
    if request.method == "POST":
        if request.POST.get("written", "").strip() == member.code:
            service.forget_member(signed_in(request), member, request.POST.get("reason", ""))
            messages.success(request, _("Forgotten. What she bought still counts."))
            return redirect("members")
        page["error"] = _("Write the member's number as it stands above.")
    return render(request, "console/member_forget.html", page)


def _kept(merge: Merge) -> int:
    """Whose page shows the record that was merged into."""
    kept = Member.objects.get(pk=merge.kept_member_id)
    return kept.merged_into_id or kept.pk
