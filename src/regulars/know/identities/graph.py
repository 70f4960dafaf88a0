"""Identities and links around what changed, in memory: loaded, settled by the rules, written back.

Strong identities are settled with all that hang together with them; weak ones by whom they follow,
kind by kind, since a device is settled before the cookies that follow it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from regulars.know.identities import store
from regulars.know.identities.models import Merge
from regulars.know.identities.nodes import Newcomer, Node, Seen
from regulars.know.identities.rules import (
    BY_HAND,
    KINDS,
    ON_RECORD,
    SEEN,
    SEEN_WITH_AT_MOST,
    STRONG,
    Kind,
    Link,
    first_choice,
    grouped,
    is_shared,
)

WEAK = [kind for kind in KINDS if kind not in STRONG]
NEVER_SEEN = 2**62
"""Where a link stands on a record only."""


@dataclass
class Graph:
    """Add what is new (`add`, `link`), say what to look at again (`touch`), then `settle`; then
    `saving.save` it."""

    cause: str
    nodes: dict[int, Node] = field(default_factory=dict)
    newcomers: dict[int, Newcomer] = field(default_factory=dict)
    links: dict[tuple[int, int], Seen] = field(default_factory=dict)
    above: defaultdict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    below: defaultdict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    merges: dict[int, int] = field(default_factory=dict)
    touched: set[int] = field(default_factory=set)
    settled: set[int] = field(default_factory=set)

    def add(self, node: Node, newcomer: Newcomer) -> None:
        """A new identity."""
        self.nodes[node.id] = node
        self.newcomers[node.id] = newcomer
        self.touched.add(node.id)

    def link(self, one: int, other: int, seen: Seen) -> None:
        """Two identities belong together; both are in the graph. A link that is stored comes with
        all that is known of it."""
        pair = self.pair(one, other)
        known = self.links.get(pair)
        if known is None:
            self._put(pair, seen)
        else:
            known.meet(seen)
        self.touched.add(pair[0])
        if self.is_strong(pair[0]):
            self.touched.add(pair[1])

    def pair(self, one: int, other: int) -> tuple[int, int]:
        """The two in the order of a link: the follower, then the followed."""
        return (other, one) if self._place(one) < self._place(other) else (one, other)

    def load(self, ids: Iterable[int]) -> None:
        """Take identities in that are not there yet."""
        missing = [each for each in set(ids) if each not in self.nodes]
        if missing:
            self._take(store.fetch("nodes", ids=missing))

    def touch(self, ids: Iterable[int]) -> None:
        """Look again at whom these belong to."""
        ids = list(ids)
        self.load(ids)
        self.touched.update(ids)

    def settle(self) -> None:
        """Decide anew who is one person, as far as what was touched reaches."""
        self._load_links()
        strong = self._strong_around(self.touched)
        shared = self._found_shared(strong)
        self._group(strong)
        pending = {each for each in self.touched if not self.is_strong(each)}
        self._take_followers(strong, shared, pending)
        for kind in WEAK:
            now = [each for each in pending if self.nodes[each].kind == kind]
            if not now:
                continue
            shared = self._found_shared(now)
            for each in now:
                self._follow(each)
            self._take_followers(now, shared, pending)
        self.settled |= strong | pending

    # What is loaded.

    def _take(self, rows: Iterable[tuple]) -> list[int]:  # type: ignore[type-arg]
        taken = []
        for each, kind, hashed, person, follows, member_id, shared, exempt in rows:
            if each not in self.nodes:
                self.nodes[each] = Node(
                    each, kind, bytes(hashed), person, follows, member_id, shared, exempt,
                    (person, follows, shared),
                )  # fmt: skip
            taken.append(each)
        return taken

    def _take_links(self, rows: Iterable[tuple]) -> set[int]:  # type: ignore[type-arg]
        """Links as they are stored; what this pass knows better of them stays. Returns the ends
        that are not in the graph yet."""
        missing: set[int] = set()
        for follower, followed, first_us, on_record, held, _strong in rows:
            pair = (follower, followed)
            missing.update(each for each in pair if each not in self.nodes)
            if pair not in self.links:
                self._put(pair, Seen(first_us, on_record, held))
        return missing

    def _put(self, pair: tuple[int, int], seen: Seen) -> None:
        self.links[pair] = seen
        self.above[pair[0]].append(pair[1])
        self.below[pair[1]].append(pair[0])

    def _load_links(self, ids: Iterable[int] | None = None) -> None:
        """Whom weak identities were seen with."""
        weak = [
            each
            for each in (self.touched if ids is None else ids)
            if self.nodes[each].was and not self.is_strong(each)
        ]
        if weak:
            self.load(self._take_links(store.fetch("followed_by", ids=weak)))
            self._drop_loose_ends()

    def _strong_around(self, start: Collection[int]) -> set[int]:
        """The strong identities among `start` and all that hang together with them, over links that
        count or are held."""
        around: set[int] = set()
        frontier = {each for each in start if self.is_strong(each)}
        while frontier:
            around |= frontier
            stored = [each for each in frontier if self.nodes[each].was and self._leads_on(each)]
            if stored:
                self.load(self._take_links(store.fetch("strong_links", ids=stored)))
                self._load_merges(stored)
                self._drop_loose_ends()
            beside = {
                other
                for each in frontier
                if self._leads_on(each)
                for other in (*self.above[each], *self.below[each], *self._merged_with(each))
                if self.is_strong(other)
            }
            frontier = {each for each in beside - around if not self.nodes[each].is_shared}
        return around

    def _leads_on(self, each: int) -> bool:
        """What stands alone leads no further, unless that is new."""
        node = self.nodes[each]
        return not node.is_shared or (node.was is not None and not node.was[2])

    def _load_merges(self, ids: list[int]) -> None:
        members = [each for each in ids if self.nodes[each].kind == Kind.MEMBER]
        if not members:
            return
        active = Merge.objects.filter(undone_at=None)
        found = active.filter(kept_identity_id__in=members) | active.filter(
            gone_identity_id__in=members
        )
        for gone, kept in found.values_list("gone_identity_id", "kept_identity_id"):
            self.merges[gone] = kept
        self.load([each for pair in self.merges.items() for each in pair])

    def _merged_with(self, each: int) -> list[int]:
        kept = [self.merges[each]] if each in self.merges else []
        return kept + [gone for gone, into in self.merges.items() if into == each]

    def _drop_loose_ends(self) -> None:
        """Links to identities that were forgotten lead nowhere."""
        loose = [pair for pair in self.links if not all(each in self.nodes for each in pair)]
        for pair in loose:
            del self.links[pair]
            self.above[pair[0]].remove(pair[1])
            self.below[pair[1]].remove(pair[0])

    # What is decided.

    def _found_shared(self, ids: Iterable[int]) -> set[int]:
        """Those that stand with too many others from now on."""
        found = set()
        for each in ids:
            node = self.nodes[each]
            if node.is_shared or node.is_exempt:
                continue
            others = self.above[each]
            if self.is_strong(each):
                others = [*others, *(low for low in self.below[each] if self.is_strong(low))]
            if len(others) <= min(SEEN_WITH_AT_MOST.values()):
                continue
            if is_shared(node.kind, (self.nodes[other].kind for other in others)):
                node.is_shared = True
                found.add(each)
        return found

    def _group(self, strong: set[int]) -> None:
        pairs = [
            (each, other)
            for each in strong
            for other in self.above[each]
            if other in strong or self.nodes[other].is_shared
        ]
        links = [self._as_link(pair) for pair in pairs]
        links += [
            Link(gone, kept, BY_HAND, (0, b"", b""))
            for gone, kept in self.merges.items()
            if gone in strong and kept in strong
        ]
        alone = {each for pair in pairs for each in pair if self.nodes[each].is_shared}
        alone |= {each for each in strong if self.nodes[each].is_shared}
        groups = grouped({each: self.nodes[each].kind for each in strong}, links, alone)
        together = defaultdict(list)
        for each, group in groups.group_of.items():
            together[group].append(each)
        for each_group in together.values():
            person = self._stands_for(each_group)
            for each in each_group:
                self.nodes[each].person = person
        held = {(link.one, link.other) for link in groups.held}
        for pair in pairs:
            seen = self.links[pair]
            if seen.is_held != (pair in held):
                seen.is_held, seen.is_changed = pair in held, True

    def _stands_for(self, group: list[int]) -> int:
        """The member that was kept, else the oldest identity."""
        members = [each for each in group if self.nodes[each].kind == Kind.MEMBER]
        kept = [each for each in members if each not in self.merges]
        return min(kept or members or group)

    def _as_link(self, pair: tuple[int, int]) -> Link:
        seen = self.links[pair]
        hashes = sorted(self.nodes[each].hash for each in pair)
        since = NEVER_SEEN if seen.first_us is None else seen.first_us
        weight = ON_RECORD if seen.is_on_record else SEEN
        return Link(*pair, weight, (since, hashes[0], hashes[1]))

    def _follow(self, each: int) -> None:
        node = self.nodes[each]
        chosen = None
        if not node.is_shared:
            followed = {
                other: (self.links[each, other].first_us or 0, self.nodes[other].hash)
                for other in self.above[each]
            }
            alone = [other for other in followed if self.nodes[other].is_shared]
            chosen = first_choice(followed, self.is_strong, alone)
        node.follows = chosen
        node.person = each if chosen is None else self.nodes[chosen].person

    def _take_followers(self, settled: Iterable[int], shared: set[int], pending: set[int]) -> None:
        """Whoever follows one that belongs to another person now, or stands alone now."""
        moved = [
            each
            for each in settled
            if (node := self.nodes[each]).was and (node.was[0] != node.person or each in shared)
        ]
        released = [
            each
            for each in settled
            if (node := self.nodes[each]).was and node.was[2] and not node.is_shared
        ]
        followers = self._take(store.fetch("followers", ids=moved)) if moved else []
        if released:
            followers += self._take(store.fetch("would_follow", ids=released))
        self._load_links(followers)
        pending.update(followers)

    def is_strong(self, each: int) -> bool:
        return self.nodes[each].kind in STRONG

    def _place(self, each: int) -> tuple[bool, int, int]:
        kind = self.nodes[each].kind
        return kind not in STRONG, KINDS.index(kind), each
