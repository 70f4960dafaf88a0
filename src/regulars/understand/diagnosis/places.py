"""Places and goods as the search sees them: rows of stores, sets of categories."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy  # and not its parts: they load when first used, and take long

from regulars.understand.diagnosis.cube import Bools

KeySets = Sequence[tuple[int | None, tuple[int, ...]]]
"""Sets of keys that may have changed together, each with its category where it has one."""
Shaken = Mapping[int, frozenset[int]]
"""Nodes beside which a store closed (1: its customers come here), opened (-1), or both, lately."""


@dataclass(frozen=True)
class Places:
    """Nodes with the stores below each: `inside[node, store]`. A node with the same stores as one
    below it stands for nothing of its own and is left out. `level` groups nodes of a kind."""

    nodes: tuple[int, ...]
    level: tuple[str, ...]
    inside: "scipy.sparse.csr_matrix"
    shaken: Shaken = field(default_factory=dict)

    def beside(self, sign: int) -> Bools:
        """By store: whether one closed (1) or opened (-1) beside it lately."""
        stirred = [sign in self.shaken.get(node, ()) for node in self.nodes]
        alone = self.inside.sum(1).A1 == 1
        return np.asarray(self.inside[np.array(stirred) & alone].sum(0).A1 > 0)


@dataclass(frozen=True)
class Groups:
    """Categories of the tree above those counted: `goods[category] = indexes of the counted`."""

    goods: Mapping[int | None, tuple[int, ...]]
