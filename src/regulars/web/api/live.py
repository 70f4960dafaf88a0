"""Live numbers: the door to the stream."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from regulars.ground.accounts.access import Capability, scope_of
from regulars.understand.live.service import give_ticket
from regulars.web.api.answers import REFUSALS
from regulars.web.api.auth import may
from regulars.web.api.schemas import Refusal
from regulars.web.parts.live import to_stream

router = Router(tags=["Metrics"])


class StreamIn(Schema):
    org: list[str] = Field(
        default_factory=list,
        description="Ids of stores, branches, regions, up to 40; left out: the caller's own place.",
    )


@router.get("/stream", auth=may(Capability.SEE_METRICS), response={307: None, REFUSALS: Refusal})
def open_stream(request: HttpRequest, asked: Query[StreamIn]) -> HttpResponse:
    """Today's numbers of places as server-sent events.

    Answers 307 to this same address with a `ticket` that is valid for 30 seconds and opens the
    stream: `curl -LN` follows. The event `number` holds one place's `net_cents`, `tickets`,
    `buyers`, `month_net_cents`, what was expected by now and the forecasts, all `as_of` a moment:
    whenever one changes, and once a minute. The event `as_of` says every ten seconds that none
    did. A stream ends after a quarter of an hour and at the day's end: come back with
    `Last-Event-ID`.
    """
    return to_stream(give_ticket(scope_of(request.user), asked.org), request)
