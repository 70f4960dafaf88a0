"""Whom the sightings of a pass belong to."""

import gc
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from django.db import transaction

from regulars.know.identities import store
from regulars.know.identities.graph import Graph
from regulars.know.identities.hashes import hash_of
from regulars.know.identities.models import Move
from regulars.know.identities.nodes import Newcomer, Node, Seen
from regulars.know.identities.rules import SEEN_WITH_AT_MOST, Kind
from regulars.know.identities.saving import save
from regulars.know.identities.sightings import Numbers, read
from regulars.know.identities.sightings import Seen as SeenInPass

NEW, NEVER = 0, -1
RESOLVED = pa.schema(
    [("event_no", pa.int64()), ("person_id", pa.int64()), ("identity_id", pa.int64())]
)
NAMED_ON_RECORD = frozenset({Kind.MEMBER.value, Kind.CARD.value, Kind.PHONE.value})
MOST_ON_RECORD = SEEN_WITH_AT_MOST[Kind.PHONE] + 1
LATELY_US = 86_400_000_000
"""`last_seen_at` is right to a day: writing every identity in every pass would be most of the
work."""
RECORD = "members"
"""The source of what is known from a member's record."""


def resolve(sightings: pa.Table) -> pa.Table:
    """Rows (event_no, kind, value, is_login, seen_at, source) → (event_no, person_id,
    identity_id), a row for each event with anything that identifies somebody.

    `identity_id` is the identity an event is told by, which never changes; its person may. Writes
    in the caller's transaction; the same sightings again change nothing.
    """
    seen = read(sightings)
    if not len(seen.events):
        return RESOLVED.empty_table()
    with transaction.atomic(), _without_collecting():
        store.lock()
        ids, persons = _met(seen)
    return pa.table(
        {
            "event_no": pa.array(seen.events),
            "person_id": pa.array(persons[seen.telling]),
            "identity_id": pa.array(ids[seen.telling]),
        },
        RESOLVED,
    )


@contextmanager
def _without_collecting() -> Iterator[None]:
    """A pass makes half a million small objects and keeps them to its end: looking through them
    again and again for rubbish took a quarter of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _met(seen: SeenInPass) -> tuple[Numbers, Numbers]:
    """The ids of what was seen, and their persons after all that is new was taken in."""
    known = store.look_up(seen.kinds, seen.hashes)
    many = len(seen.kinds)
    ids, persons = np.full(many, NEW), np.full(many, NEW)
    place = known["no"]
    ids[place], persons[place] = known["id"], known["person_id"]
    _save_times(seen, known)

    new = np.flatnonzero(ids == NEW)
    ids[new] = store.new_ids(len(new))
    links = _new_links(seen, ids, new)
    if not len(new) and not links:
        return ids, persons

    graph = Graph(Move.Cause.SEEN)
    for each in new.tolist():
        one = int(ids[each])
        graph.add(
            Node(one, seen.kinds[each], seen.hashes[each], one),
            Newcomer(
                seen.values[each],
                seen.sources[each],
                int(seen.first_us[each]),
                int(seen.last_us[each]),
            ),
        )
    graph.load(each for pair, _seen in links for each in pair)
    for pair, link in links:
        graph.link(*pair, link)
    name_on_record(graph, [int(ids[each]) for each in new.tolist()])
    graph.settle()
    save(graph)
    for each, one in enumerate(ids.tolist()):
        if one in graph.nodes:
            persons[each] = graph.nodes[one].person
    return ids, persons


def _save_times(seen: SeenInPass, known: store.Columns) -> None:
    first, last = seen.first_us[known["no"]], seen.last_us[known["no"]]
    is_news = (first < known["first_us"]) | (last > known["last_us"] + LATELY_US)
    if is_news.any():
        store.execute(
            "save_times",
            ids=known["id"][is_news].tolist(),
            first_us=first[is_news].tolist(),
            last_us=last[is_news].tolist(),
        )


def _new_links(seen: SeenInPass, ids: Numbers, new: Numbers) -> list[tuple[tuple[int, int], Seen]]:
    """Pairs that were not known, or are seen earlier than was known."""
    is_new = np.zeros(len(ids), dtype=bool)
    is_new[new] = True
    kinds = np.array(seen.kinds)
    follower, followed = ids[seen.followers], ids[seen.followed]
    # Of one kind the younger follows the elder, whatever their order on the event.
    is_turned = (kinds[seen.followers] == kinds[seen.followed]) & (follower < followed)
    follower, followed = (
        np.where(is_turned, followed, follower),
        np.where(is_turned, follower, followed),
    )
    maybe_known = np.flatnonzero(~is_new[seen.followers] & ~is_new[seen.followed])
    state: dict[int, Seen | None] = {}
    if len(maybe_known):
        known = store.look_up_links(follower[maybe_known].tolist(), followed[maybe_known].tolist())
        rows = maybe_known[known["no"]]
        us = known["first_us"]
        is_earlier = (us == NEVER) | (seen.linked_us[rows] < us)
        state.update(dict.fromkeys(rows[~is_earlier].tolist()))
        for place in np.flatnonzero(is_earlier).tolist():
            stored = Seen(
                None if us[place] == NEVER else int(us[place]),
                bool(known["is_on_record"][place]),
                bool(known["is_held"][place]),
            )
            stored.meet(Seen(int(seen.linked_us[rows[place]])))
            state[int(rows[place])] = stored
    links = []
    pairs = zip(follower.tolist(), followed.tolist(), seen.linked_us.tolist(), strict=True)
    for row, (one, other, us_seen) in enumerate(pairs):
        link = state[row] if row in state else Seen(us_seen, is_new=True)
        if link is not None:
            links.append(((one, other), link))
    return links


@dataclass(frozen=True)
class _OnRecord:
    member_id: int
    code: str
    joined_us: int


def name_on_record(graph: Graph, ids: list[int]) -> None:
    """Say of new identities which members they are, by the members' records. A phone that several
    members have says nothing; one that many have is shared."""
    asked = [each for each in ids if graph.nodes[each].kind in NAMED_ON_RECORD]
    if not asked:
        return
    rows = store.members_of(
        [graph.nodes[each].kind for each in asked],
        [graph.nodes[each].hash for each in asked],
        [graph.newcomers[each].value for each in asked],
        MOST_ON_RECORD,
    )
    found: defaultdict[int, list[_OnRecord]] = defaultdict(list)
    for row in rows.to_pylist():
        told = _OnRecord(row["member_id"], row["code"], row["joined_us"])
        found[asked[row["no"]]].append(told)
    links = []
    for each, members in found.items():
        node = graph.nodes[each]
        if node.kind == Kind.MEMBER:
            node.member_id = members[0].member_id
        elif len(members) == 1:
            links.append((each, members[0]))
        elif len(members) >= MOST_ON_RECORD:
            node.is_shared = True
    identities = identities_of_members(graph, [member for _each, member in links])
    for each, member in links:
        graph.link(each, identities[member.member_id], Seen(None, is_on_record=True, is_new=True))


def identities_of_members(graph: Graph, members: list[_OnRecord]) -> dict[int, int]:
    """{member id: her identity}, in the graph, made where there is none."""
    wanted = {member.member_id: member for member in members}
    here = {node.member_id: node.id for node in graph.nodes.values() if node.member_id in wanted}
    missing = [member for each, member in wanted.items() if each not in here]
    if not missing:
        return here
    hashes = [hash_of(Kind.MEMBER, member.code) for member in missing]
    known = store.look_up([Kind.MEMBER.value] * len(missing), hashes)
    for no, number in zip(known["no"].tolist(), known["id"].tolist(), strict=True):
        here[missing[no].member_id] = number
    graph.load(here.values())
    new = [place for place, member in enumerate(missing) if member.member_id not in here]
    for place, number in zip(new, store.new_ids(len(new)), strict=True):
        member = missing[place]
        node = Node(number, Kind.MEMBER.value, hashes[place], number, member_id=member.member_id)
        graph.add(node, Newcomer(member.code, RECORD, member.joined_us, member.joined_us))
        here[member.member_id] = number
    return here
