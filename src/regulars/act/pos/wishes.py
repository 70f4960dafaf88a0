"""What a till sends, read strictly: whole cents, whole thousandths, nothing unknown."""

from datetime import datetime
from typing import Annotated, TypeVar
from uuid import UUID

import msgspec
from django.utils.translation import gettext as _
from msgspec import Meta

from regulars.act.pos.models import Sale
from regulars.ground.kit.errors import UserError

Cents = Annotated[int, Meta(ge=0, le=10**9)]
Milli = Annotated[int, Meta(gt=0, le=10**7)]
Code = Annotated[str, Meta(min_length=1, max_length=200)]
Short = Annotated[str, Meta(max_length=500)]


class WishedLine(msgspec.Struct, forbid_unknown_fields=True):
    """`quote`: the price as it was offered to the till, signed."""

    product: Code
    milli: Milli
    price_cents: Cents
    discount_cents: Cents = 0
    quote: Short = ""


class Wish(msgspec.Struct, forbid_unknown_fields=True):
    """One sale. `off_cents` is taken off the whole; `seller` says, signed, who sold it where."""

    sale_id: UUID
    lines: Annotated[list[WishedLine], Meta(min_length=1, max_length=200)]
    method: str
    given_cents: Cents
    seller: Short
    off_cents: Cents = 0
    member: Annotated[str, Meta(max_length=200)] = ""
    lead_id: int | None = None
    sold_at: datetime | None = None


class WishedReturn(msgspec.Struct, forbid_unknown_fields=True):
    """`milli` of lines of the original, by their place in it."""

    sale_id: UUID
    milli: dict[int, Milli]
    method: str


T = TypeVar("T")


def read(body: bytes, shape: type[T]) -> T:
    """Raises UserError that says where the body does not fit."""
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.DecodeError as broken:
        message = _("This is no ticket: %(reason)s.") % {"reason": broken}
        raise UserError(message, field="body") from broken


def method_of(text: str) -> Sale.Method:
    """Raises UserError for a way to pay that nobody keeps."""
    if text not in Sale.Method.values:
        message = _("“%(method)s” is no way to pay.") % {"method": text}
        raise UserError(message, field="method")
    return Sale.Method(text)
