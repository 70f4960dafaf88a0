"""What a worker does for tags."""

from regulars.ground.jobs.service import subscribe
from regulars.know.identities.service import FORGOTTEN, get_forgetting
from regulars.know.members.models import Member
from regulars.know.tags.manual import forget_by_hand


@subscribe(FORGOTTEN)
def forget_written(forgetting_id: int) -> None:
    member_id = get_forgetting(forgetting_id).member_id
    merged = Member.objects.filter(merged_into=member_id).values_list("pk", flat=True)
    forget_by_hand([member_id, *merged])
