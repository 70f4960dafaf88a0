"""What tags say of a member, to be given to her."""

from collections.abc import Mapping, Sequence
from typing import Any

from regulars.know.members.models import Member
from regulars.know.tags.models import ManualValue
from regulars.know.tags.reading import list_values
from regulars.know.tags.subjects import Subject


def tags_given(member: Member) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """`tags`: those that have a value, in code, name and value; `tags_by_hand`: all that staff ever
    said, of the records merged into hers too, the first first."""
    columns = ("definition__code", "value", "set_at", "set_by__username")
    known = (each for each in list_values(Subject.MEMBER, member.pk) if each.value is not None)
    whole = [member.pk, *Member.objects.filter(merged_into=member).values_list("pk", flat=True)]
    said = ManualValue.objects.filter(
        definition__subject=Subject.MEMBER, owner_id__in=whole
    ).order_by("pk")
    return {
        "tags": [{"code": each.code, "name": each.name, "value": each.value} for each in known],
        "tags_by_hand": list(said.values(*columns)),
    }
