"""What a pass saw: different identities, and which of them stood on one event. No I/O."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from regulars.know.identities.hashes import hash_of
from regulars.know.identities.rules import KINDS, STRONG, normalised

Numbers = npt.NDArray[np.int64]
MOST_ON_ONE_EVENT = 12
"""Identities of an event beyond this many link with nobody: no SDK sends so many."""
IS_STRONG = np.array([kind in STRONG for kind in KINDS])
NOBODY = -1
LOGGED_IN_FIRST = 100
"""Weighs more than the place of any kind."""


@dataclass(frozen=True)
class Seen:
    """`kinds`, `values`, `hashes`, `first_us`, `last_us`, `sources`: one entry an identity.

    `events` are the numbers of the events that had any, `telling` the identity that each of them
    is told by. `followers`, `followed`, `linked_us`: pairs on one event, and when first.
    """

    kinds: list[str]
    values: list[str]
    hashes: list[bytes]
    first_us: Numbers
    last_us: Numbers
    sources: list[str]
    events: Numbers
    telling: Numbers
    followers: Numbers
    followed: Numbers
    linked_us: Numbers


def read(sightings: pa.Table) -> Seen:
    """Read rows (event_no, kind, value, is_login, seen_at, source); what identifies nobody is left
    out."""
    kind_codes, kind_names = _codes(sightings["kind"])
    value_codes, texts = _codes(sightings["value"])
    raw, raw_of_row = np.unique(kind_codes * len(texts) + value_codes, return_inverse=True)
    kinds, values, hashes, identity_of_raw = _identities(raw, kind_names, texts)
    identity = identity_of_raw[raw_of_row]

    is_good = identity != NOBODY
    identity = identity[is_good]
    event = _numbers(sightings["event_no"])[is_good]
    seen_us = _numbers(sightings["seen_at"].cast(pa.timestamp("us", "UTC")).cast(pa.int64()))[
        is_good
    ]
    is_login = sightings["is_login"].fill_null(False).to_numpy(zero_copy_only=False)[is_good]
    kind_no = np.array([KINDS.index(kind) for kind in kinds], dtype=np.int64)

    first, last = _extremes(identity, seen_us, len(kinds))
    sources = sightings["source"].fill_null("").to_pylist()
    rows = np.flatnonzero(is_good)
    source_row = np.zeros(len(kinds), dtype=np.int64)
    source_row[identity[::-1]] = rows[::-1]

    kind = kind_no[identity] if len(identity) else identity
    order = np.lexsort((identity, kind, ~IS_STRONG[kind], event))
    event, identity, kind, seen_us = event[order], identity[order], kind[order], seen_us[order]
    is_login = is_login[order]
    starts = np.flatnonzero(np.r_[True, event[1:] != event[:-1]]) if len(event) else event
    followers, followed, linked_us = _pairs(event, identity, kind, seen_us, starts)
    return Seen(
        kinds=kinds,
        values=values,
        hashes=hashes,
        first_us=first,
        last_us=last,
        sources=[sources[row] for row in source_row],
        events=event[starts],
        telling=_telling(identity, kind, is_login, starts, len(kinds)),
        followers=followers,
        followed=followed,
        linked_us=linked_us,
    )


def _identities(
    raw: Numbers, kind_names: list[str | None], texts: list[str | None]
) -> tuple[list[str], list[str], list[bytes], Numbers]:
    """Different spellings of one value are one identity."""
    kinds: list[str] = []
    values: list[str] = []
    found: dict[tuple[str, str], int] = {}
    number_of = np.full(len(raw), NOBODY, dtype=np.int64)
    known_kinds = set(KINDS)
    for place, code in enumerate(raw.tolist()):
        kind = kind_names[code // len(texts)]
        if kind not in known_kinds or kind is None:
            continue
        value = normalised(kind, texts[code % len(texts)])
        if value is None:
            continue
        number = found.setdefault((kind, value), len(kinds))
        if number == len(kinds):
            kinds.append(kind)
            values.append(value)
        number_of[place] = number
    return kinds, values, list(map(hash_of, kinds, values)), number_of


def _pairs(
    event: Numbers, identity: Numbers, kind: Numbers, seen_us: Numbers, starts: Numbers
) -> tuple[Numbers, Numbers, Numbers]:
    """Rows of an event stand one after the other, the strong first. All follow each strong one of
    their event; where there is none, all follow the first."""
    is_first = np.zeros(len(event), dtype=bool)
    is_first[starts] = True
    parts = []
    for apart in range(1, min(MOST_ON_ONE_EVENT, len(event))):
        upper, lower = slice(None, -apart), slice(apart, None)
        is_pair = (
            (event[upper] == event[lower])
            & (identity[upper] != identity[lower])
            & (IS_STRONG[kind[upper]] | (is_first[upper] & (kind[upper] != kind[lower])))
        )
        if not is_pair.any():
            if not (event[upper] == event[lower]).any():
                break
            continue
        parts.append((identity[lower][is_pair], identity[upper][is_pair], seen_us[lower][is_pair]))
    if not parts:
        nothing = np.empty(0, dtype=np.int64)
        return nothing, nothing, nothing
    follower, followed, us = (np.concatenate(column) for column in zip(*parts, strict=True))
    many = int(identity.max()) + 1
    pair, pair_of_row = np.unique(follower * many + followed, return_inverse=True)
    earliest, _latest = _extremes(pair_of_row, us, len(pair))
    return pair // many, pair % many, earliest


def _telling(
    identity: Numbers, kind: Numbers, is_login: npt.NDArray[np.bool_], starts: Numbers, many: int
) -> Numbers:
    """The identity an event is told by: the one logged in, else the most trusted kind."""
    if not len(starts):
        return starts
    weight = (kind + np.where(is_login, 0, LOGGED_IN_FIRST)) * many + identity
    return np.minimum.reduceat(weight, starts) % many


def _extremes(group: Numbers, value: Numbers, many: int) -> tuple[Numbers, Numbers]:
    order = np.lexsort((value, group))
    group, value = group[order], value[order]
    first = np.full(many, 0, dtype=np.int64)
    last = np.full(many, 0, dtype=np.int64)
    first[group[::-1]] = value[::-1]
    last[group] = value
    return first, last


def _codes(column: pa.ChunkedArray) -> tuple[Numbers, list[str | None]]:
    """Each row's place in the list of different texts; null is one of them."""
    encoded = pc.dictionary_encode(column.combine_chunks(), null_encoding="encode")
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    return _numbers(encoded.indices.cast(pa.int64())), encoded.dictionary.to_pylist()


def _numbers(column: pa.Array | pa.ChunkedArray) -> Numbers:
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.int64)
