"""What a graph is made of: identities, and links between them."""

from dataclasses import dataclass


@dataclass(slots=True)
class Node:
    """An identity; `was` is (person, follows, shared) as it is stored, None of a new one."""

    id: int
    kind: str
    hash: bytes
    person: int
    follows: int | None = None
    member_id: int | None = None
    is_shared: bool = False
    is_exempt: bool = False
    was: tuple[int, int | None, bool] | None = None


@dataclass(slots=True)
class Newcomer:
    """What a new identity has beside its place in the graph."""

    value: str
    source: str
    first_us: int
    last_us: int


@dataclass(slots=True)
class Seen:
    """A link: since when it was seen (None: never), and whether it is on record."""

    first_us: int | None
    is_on_record: bool = False
    is_held: bool = False
    is_new: bool = False
    is_changed: bool = False

    def meet(self, other: "Seen") -> None:
        """The same link is told of again."""
        earliest = min(
            (us for us in (self.first_us, other.first_us) if us is not None), default=None
        )
        on_record = self.is_on_record or other.is_on_record
        self.is_changed |= (earliest, on_record) != (self.first_us, self.is_on_record)
        self.first_us, self.is_on_record = earliest, on_record
