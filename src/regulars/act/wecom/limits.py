"""Our side of the limits on calls: 10 000 a minute and 150 000 an hour of one API.

A row a call, in whatever transaction makes it: a counter's row would keep every other caller of
the API waiting for that transaction's end.
"""

from regulars.act.wecom.errors import Later
from regulars.act.wecom.models import Call
from regulars.act.wecom.rules import CALLS_A_MINUTE, CALLS_AN_HOUR, HOUR, MINUTE
from regulars.ground.kit import clock


def spend(api: str) -> None:
    """Count a call that is about to be made. Raises Later where it would be one too many."""
    now = clock.now()
    for span, most in ((MINUTE, CALLS_A_MINUTE), (HOUR, CALLS_AN_HOUR)):
        made = Call.objects.filter(api=api, made_at__gt=now - span).order_by("-made_at")
        if (oldest := made.values_list("made_at", flat=True)[most - 1 : most].first()) is not None:
            raise Later(seconds=max(1, round((oldest + span - now).total_seconds())))
    Call.objects.create(api=api, made_at=now)


def forget_calls() -> int:
    return Call.objects.filter(made_at__lt=clock.now() - HOUR).delete()[0]
