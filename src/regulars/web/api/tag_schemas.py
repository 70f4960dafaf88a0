"""What the API says of tags and segments."""

from datetime import date

from ninja import Schema
from pydantic import Field

Value = bool | int | float | date | str | None


class TagValueOut(Schema):
    """A tag of a member. Money is in whole cents, a share stands from 0 to 1."""

    code: str
    name: str = Field(description="In the language asked for.")
    type: str
    group: str
    value: Value = Field(description="Null: unknown.")
    text: str | None = Field(description="What a coded text says, in the language asked for.")
    because: dict[str, Value] = Field(description="The values of the tags that it follows from.")


class PreviewIn(Schema):
    text: str = Field(max_length=10_000, description="A segment as text; see docs/guides/tags.md.")


class CountedOut(Schema):
    """A condition, how many meet it, and the conditions that it is made of."""

    text: str
    count: int
    parts: list["CountedOut"]


class PreviewOut(Schema):
    count: int
    total: int = Field(description="Members in the caller's sight.")
    root: CountedOut


class SegmentMemberOut(Schema):
    member_id: str
    name: str
    phone: str | None = Field(description="Masked.")
    home_store_id: str | None
