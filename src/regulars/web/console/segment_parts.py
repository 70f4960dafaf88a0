"""What a segment's page opens into: how it overlaps with others, how its members differ from the
rest, who entered and left by a change and why."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from regulars.ground.accounts.access import Capability, requires, scope_of
from regulars.know.members.models import Member
from regulars.know.members.service import masked_phone
from regulars.know.segments.models import Segment
from regulars.know.segments.service import (
    MOST_COMPARED,
    Moved,
    get_segment,
    is_of_new_text,
    list_combinations,
    list_moved,
    list_others,
    profile,
    version_of,
)
from regulars.web.console.segment_words import flip_words, told_profile
from regulars.web.console.segments import A_PAGE, after_of, members_of


@requires(Capability.SEE_TAGS)
def show_overlap(request: HttpRequest, code: str) -> HttpResponse:
    """Beside the others: those that are chosen, or else those that share most."""
    segment, scope = get_segment(code), scope_of(request.user)
    others = list_others(scope, segment)
    codes = request.GET.getlist("with")[: MOST_COMPARED - 1]
    chosen = [other.segment for other in others if other.segment.code in codes]
    if not chosen:
        chosen = [other.segment for other in others if other.shared][: MOST_COMPARED - 1]
    compared = [segment, *chosen]
    combinations = list_combinations(scope, compared)
    page = {
        "segment": segment,
        "others": others,
        "chosen": {each.code for each in chosen},
        "compared": compared,
        "combinations": combinations,
        "largest": max((each.count for each in combinations), default=0),
        "most": MOST_COMPARED - 1,
    }
    return render(request, "console/segments/overlap.html", page)


@requires(Capability.SEE_TAGS)
def show_profile(request: HttpRequest, code: str) -> HttpResponse:
    segment = get_segment(code)
    told = profile(scope_of(request.user), f'in segment "{segment.code}"', segment.text)
    return render(request, "console/segments/profile.html", told_profile(told))


@requires(Capability.SEE_MEMBERS)
def show_change(request: HttpRequest, code: str, change_id: UUID) -> HttpResponse:
    """Who entered, or left (`side=left`), by a change, and what flipped."""
    segment, scope = get_segment(code), scope_of(request.user)
    change = get_object_or_404(segment.changes, pk=change_id)
    is_entry = request.GET.get("side") != "left"
    moved = list_moved(scope, change, is_entry=is_entry, after=after_of(request), limit=A_PAGE + 1)
    shown = moved[:A_PAGE]
    members = members_of(scope, [each.member_id for each in shown]).in_bulk()
    page = {
        "segment": segment,
        "change": change,
        "is_entry": is_entry,
        "rows": [
            _row(each, members[each.member_id]) for each in shown if each.member_id in members
        ],
        "next": shown[-1].member_id if len(moved) > A_PAGE else None,
        "version": version_of(change),
        "is_first": not segment.changes.filter(told_at__lt=change.told_at).exists(),
        "is_of_new_text": is_of_new_text(change),
        "is_rule": segment.kind == Segment.Kind.RULE,
    }
    return render(request, "console/segment_change.html", page)


def _row(moved: Moved, member: Member) -> dict[str, Any]:
    return {
        "member": member,
        "url": reverse("member", args=[member.code]),
        "phone": masked_phone(member),
        "flips": flip_words(moved.flips),
    }
