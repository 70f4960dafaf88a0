"""Whether the intervals of experiments keep their word, on experiments whose truth is known.

Spend is drawn as retail has it: most people buy nothing, what the others spend is lognormal, stores
differ, and who spent before spends more now. One in ten is held out, in blocks of twenty in each
store, as the room does it; every experiment is looked at twenty times on its way.
"""

import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.harness import Result, timed

TESTS = 20_000
AT_ONCE = 50
PEEKS = 20
STORES = 4
IN_STORE = 240
"""So many more at each store from peek to peek: whole blocks."""
HELD_OUT = 0.10
BUY = np.array([0.22, 0.27, 0.32, 0.37])
"""The share of each store's people who buy in the window."""
MEDIAN_CENTS = 16_000
SPREAD = 0.8
"""Of the logarithm of what a buyer spends."""
BOUGHT_BEFORE = 0.5
LOYALTY = 0.6
"""How a buyer's spend hangs on what she spent before (correlation of logarithms)."""
MORE_BUYERS, MORE_SPENT = 1.12, 1.05
"""What is planted: so many times the buyers, and so much more from each."""
ALPHA = 0.05
Array = Any


@dataclass(frozen=True)
class Seen:
    """One shape: tests × peeks. Whether each interval misses the truth."""

    fixed: Array
    anytime: Array
    naive: Array
    width: Array
    plain_width: Array
    anytime_width: Array


def main(scale: float, seed: int = 1) -> None:
    """20,000 experiments without an effect and as many with one, at scale 1."""
    _set_up()
    tests = max(int(TESTS * scale), AT_ONCE)
    dice = np.random.default_rng(seed)
    (nothing, took) = timed(lambda: _run(tests, dice, 1.0, 1.0))
    (planted, took_too) = timed(lambda: _run(tests, dice, MORE_BUYERS, MORE_SPENT))
    sizes = {"experiments": tests, "people each": PEEKS * STORES * IN_STORE, "peeks": PEEKS}
    told = f"90/10, seed {seed}, {took + took_too:.0f} s for all; " + _about(nothing, planted)
    _tell_fixed(nothing, planted, sizes, told)
    _tell_anytime(nothing, planted, sizes)


def _tell_fixed(nothing: Seen, planted: Seen, sizes: dict[str, int], told: str) -> None:
    wrong = float(100 * nothing.fixed[:, -1].mean())
    covers = float(100 * (1 - planted.fixed[:, -1].mean()))
    once = {"naive (normal, one variance), once": 100 * nothing.naive[:, -1].mean()}
    ours = {"fixed-horizon, looked at 20 times": 100 * nothing.fixed.any(1).mean()}
    peeked = {"naive, looked at 20 times": 100 * nothing.naive.any(1).mean()}
    Result(
        name="statistics_false_positives",
        claim="A/A tests that a fixed-horizon interval calls, off 5 %",
        value=abs(wrong - 5), unit="points", bar=0.5, sizes=sizes,
        alternatives={"called, %": wrong, **once, **ours, **peeked},
        notes=told,
    ).save()  # fmt: skip
    Result(
        name="statistics_coverage",
        claim="Planted uplifts within their 95 % fixed-horizon interval, off 95 %",
        value=abs(covers - 95), unit="points", bar=0.5, sizes=sizes,
        alternatives={
            "covered, %": covers,
            "naive (normal, one variance), %": 100 * (1 - planted.naive[:, -1].mean()),
        },
        notes=f"{MORE_BUYERS:.2f} × the buyers, {MORE_SPENT:.2f} × the spend of each",
    ).save()  # fmt: skip


def _tell_anytime(nothing: Seen, planted: Seen, sizes: dict[str, int]) -> None:
    Result(
        name="statistics_anytime",
        claim="A/A tests that an anytime-valid interval calls at any of 20 peeks",
        value=float(100 * nothing.anytime.any(1).mean()), unit="%", bar=5.0, sizes=sizes,
        alternatives={
            "fixed-horizon at every peek": 100 * nothing.fixed.any(1).mean(),
            "naive at every peek": 100 * nothing.naive.any(1).mean(),
            "planted uplift missed at any peek, %": 100 * planted.anytime.any(1).mean(),
        },
    ).save()  # fmt: skip


def _about(nothing: Seen, planted: Seen) -> str:
    last = (nothing.width[:, -1].mean(), nothing.plain_width[:, -1].mean())
    return (
        f"what was spent before and stores narrow the interval by {1 - last[0] / last[1]:.0%};"
        f" at the last peek the anytime-valid one is"
        f" {nothing.anytime_width[:, -1].mean() / last[0]:.2f} times as wide"
    )


def _set_up() -> None:
    os.environ.setdefault("REGULARS_DATA", tempfile.mkdtemp(prefix="regulars-bench-"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "regulars.config.settings"
    os.environ.setdefault("DATABASE_URL", "postgresql://nobody/none")
    import django

    django.setup()


def _run(tests: int, dice: np.random.Generator, buyers: float, spend: float) -> Seen:
    truth = _expected(buyers, spend) - _expected(1.0, 1.0)
    chances = dice.spawn(tests // AT_ONCE)
    with ThreadPoolExecutor(os.cpu_count()) as threads:  # NumPy lets go of the interpreter's lock
        parts = list(threads.map(lambda chance: _look(chance, buyers, spend, truth), chances))
    names = Seen.__dataclass_fields__
    return Seen(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _expected(buyers: float, spend: float) -> float:
    """Cents a head."""
    return float(np.mean(BUY * buyers) * spend * MEDIAN_CENTS * np.exp(SPREAD**2 / 2))


def _look(dice: np.random.Generator, buyers: float, spend: float, truth: float) -> Seen:
    """Some experiments at every peek, by the very functions of the room."""
    from regulars.understand.experiments import statistics as ours
    from regulars.understand.experiments.uplifts import TUNED_AT

    held = round(IN_STORE * HELD_OUT)
    arms = [
        _drawn(dice, count, *effect).growing(axis=1)
        for count, effect in ((IN_STORE - held, (buyers, spend)), (held, (1.0, 1.0)))
    ]
    difference = ours.post_stratified(*ours.cuped(*arms))
    plain = [ours.moments(arm.whole()) for arm in arms]
    people = (arms[0].people + arms[1].people).sum(-1)
    fixed = ours.fixed_horizon(difference)
    anytime = ours.anytime_valid(difference, people, TUNED_AT)
    beside = ours.fixed_horizon(ours.post_stratified(*plain))
    return Seen(
        *(_misses(each, truth) for each in (fixed, anytime, _naive(*plain))),
        *(high - low for low, high in (fixed, beside, anytime)),
    )


def _naive(reached: Any, held_out: Any) -> tuple[Array, Array]:
    """The normal interval of textbooks: one variance for both arms, no strata, nothing known."""
    count = reached.people + held_out.people
    means = [arm.mean * arm.people for arm in (reached, held_out)]
    squares = [arm.variance * (arm.people - 1) for arm in (reached, held_out)]
    error = np.sqrt(sum(squares) / (count - 2) * (1 / reached.people + 1 / held_out.people))
    estimate = means[0] / reached.people - means[1] / held_out.people
    return (estimate - 1.96 * error)[..., 0], (estimate + 1.96 * error)[..., 0]


def _misses(interval: tuple[Array, Array], truth: float) -> Array:
    low, high = interval
    return (low > truth) | (high < truth)


def _drawn(dice: np.random.Generator, count: int, buyers: float, spend: float) -> Any:
    """Sums of one arm: experiments × peeks × stores."""
    from regulars.understand.experiments.statistics import Sums

    shape = (AT_ONCE, PEEKS, STORES, count)
    before = dice.standard_normal(shape, dtype=np.float32)
    own = dice.standard_normal(shape, dtype=np.float32)
    own *= np.float32(np.sqrt(1 - LOYALTY**2))
    own += np.float32(LOYALTY) * before
    bought = dice.random(shape, dtype=np.float32)
    chance = (BUY * buyers)[:, None].astype(np.float32)
    # Who bought before is four times as likely to buy as who did not; the share stays the store's.
    regular = dice.random(shape, dtype=np.float32) < BOUGHT_BEFORE
    likely = chance * np.where(regular, np.float32(1.6), np.float32(0.4))
    now = np.exp(np.float32(SPREAD) * own) * np.float32(MEDIAN_CENTS * spend) * (bought < likely)
    then = np.exp(np.float32(SPREAD) * before) * np.float32(MEDIAN_CENTS) * regular
    pairs = ((now, now), (then, then), (now, then))
    sums = [now.sum(-1), then.sum(-1), *(np.einsum("...i,...i->...", a, b) for a, b in pairs)]
    spent, earlier, squared, earlier_squared, product = (each.astype(float) for each in sums)
    people = np.full(shape[:-1], float(count))
    return Sums(people, spent, squared, earlier, earlier_squared, product)
