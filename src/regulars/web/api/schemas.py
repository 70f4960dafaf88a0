"""What the API takes and gives, field by field.

Ids are the sender's own, as text. Money is in whole cents (分), `…_cents`; dates are business dates
(ISO); moments carry their offset. In what is sent, a field left out or null leaves what is there.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

from ninja import Schema
from pydantic import AwareDatetime, ConfigDict, Field, StringConstraints, field_validator
from pydantic_core import PydanticCustomError

Item = TypeVar("Item")
LARGEST_BATCH = 1_000
LARGEST_CENTS = 10**15

Id = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
Text = Annotated[str, StringConstraints(max_length=500)]
Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
Cents = Annotated[int, Field(ge=-LARGEST_CENTS, le=LARGEST_CENTS)]
Quantity = Annotated[Decimal, Field(max_digits=14, decimal_places=3)]


class Record(Schema):
    """One thing sent. Unknown fields are refused, so that a misspelt one cannot vanish; so is NUL,
    which PostgreSQL takes into no text."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*")
    @classmethod
    def _holds_no_nul(cls, value: Any) -> Any:
        if isinstance(value, str) and "\0" in value:
            raise PydanticCustomError("holds_nul", "must not hold a NUL character")
        return value


class Batch(Schema, Generic[Item]):
    records: list[Item] = Field(min_length=1, max_length=LARGEST_BATCH)


class Page(Schema, Generic[Item]):
    items: list[Item]
    next: str | None = Field(description="Send as `after` for the following page; null: the last.")


class StoreIn(Record):
    store_id: Id
    name: Text | None = Field(None, description="A new store without one is called by its id.")
    region_id: Id | None = None
    region: Text | None = Field(None, description="Name; made when new.")
    branch_id: Id | None = None
    branch: Text | None = Field(None, description="Name; made when new.")
    format: Text | None = None
    area_m2: Count | None = Field(None, description="Selling area, without the warehouse.")
    opened_on: date | None = None
    closed_on: date | None = Field(None, description="The first day it is closed.")


class StoreOut(Schema):
    store_id: str
    name: str
    region: str | None = Field(description="As of today.")
    branch: str | None = Field(description="As of today.")
    format: str
    area_m2: int | None
    opened_on: date | None
    closed_on: date | None


Position = Literal[
    "head_office", "region_head", "branch_head", "store_manager", "consultant", "cashier"
]


class StaffIn(Record):
    staff_id: Id
    name: Text | None = Field(None, description="Someone new without one is called by the id.")
    position: Position
    store_id: Id | None = None
    node_id: Id | None = Field(None, description="Instead of a store: a region's or branch's id.")
    phone: Text | None = None
    valid_from: date | None = None
    valid_to: date | None = Field(None, description="The first day without the position.")


class StaffOut(Schema):
    staff_id: str
    name: str
    phone: str | None = Field(description="Masked.")
    positions: list["PositionOut"] = Field(description="Those held today.")


class PositionOut(Schema):
    position: str
    node_id: str
    valid_from: date
    valid_to: date | None


class ProductIn(Record):
    product_id: Id
    name: Text | None = Field(None, description="A new product without one is called by its id.")
    category: Text = Field(description="Path of up to three levels, “A > B > C”; made when new.")
    brand: Text | None = None
    supplier: Text | None = None
    barcode: Text | None = None
    unit_rule: Literal["units", "one"] | None = Field(
        None, description="`one`: a line counts as one unit (weighed goods, fuel)."
    )
    replenish_days: Count | None = None
    pack_content: Count | None = None
    is_gift: bool | None = None
    list_cents: Cents | None = None
    cost_cents: Cents | None = None


class ProductOut(Schema):
    product_id: str
    name: str
    category: str
    brand: str | None
    supplier: str
    barcode: str
    unit_rule: str
    replenish_days: int | None
    pack_content: int | None
    is_gift: bool
    list_cents: int | None
    cost_cents: int | None = Field(description="Null for brand partners.")


class MemberIn(Record):
    member_id: Id
    joined_on: date | None = Field(None, description="Left out for a new member: today.")
    name: Text | None = None
    phone: Text | None = None
    gender: Literal["f", "m"] | None = None
    birthday: date | None = None
    join_store_id: Id | None = None
    join_channel: Text | None = None
    recruiter_id: Id | None = Field(None, description="A staff id.")
    home_store_id: Id | None = None
    level: Text | None = None
    household_id: Id | None = None
    consultant_id: Id | None = Field(None, description="A staff id: looks after her from today.")
    consent_sms: bool | None = None
    consent_call: bool | None = None
    consent_wecom: bool | None = None


class ChildOut(Schema):
    child_id: str
    birth_on: date | None
    due_on: date | None
    gender: str
    is_confirmed: bool


class MemberOut(Schema):
    member_id: str
    joined_on: date | None
    name: str
    phone: str | None = Field(description="Masked.")
    gender: str
    birthday: date | None
    join_store_id: str | None
    join_channel: str
    recruiter_id: str | None
    home_store_id: str | None
    level: str
    household_id: str
    consultant_id: str | None = Field(description="As of today.")
    consent_sms: bool | None = Field(description="Null: never asked.")
    consent_call: bool | None
    consent_wecom: bool | None
    children: list[ChildOut]


class LineIn(Record):
    product_id: Id
    quantity: Quantity = Field(description="Negative: a return.")
    net_cents: Cents = Field(description="What was paid for the line; negative: a return.")
    list_cents: Cents | None = None
    discount_chain_cents: Cents | None = None
    discount_brand_cents: Cents | None = None
    discount_supplier_cents: Cents | None = None
    points_cents: Cents | None = None
    stored_value_cents: Cents | None = None
    cost_cents: Cents | None = None


class OrderIn(Record):
    order_id: Id
    sold_at: AwareDatetime
    store_id: Id
    member_id: Id | None = None
    staff_id: Id | None = None
    channel: Id | None = Field(None, description="store, miniapp, delivery, live …")
    version: Count | None = Field(
        None, description="A higher version replaces the order; the same one changes nothing."
    )
    original_order_id: Id | None = Field(
        None, description="For returns: the order they go back to."
    )
    lines: list[LineIn] = Field(min_length=1, max_length=1_000)


class TicketOut(Schema):
    order_id: str
    sold_at: AwareDatetime
    business_on: date
    store_id: str
    member_id: str | None
    staff_id: str | None
    channel: str | None
    original_order_id: str | None
    units: int
    lines: int = Field(description="Distinct products.")
    net_cents: int


class Fault(Schema):
    column: str = Field(description="Empty: the record as a whole.")
    reason: str = Field(description="A stable code, such as unknown_store.")
    message: str = Field(description="The same as a sentence, in the caller's language.")
    value: str


class Result(Schema):
    index: int = Field(description="The record's place in what was sent, from 0.")
    id: str
    outcome: Literal["created", "updated", "unchanged", "accepted", "rejected"]
    faults: list[Fault] = Field([], description="Why, when rejected.")


class Upserted(Schema):
    results: list[Result] = Field(description="One for each record, in the order sent.")


class OrdersTaken(Upserted):
    batch_id: UUID | None = Field(
        description="Where the accepted records stand: GET /batches/{id}. Null: none was accepted."
    )


class BatchReject(Schema):
    line: int
    column: str
    reason: str
    message: str
    value: str


class BatchOut(Schema):
    id: UUID
    kind: str
    state: Literal["waiting", "loaded", "failed"]
    received_at: AwareDatetime
    loaded_at: AwareDatetime | None
    row_count: int
    reject_count: int
    error: str
    rejects: list[BatchReject] = Field(description="The first 1,000.")


class Error(Schema):
    code: Literal["wrong_input", "not_signed_in", "not_allowed", "not_found", "invalid", "fault"]
    message: str = Field(description="For people, in the language asked for.")
    field: str | None = Field(None, description="The parameter or field at fault.")
    at: tuple[int, int] | None = Field(
        None, description="From and up to which character of a text, where one is at fault."
    )
    faults: list["FieldFault"] = Field([], description="With `invalid`: all of them, up to 100.")


class FieldFault(Schema):
    record: int | None = Field(description="The record's place in the batch, from 0.")
    field: str
    message: str


class Refusal(Schema):
    error: Error
