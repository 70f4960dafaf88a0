"""Tags of ten million members: computed whole and load by load, beside the usual ways."""

import itertools
import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from bench import chains, tag_frames, tag_sets, tags_by_hand
from bench.harness import Result, peak_mb, timed

TODAY = chains.END
SAMPLED_TAGS = 8
LINES, LOADS = 10_000, 7
BY_HAND = "one query by hand, FILTER"
ONE_EACH = f"one query a tag (estimated from {SAMPLED_TAGS})"


def full(scale: float) -> None:
    with _chain(scale):
        _eighty()


def incremental(scale: float) -> None:
    with _chain(scale):
        _load_by_load()


def library(scale: float) -> None:
    with _chain(scale):
        _library()


@contextmanager
def _chain(scale: float) -> Iterator[None]:
    with chains.deployment(scale) as source:
        chains.import_kinds(source, ("lines",))
        yield


def _eighty() -> None:
    _define(named(tag_sets.eighty(_categories())))
    timings, took = timed(_compute)
    peak = peak_mb()
    ours = _sums("member_tags")
    scans = ", ".join(f"{each.seconds:.1f}" for each in timings)
    hand, by_hand = timed(_by_hand)
    if differing := [code for code, total in hand.items() if total != ours[code]]:
        raise SystemExit(f"tags_full: by hand {differing} are something else")
    frames = tag_frames.others(TODAY, _categories())
    Result(
        name="tags_full",
        claim="80 counts, sums, first and last ones of every member, computed anew",
        value=took,
        unit="s",
        bar=15.0,
        alternatives={
            BY_HAND: by_hand,
            ONE_EACH: _one_each(),
            **frames,
        },
        sizes=_sizes(),
        notes=f"{by_hand / took:.1f} times as fast as by hand (bar 4); scans {scans} s, the rest"
        f" is writing the table; peak memory {peak:,.0f} MB (bar 8,192); the sums of all by hand"
        " are the same",
    ).save()


def _load_by_load() -> None:
    """As after a load of 10,000 lines: those of a day, whose members changed."""
    from regulars.know.tags.service import Subject, defined, state_of, update_changed

    _define(named(tag_sets.eighty(_categories())))
    state = state_of(Subject.MEMBER)
    if state is None or state.digest != defined(Subject.MEMBER).digest:
        _compute()
    took, touched = [], 0
    for number in range(LOADS):
        _touch(TODAY - timedelta(days=number))
        touched, seconds = timed(lambda: update_changed(TODAY))
        took.append(seconds)
    members = _members_of(TODAY)
    _none, by_hand = timed(lambda: _by_hand_of(members))
    Result(
        name="tags_incremental",
        claim="80 tags of the members whom a load of 10,000 lines touches, brought up to date",
        value=statistics.median(took[1:]),
        unit="s",
        bar=1.0,
        alternatives={f"{BY_HAND}, of the same members, written nowhere": by_hand},
        sizes={**_sizes(), "members touched": touched},
        notes=f"the slowest of {LOADS - 1}: {max(took[1:]):.2f} s; the first, which makes the"
        f" statement from the definitions, {took[0]:.2f} s",
    ).save()


def _library() -> None:
    from regulars.know.tags.library import bring_library
    from regulars.know.tags.models import Definition

    Definition.objects.all().delete()
    bring_library()
    timings, took = timed(_compute)
    slowest = sorted(timings, key=lambda each: -each.seconds)[:3]
    said = ", ".join(f"{each.tags[0].code} … {each.seconds:.1f} s" for each in slowest)
    Result(
        name="tags_library",
        claim="The whole library of members' tags, computed anew",
        value=took,
        unit="s",
        bar=90.0,
        sizes=_sizes() | {"tags": Definition.objects.filter(subject="member").count()},
        notes=f"slowest scans: {said}; peak memory of the whole comparison {peak_mb():,.0f} MB",
    ).save()


def named(told: tag_sets.Told) -> tag_sets.Told:
    return {code: {"zh": code, "en": code, **each} for code, each in told.items()}


def _define(told: tag_sets.Told) -> None:
    from regulars.know.tags.models import Definition
    from regulars.know.tags.service import save_all

    Definition.objects.all().delete()
    save_all(None, told)


def _compute() -> Any:
    from regulars.know.tags.service import Subject, compute_all

    return compute_all(Subject.MEMBER, TODAY)


def _categories() -> list[str]:
    return [each["category"] for each in _asked(tag_sets.TOP_CATEGORIES)]


def _touch(day: Any) -> None:
    from regulars.ground.warehouse.service import Statement, run

    run(Statement(tag_sets.TOUCH, {"day": day, "lines": LINES}))


def _members_of(day: Any) -> list[int]:
    found = _asked(tag_sets.MEMBERS_OF, {"day": day, "lines": LINES})
    return [each["member_id"] for each in found]


def _by_hand() -> dict[str, Any]:
    """Sums of every tag, from one query with a FILTER for each, members in blocks."""
    blocks = [_asked(sql)[0] for sql in tags_by_hand.whole(_categories(), TODAY)]
    return {code: sum(block[code] or 0 for block in blocks) for code in blocks[0]}


def _by_hand_of(members: list[int]) -> None:
    _asked(tags_by_hand.of_some(_categories(), TODAY), {"members": members})


def _one_each() -> float:
    """All tags one after the other, from some of all kinds."""
    queries = tags_by_hand.one_each(_categories(), TODAY)
    chosen = list(itertools.islice(queries.values(), 0, None, len(queries) // SAMPLED_TAGS))
    took = sum(timed(_asking(query))[1] for query in chosen)
    return took / len(chosen) * len(queries)


def _asking(sql: str) -> Callable[[], Any]:
    return lambda: _asked(sql)


def _sums(table: str) -> dict[str, Any]:
    (row,) = _asked(tags_by_hand.sums(table, _categories()))
    return {code: total or 0 for code, total in row.items()}


def _asked(sql: str, parameters: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    from regulars.ground.warehouse.service import query

    return query(sql, parameters or {}).to_pylist()


def _sizes() -> dict[str, int]:
    (row,) = _asked(tag_sets.SIZES)
    return row
