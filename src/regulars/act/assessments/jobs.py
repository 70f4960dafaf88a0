"""What a worker does for assessments."""

from regulars.act.assessments.models import Answer
from regulars.ground.jobs.service import subscribe
from regulars.know.identities.service import FORGOTTEN, get_forgetting
from regulars.know.members.models import Member


@subscribe(FORGOTTEN)
def forget_answers(forgetting_id: int) -> None:
    """What a forgotten member answered goes with her."""
    member_id = get_forgetting(forgetting_id).member_id
    merged = Member.objects.filter(merged_into=member_id).values_list("pk", flat=True)
    Answer.objects.filter(member_id__in=[member_id, *merged]).delete()
