"""What the search says of a place: of some parts or goods, one factor there is unusual."""

from dataclasses import dataclass

THRESHOLD = 5.0
"""Evidence from which a cause is raised, in nats beyond what so many hypotheses bring by chance."""


@dataclass(frozen=True)
class Cause:
    """`keys` are parts or categories of the family, `group` the category node or None for
    all of them. `z` is signed; `excess_cents` what the node has beyond what was expected of it."""

    node: int
    factor: str
    group: int | None
    keys: tuple[int, ...]
    is_of_goods: bool
    z: float
    evidence: float
    change: float
    excess_cents: float
    expected_count: float
    is_explained: bool = False
    """Whether a neighbour's closing or opening says enough."""

    @property
    def about(self) -> tuple[int, str, int | None, tuple[int, ...]]:
        return self.node, self.factor, self.group, self.keys

    @property
    def is_raised(self) -> bool:
        return self.evidence >= THRESHOLD and not self.is_explained
