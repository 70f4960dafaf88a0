"""Live numbers: the door to the stream."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from regulars.ground.accounts.access import Capability, scope_of
from regulars.understand.live.service import give_ticket
from regulars.web.api.answers import answers
from regulars.web.api.auth import may
from regulars.web.parts.live import to_stream

router = Router(tags=["Metrics"])


class StreamIn(Schema):
    org: list[str] = Field(
        default_factory=list,
        description="Ids of stores, branches, regions, up to 40; left out: the caller's own place.",
    )


class ForecastOut(Schema):
    cents: int
    low_cents: int = Field(description="In four of five cases it ends between low and high.")
    high_cents: int


class NumberOut(Schema):
    """What the event `number` holds: one place's open day."""

    org: str
    business_on: date
    as_of: AwareDatetime = Field(description="Everything received before it is counted.")
    net_cents: int
    tickets: int
    buyers: int = Field(description="Members who bought; they do not add up over places.")
    month_net_cents: int = Field(description="From the month's first day to now.")
    target_cents: int | None
    month_target_cents: int | None
    expected_cents: int | None = Field(
        description="Where the day should be by now: what the days like it had sold by this hour, "
        "or the same share of the target. Null where fewer than four such days are known."
    )
    forecast: ForecastOut | None = Field(description="Of the day.")
    month_forecast: ForecastOut | None


@router.get("/stream", auth=may(Capability.SEE_METRICS), response=answers(NumberOut) | {307: None})
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
