"""What the API says and takes of leads."""

from datetime import date
from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import AwareDatetime, Field

from regulars.web.api.paging import Cursor

State = Literal["open", "taken", "done", "lapsed", "dropped", "to_do"]
Channel = Literal["call", "sms", "wecom", "store"]
Result = Literal[
    "bought", "booked", "later", "no_answer", "not_interested", "bought_elsewhere",
    "wrong_person", "complaint", "finished",
]  # fmt: skip
REQUEST = Field(None, description="Of your making: what is sent twice under it is done once.")


class LeadsIn(Cursor):
    store: str = Field("", description="Id of a store.")
    staff: str = Field("", description="Id of a member of staff.")
    is_free: bool = Field(False, description="Those alone that nobody has.")
    state: State | Literal[""] = Field("", description="`to_do`: open or taken.")
    source: str = ""
    play: str = Field("", description="Id of a play.")
    member: str = Field("", description="Id of a member.")
    is_late: bool = Field(False, description="To be done and past their day.")


class LeadOut(Schema):
    lead_id: int
    title: str
    reason: str
    talk: str
    content_url: str
    coupon: str
    goods: list[str] = Field(description="Product ids that suit her.")
    source: str
    play: str | None
    member_id: str | None
    member_name: str | None
    store_id: str
    staff_id: str | None = Field(description="Null: anybody of the store may take it.")
    state: Literal["open", "taken", "done", "lapsed", "dropped"]
    result: str = Field(description="Empty until it is closed.")
    note: str
    next_contact_on: date | None
    ticket_no: str = Field(description="The sale that closed it, where one did.")
    value_cents: int | None = Field(description="What it may bring; null where nobody knows.")
    due_on: date
    is_late: bool
    opened_at: AwareDatetime
    closed_at: AwareDatetime | None
    version: int = Field(description="Grows with every change; send it when you close.")
    channels: list[str] = Field(
        description="By which the member may be approached: what she allows and the caps leave."
    )


class ChangeOut(Schema):
    what: str
    by: str | None = Field(description="Null: the system itself.")
    at: AwareDatetime


class WholeLeadOut(LeadOut):
    changes: list[ChangeOut] = Field(description="The latest first.")


class TaskIn(Schema):
    store: str = Field(description="Id of a store.")
    title: str = Field(max_length=200)
    note: str = Field("", max_length=1_000)
    due_on: date | None = None
    member: str = Field("", description="Id of a member at home there, whom it is about.")
    staff: str = Field("", description="Id of who is to do it; left out: anybody of the store.")
    request_id: UUID | None = REQUEST


class RequestIn(Schema):
    request_id: UUID | None = REQUEST


class AssignIn(RequestIn):
    staff: str = Field(description="Id of someone who works at the lead's store today.")


class TouchIn(RequestIn):
    channel: Channel


class CloseIn(RequestIn):
    result: Result
    note: str = Field("", max_length=1_000)
    next_contact_on: date | None = Field(None, description="The lead comes again on this day.")
    version: int | None = Field(None, description="As you saw it: a later one is refused.")


class TeamIn(Schema):
    store: str = Field("", description="Id of a store; left out: the caller's own.")


class LoadOut(Schema):
    staff_id: str | None = Field(description="Null: what nobody has.")
    name: str | None
    is_on: bool = Field(description="On shift today.")
    room: int = Field(description="How many more leads fit today.")
    to_do: int
    taken: int
    late: int
    value_cents: int
    touched: int = Field(description="Today, as `done` and `bought`.")
    done: int
    bought: int


class TeamOut(Schema):
    store_id: str
    people: list[LoadOut]
    nobody: LoadOut
