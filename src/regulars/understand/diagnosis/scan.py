"""The search for the few places and goods that explain what is unusual.

Every node of the organisation × every part (or category, with those above it, or all of them) ×
every factor is a hypothesis: "here the factor changed by one and the same share, elsewhere it did
not". Its evidence is the likelihood ratio `z² ÷ 2`, z the node's summed residual by its deviation
and by how far the same sum strayed in the months before, less the logarithm of how many such
hypotheses there are on its level. So a store that falls alone has more evidence than its branch,
and a branch that falls evenly more than any of its stores: the tree-based scan statistic
(Kulldorff, Fang & Walsh 2003, Biometrics 59:323). The strongest is taken as known, everything is
expected anew, and the search goes on: what stands above or below a cause, or leans the other way
because of it, is not found a second time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from regulars.understand.diagnosis.causes import THRESHOLD, Cause
from regulars.understand.diagnosis.cube import Cube
from regulars.understand.diagnosis.expectation import expect, families_of
from regulars.understand.diagnosis.places import Groups, KeySets, Places
from regulars.understand.diagnosis.search import Search
from regulars.understand.diagnosis.untangling import untangle
from regulars.understand.diagnosis.wholes import strongest_of, wholes_of

MOST = 12


def causes_of(cube: Cube, places: Places, groups: Groups, root: int) -> list[Cause]:
    """What is most unusual, the largest first by money; those raised come before all others.

    At least one is told where anything was counted, raised or not.
    """
    searches = list(_searches(cube, places, groups))
    if not searches:
        return []
    scan = _Scan(searches, groups, root)
    for _number in range(MOST):
        cause = scan.strongest()
        if cause.evidence < THRESHOLD:
            break
        scan.take_as_known(cause)
    scan.untangle()
    found = [*scan.taken(), scan.strongest()]
    raised = [cause for cause in found if cause.is_raised]
    others = [cause for cause in found if not cause.is_raised]
    raised.sort(key=lambda cause: -abs(cause.excess_cents))
    return raised + sorted(others, key=lambda cause: (cause.is_explained, -cause.evidence))


@dataclass
class _Scan:
    """All searches side by side, with what is known of the whole chain."""

    searches: Sequence[Search]
    groups: Groups
    root: int
    left: list[Cause] = field(init=False)
    """The strongest of each search."""
    of_the_whole: list[Cause] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.left = [search.strongest() for search in self.searches]

    def strongest(self) -> Cause:
        known = {cause.about for cause in self.of_the_whole}
        steady = [(search.told, search.effects) for search in self.searches]
        wholes = wholes_of(steady, self.groups.goods, self.root)
        whole = strongest_of([each for each in wholes if each.about not in known])
        every = [*self.left, whole] if whole else self.left
        return max(every, key=lambda cause: cause.evidence)

    def take_as_known(self, cause: Cause) -> None:
        if cause in self.left:
            number = self.left.index(cause)
            self.searches[number].take_as_known(cause)
            self.left[number] = self.searches[number].strongest()
        else:
            self.of_the_whole.append(cause)
            for search in self.searches:
                search.take_as_the_rule(cause)

    def untangle(self) -> None:
        for number, search in enumerate(self.searches):
            if untangle(search):
                self.left[number] = search.strongest()

    def taken(self) -> list[Cause]:
        of_places = (cause for search in self.searches for cause in search.taken)
        return [*self.of_the_whole, *of_places]


def _searches(cube: Cube, places: Places, groups: Groups) -> Iterator[Search]:
    for family in families_of(cube):
        if not family.counted.size:
            continue
        keys = range(len(family.keys))
        parts: KeySets = [*((None, (key,)) for key in keys), (None, tuple(keys))]
        sets = list(groups.goods.items()) if family.is_of_goods else parts
        yield Search(expect(family), places, sets)
