"""Identities and links around what changed, in memory: loaded, settled by the rules, written back.

Strong identities are settled with all that hang together with them; weak ones by whom they follow,
kind by kind, since a device is settled before the cookies that follow it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from regulars.ground.kit import clock
from regulars.know.identities import store
from regulars.know.identities.hashes import sealed
from regulars.know.identities.models import Merge
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
    hint_of,
    is_shared,
)

WEAK = [kind for kind in KINDS if kind not in STRONG]
NULL = "\\N"
NEVER_SEEN = 2**62
"""Where a link stands on a record only."""


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


@dataclass
class Graph:
    """Add what is new (`add`, `link`), say what to look at again (`touch`), then `settle` and
    `save`."""

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
        if self._is_strong(pair[0]):
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
        pending = {each for each in self.touched if not self._is_strong(each)}
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

    def save(self) -> None:
        """Write what changed, and the log of who went where."""
        self._save_new()
        changed = [
            node
            for each in self.settled
            if (node := self.nodes[each]).was
            and node.was != (node.person, node.follows, node.is_shared)
        ]
        if changed:
            store.execute(
                "save_nodes",
                ids=[node.id for node in changed],
                persons=[node.person for node in changed],
                follows=[node.follows for node in changed],
                shared=[node.is_shared for node in changed],
            )
        altered = [
            (pair, seen) for pair, seen in self.links.items() if seen.is_changed and not seen.is_new
        ]
        if altered:
            store.execute(
                "save_links",
                followers=[pair[0] for pair, _seen in altered],
                followed=[pair[1] for pair, _seen in altered],
                first_us=[seen.first_us for _pair, seen in altered],
                on_record=[seen.is_on_record for _pair, seen in altered],
                held=[seen.is_held for _pair, seen in altered],
            )
        moves = [(n.id, n.was[0], n.person) for n in changed if n.was and n.was[0] != n.person]
        moves += [(person, person, person) for person in self._save_persons()]
        now = clock.now().isoformat()
        store.copy(
            "identities_move",
            store.MOVE_COLUMNS,
            (f"{one}\t{of}\t{to}\t{self.cause}\t{now}\tf" for one, of, to in moves),
        )

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
            if self.nodes[each].was and not self._is_strong(each)
        ]
        if weak:
            self.load(self._take_links(store.fetch("followed_by", ids=weak)))
            self._drop_loose_ends()

    def _strong_around(self, start: Collection[int]) -> set[int]:
        """The strong identities among `start` and all that hang together with them, over links that
        count or are held."""
        around: set[int] = set()
        frontier = {each for each in start if self._is_strong(each)}
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
                if self._is_strong(other)
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
            if self._is_strong(each):
                others = [*others, *(low for low in self.below[each] if self._is_strong(low))]
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
            chosen = first_choice(followed, self._is_strong, alone)
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

    # What is written.

    def _save_new(self) -> None:
        new = [self.nodes[each] for each in self.newcomers]
        firsts = store.moments([self.newcomers[node.id].first_us for node in new])
        lasts = store.moments([self.newcomers[node.id].last_us for node in new])
        store.copy(
            "identities_identity",
            store.IDENTITY_COLUMNS,
            (
                self._identity_line(node, first, last)
                for node, first, last in zip(new, firsts, lasts, strict=True)
            ),
        )
        links = [(pair, seen) for pair, seen in self.links.items() if seen.is_new]
        stamps = store.moments([seen.first_us or 0 for _pair, seen in links])
        store.copy(
            "identities_link",
            store.LINK_COLUMNS,
            (
                f"{pair[0]}\t{pair[1]}\t{stamp if seen.first_us is not None else NULL}"
                f"\t{_bool(seen.is_on_record)}"
                f"\t{_bool(self._is_strong(pair[0]))}\t{_bool(seen.is_held)}\tf"
                for (pair, seen), stamp in zip(links, stamps, strict=True)
            ),
        )

    def _identity_line(self, node: Node, first: str, last: str) -> str:
        newcomer = self.newcomers[node.id]
        seal = sealed(node.kind, newcomer.value)
        fields = (
            str(node.id), node.kind, f"\\\\x{node.hash.hex()}",
            _null(seal and f"\\\\x{seal.hex()}"),
            store.escaped(hint_of(node.kind, newcomer.value)), str(node.person),
            _null(node.follows), _null(node.member_id), store.escaped(newcomer.source), first, last,
            _bool(node.is_shared), "f", "f",
        )  # fmt: skip
        return "\t".join(fields)

    def _save_persons(self) -> list[int]:
        """Which persons are members; those of whom something changed."""
        strong = [self.nodes[each] for each in self.settled if self._is_strong(each)]
        persons = {
            node.id: node.member_id
            for node in strong
            if node.member_id is not None and node.person == node.id
        }
        affected = {node.was[0] for node in strong if node.was} | {
            node.person for node in strong if node.was
        }
        if not persons and not affected:
            return []
        told = {"persons": list(persons), "members": list(persons.values())}
        dropped = store.fetch("drop_persons", affected=list(affected), **told)
        saved = store.fetch("save_persons", **told)
        return sorted({row[0] for row in (*dropped, *saved)})

    def _is_strong(self, each: int) -> bool:
        return self.nodes[each].kind in STRONG

    def _place(self, each: int) -> tuple[bool, int, int]:
        kind = self.nodes[each].kind
        return kind not in STRONG, KINDS.index(kind), each


def _null(value: object) -> str:
    return NULL if value is None else str(value)


def _bool(value: bool) -> str:
    return "t" if value else "f"
