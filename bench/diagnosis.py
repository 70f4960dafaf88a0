"""Whether diagnosis finds what was planted, and nothing where nothing was; how long it takes.

Most plants are drawn again on the counts of simulated chains (`diagnosis_plants`), at a month and
in a part of the chain that chance picks; some are whole simulations with `--plant`.
"""

import os
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np

from bench.diagnosis_plants import KINDS, WHOLE, Plant, plant, sized
from bench.diagnosis_world import END, World, build, moved_stores
from bench.harness import Result

RUNS = 210
WHOLE_RUNS = 8
WHOLE_STORES, WHOLE_MEMBERS = 60, 120_000
CHAINS = 3
STORES, MEMBERS = 240, 480_000
FIRST_TARGET = 14  # so many months before the first month that is looked at
SCENES = ("store", "branch", "category", "two", "offset", "calendar", "mix", "simulated")
DRAWN = SCENES[:-1]
BAR = 0.95


@dataclass(frozen=True)
class Run:
    """One world with what was planted in it."""

    scene: str
    world: World
    plants: tuple[Plant, ...]


@dataclass
class Score:
    """How often the top finding named the node, the factor; how often nothing was raised."""

    runs: Counter[str]
    nodes: Counter[str]
    factors: Counter[str]

    def share(self, hits: Counter[str], scenes: tuple[str, ...]) -> float:
        runs = sum(self.runs[scene] for scene in scenes)
        return sum(hits[scene] for scene in scenes) / max(runs, 1)


def score(scale: float, seed: int = 1) -> None:
    """`scale` 1 is 210 plants and 210 runs without, on three chains of 240 stores, the last 8 of
    the plants whole simulations."""
    _set_up()
    rng = np.random.default_rng(seed)
    runs = max(int(RUNS * scale), len(DRAWN))
    size = max(min(scale, 1.0), 0.25)
    worlds = [
        build(int(MEMBERS * size), int(STORES * size), seed * 100 + number)
        for number in range(CHAINS if scale >= 1 else 1)
    ]
    ours, drill = Score(Counter(), Counter(), Counter()), Score(Counter(), Counter(), Counter())
    missed: defaultdict[str, list[str]] = defaultdict(list)
    whole = min(WHOLE_RUNS, int(WHOLE_RUNS * scale + 0.5))
    for run in [*_runs(worlds, runs - whole, rng), *_whole_runs(whole, seed, rng)]:
        top = _top(run.world)
        _grade(ours, run, top, missed)
        _grade(drill, run, _drilled(run.world), None)
    quiet = raised = 0
    for world in _quiet(worlds, runs, rng):
        quiet += 1
        raised += any(cause.is_raised for cause in _causes(world))
    _tell(ours, drill, quiet, raised, seed)
    for scene, lines in missed.items():
        print(scene, *lines, sep="\n  ")


def _set_up() -> None:
    """Names of categories and the like are Django's; nothing is asked of a database."""
    os.environ["REGULARS_DATA"] = tempfile.mkdtemp(prefix="regulars-bench-")
    os.environ["DJANGO_SETTINGS_MODULE"] = "regulars.config.settings"
    os.environ.setdefault("DATABASE_URL", "postgresql://nobody/none")
    import django

    django.setup()


def _runs(worlds: list[World], runs: int, rng: np.random.Generator) -> Iterator[Run]:
    for number in range(runs):
        scene = DRAWN[number % len(DRAWN)]
        while True:
            found = _planted(_drawn_world(worlds, rng), scene, rng)
            if found is not None:
                yield found
                break


def _quiet(worlds: list[World], runs: int, rng: np.random.Generator) -> Iterator[World]:
    for _number in range(runs):
        yield _drawn_world(worlds, rng)


def _whole_runs(count: int, seed: int, rng: np.random.Generator) -> Iterator[Run]:
    """Chains simulated with a cause in their last month, at a branch that chance picks; as large as
    a drawn one would be in the same chain without it."""
    from regulars.understand.diagnosis.chain import groups_of

    kinds = ("retention", "traffic", "price", "basket")
    for number in range(count):
        chain_seed = seed * 1000 + number
        without = build(WHOLE_MEMBERS, WHOLE_STORES, chain_seed)
        steady = _within(without, set(without.cube.stores.tolist()))
        groups = groups_of(steady.chain).goods
        one = None
        while one is None:
            node = int(rng.choice(_places(steady, "branch")))
            one = sized(steady, kinds[number % len(kinds)], node, (None, groups[None]), rng)
        text = (
            f'[[cause]]\nkind = "{one.kind}"\nfactor = {one.times:.3f}\n'
            f'branch = "{steady.names[one.node]}"\nfrom = {END.replace(day=1)}\nto = {END}\n'
        )
        world = build(WHOLE_MEMBERS, WHOLE_STORES, chain_seed, text)
        yield Run("simulated", _within(world, set(world.cube.stores.tolist())), (one,))


def _drawn_world(worlds: list[World], rng: np.random.Generator) -> World:
    """One of the chains until one of its months, with two thirds of its branches."""
    world = worlds[rng.integers(len(worlds))]
    world = world.until(int(rng.integers(FIRST_TARGET, len(world.months))))
    branches = [node for node, kind in world.chain.kinds.items() if kind == "branch"]
    count = max(len(branches) * 2 // 3, 2)
    chosen = rng.choice(branches, count, replace=False)
    stores = {store for branch in chosen for store in world.chain.stores_of[int(branch)]}
    return _within(world, stores)


def _within(world: World, stores: set[int]) -> World:
    from regulars.understand.diagnosis.chain import moved_of
    from regulars.understand.diagnosis.cube import without

    others = [store for store in world.cube.stores.tolist() if store not in stores]
    cube = without(world.cube, others)
    before, now = world.months[-2:]
    silent = moved_stores(cube).tolist()
    cube = without(cube, moved_of(world.whole, world.lives, silent, before.start, now.last_day))
    left = set(cube.stores.tolist())
    stores_of = {
        node: inside
        for node, all_stores in world.chain.stores_of.items()
        if (inside := tuple(store for store in all_stores if store in left))
    }
    return replace(world, cube=cube, chain=replace(world.chain, stores_of=stores_of))


def _planted(world: World, scene: str, rng: np.random.Generator) -> Run | None:
    from regulars.understand.diagnosis.chain import groups_of

    groups = groups_of(world.chain).goods
    if scene == "calendar":
        return _calendar(world)
    places = {kind: _places(world, kind) for kind in ("store", "branch")}
    if min(len(nodes) for nodes in places.values()) < 2:
        return None

    def draw(where: str, sign: int = -1) -> Plant | None:
        node = int(rng.choice(places[where]))
        kinds = [kind for kind in KINDS if kind != "stock_out"]
        return sized(world, str(rng.choice(kinds)), node, (None, groups[None]), rng, sign=sign)

    def draw_category() -> Plant | None:
        group = rng.choice([each for each in groups if each is not None])
        node = world.chain.root if rng.random() < 0.4 else int(rng.choice(places["branch"]))
        kind = str(rng.choice(["price", "basket", "stock_out"]))
        return sized(world, kind, node, (int(group), groups[int(group)]), rng)

    if scene in {"store", "branch"}:
        wanted = [draw(scene)]
    elif scene == "category":
        wanted = [draw_category()]
    elif scene == "two":
        wanted = [draw("store"), draw("branch")]
    elif scene == "offset":
        wanted = [draw("branch"), draw("branch", sign=1)]
    else:
        node = int(rng.choice(places["branch"]))
        wanted = [sized(world, "recruitment", node, (None, groups[None]), rng, sign=1)]
    plants = [each for each in wanted if each is not None]
    if len(plants) < len(wanted) or len({each.node for each in plants}) < len(plants):
        return None
    if len(plants) == 2 and plants[0].node in _above(world, plants[1].node):
        return None
    if len(plants) == 2 and plants[1].node in _above(world, plants[0].node):
        return None
    for each in plants:
        world = plant(world, each, groups[each.group], rng)
    return Run(scene, world, tuple(plants))


def _above(world: World, node: int) -> list[int]:
    inside = set(world.chain.stores_of[node])
    return [other for other, stores in world.chain.stores_of.items() if inside <= set(stores)]


def _places(world: World, kind: str) -> list[int]:
    least = 3 if kind == "branch" else 1
    shaken = _shaken(world)  # what happens beside a closing or an opening is not ours to plant
    return [
        node
        for node, stores in world.chain.stores_of.items()
        if world.chain.kinds[node] == kind and len(stores) >= least and node not in shaken
    ]


def _calendar(world: World) -> Run | None:
    """A month whose days alone move the chain by a twentieth and more; nothing else is planted."""
    return Run("calendar", world, ()) if abs(_shift(world)) >= 0.05 else None


def _shift(world: World) -> float:
    now, before = world.months[-1], world.months[-2]
    known = _learnt(world, now.start)
    return known.weight_of(now) / known.weight_of(before) - 1


_calendars: dict[Any, Any] = {}


def _learnt(world: World, until: Any) -> Any:
    from regulars.understand.diagnosis import calendar

    key = (id(world.daily), until)
    if key not in _calendars:
        _calendars[key] = calendar.learn({d: n for d, n in world.daily.items() if d < until})
    return _calendars[key]


def _shaken(world: World) -> Any:
    from regulars.understand.diagnosis.chain import shaken_by

    last = world.months[-1].last_day
    return shaken_by(world.whole, world.lives, last - timedelta(days=395), last)


def _causes(world: World) -> list[Any]:
    from regulars.understand.diagnosis.chain import groups_of, places_of
    from regulars.understand.diagnosis.scan import causes_of

    chain = world.chain
    places = places_of(chain, world.cube, _shaken(world))
    return causes_of(world.cube, places, groups_of(chain), chain.root)


Answer = tuple[int, int | None, str, str]
"""Node, category, part, factor."""


def _top(world: World) -> Answer | None:
    """The first finding as told: a cause that is raised, else the calendar where it matters."""
    from regulars.understand.diagnosis.telling import CALENDAR_MATTERS, _part_of

    first = _causes(world)[0]
    if first.is_raised:
        return first.node, first.group, _part_of(first), first.factor
    if abs(_shift(world)) >= CALENDAR_MATTERS:
        return world.chain.root, None, WHOLE, "calendar"
    return None


def _drilled(world: World) -> Answer:
    """Drill by largest drop: from the whole down to the child that lost most beside the month
    before, as long as it lost at least half of what its parent did; goods in the same way; then
    the part that lost most and its factor that lost most."""
    chain, cube = world.chain, world.cube
    drop = {
        node: _change(cube, np.isin(cube.stores, stores))
        for node, stores in chain.stores_of.items()
    }
    node = chain.root
    while True:
        below = [
            other
            for other in drop
            if other != node and set(chain.stores_of[other]) < set(chain.stores_of[node])
        ]
        worst = min(below, key=lambda other: drop[other], default=None)
        if worst is None or drop[worst] > drop[node] / 2 or drop[node] >= 0:
            break
        node = worst
    stores = np.isin(cube.stores, chain.stores_of[node])
    goods = cube.good("net_cents")[stores][..., -2:].sum(0)
    lost = goods[:, 1] - goods[:, 0]
    category = int(np.argmin(lost))
    if lost[category] <= drop[node] / 2 < 0:
        group = int(cube.categories[category])
        return node, group, WHOLE, _worst_of_goods(cube, stores, category)
    return (node, None, *_worst_of_people(cube, stores))


def _change(cube: Any, stores: Any) -> float:
    money = cube.good("net_cents")[stores].sum((0, 1))
    return float(money[-1] - money[-2])


def _worst_of_people(cube: Any, stores: Any) -> tuple[str, str]:
    from regulars.understand.metrics.service import PARTS

    net = cube.place("net_cents")[stores].sum(0)
    part = int(np.argmin(net[:, -1] - net[:, -2]))
    counts = [cube.place(name)[stores, part].sum(0)[-2:] for name in ("members", "buyers")]
    counts.append(cube.place("tickets")[stores, part].sum(0)[-2:])
    counts.append(net[part, -2:])
    names = ["members", "buyers", "tickets", "net_cents"]
    if PARTS[part] == "non_member":
        counts, names = counts[2:], names[2:]
    return PARTS[part], _worst_factor(counts, names)


def _worst_of_goods(cube: Any, stores: Any, category: int) -> str:
    counts = [cube.place("tickets")[stores].sum((0, 1))[-2:]]
    counts += [
        cube.good(name)[stores, category].sum(0)[-2:] for name in ("lines", "units", "net_cents")
    ]
    return _worst_factor(counts, ["tickets", "lines", "units", "net_cents"])


def _worst_factor(counts: list[Any], names: list[str]) -> str:
    from fractions import Fraction

    from regulars.understand.metrics.service import Method, contributions

    known = [(count, name) for count, name in zip(counts, names, strict=True) if (count > 0).all()]
    links = [[Fraction(int(count[at])) for count, _name in known] for at in (0, 1)]
    before, after = (
        [each[0], *(each[i] / each[i - 1] for i in range(1, len(each)))] for each in links
    )
    shares = contributions(before, after, Method.SHAPLEY)
    return known[int(np.argmin([float(share) for share in shares]))][1]


def _grade(
    told: Score, run: Run, answer: Answer | None, missed: dict[str, list[str]] | None
) -> None:
    scene = run.scene
    told.runs[scene] += 1
    expected: list[Answer] = [
        (each.node, each.group, each.part, each.factor) for each in run.plants
    ] or [(run.world.chain.root, None, WHOLE, "calendar")]
    is_node = answer is not None and any(answer[:2] == each[:2] for each in expected)
    is_factor = answer is not None and any(answer[2:] == each[2:] for each in expected)
    told.nodes[scene] += is_node
    told.factors[scene] += is_factor
    if missed is not None and not (is_node and is_factor):
        sizes = [(each.kind, round(each.times, 2)) for each in run.plants]
        wanted = [_said(run.world, each) for each in expected]
        missed[scene].append(f"{_said(run.world, answer)} instead of {wanted} {sizes}")


def _said(world: World, answer: Answer | None) -> str:
    if answer is None:
        return "nothing"
    node, group, part, factor = answer
    goods = f" {world.chain.categories[group].name}" if group is not None else ""
    return f"{world.names[node]}{goods} {part} {factor}"


def _tell(ours: Score, drill: Score, quiet: int, raised: int, seed: int) -> None:
    nodes, factors = ours.share(ours.nodes, SCENES), ours.share(ours.factors, SCENES)
    sizes = {"plants": sum(ours.runs.values()), "without": quiet, "seed": seed}
    told = ", ".join(
        f"{scene} {ours.nodes[scene]}/{ours.factors[scene]} of {ours.runs[scene]}"
        for scene in SCENES
    )
    for name, claim, value, other in (
        ("diagnosis_nodes", "names the planted node", nodes, drill.share(drill.nodes, SCENES)),
        ("diagnosis_factors", "names the factor", factors, drill.share(drill.factors, SCENES)),
    ):
        Result(
            name=name, claim=f"The top finding {claim}", value=value, unit="of the plants", bar=BAR,
            at_most=False, alternatives={"drill by largest drop": other}, sizes=sizes,
            notes=f"nodes/factors: {told}",
        ).save()  # fmt: skip
    Result(
        name="diagnosis_quiet", claim="Nothing is raised where nothing was planted",
        value=1 - raised / max(quiet, 1), unit="of the runs", bar=BAR, at_most=False,
        alternatives={"drill by largest drop": "always names something"}, sizes=sizes,
    ).save()  # fmt: skip
