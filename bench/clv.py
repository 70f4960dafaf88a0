"""Customer lifetime value: BG/NBD and Gamma-Gamma fitted on ten million members drawn from them.

Beside it PyPI lifetimes, which needs pandas 2.2 or older and so an environment of its own. It is
timed on a sample, and its time is scaled up in proportion to the rows.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from bench.harness import Result, peak_mb, timed

MEMBERS = 10_000_000
SAMPLE = 100_000
OLDEST_DAYS = 730
SEED = 7
BUYING = {"r": 0.6, "alpha": 30.0, "a": 0.8, "b": 2.5}
SPENDING = {"p": 6.25, "q": 3.74, "gamma": 15_440.0}
TOLERANCE = 0.05  # whole days and cents, and chance, move what is found
HOME = Path(__file__).parent / "data/lifetimes"
PACKAGES = ("lifetimes==0.11.3", "pandas==2.2.3")
PATIENCE_SECONDS = 300
LIFETIMES = """
import json, sys, time, warnings
import numpy as np
from lifetimes import BetaGeoFitter, GammaGammaFitter

warnings.simplefilter("ignore")
rows = np.load(sys.argv[1])
x, recency, age, members = (rows[name] for name in ("x", "recency", "age", "members"))
began = time.perf_counter()
BetaGeoFitter().fit(x, recency, age, weights=members)
if "spend" in rows:
    GammaGammaFitter().fit(x[x > 0], rows["spend"][x > 0])
print(json.dumps(time.perf_counter() - began))
"""

Columns = dict[str, Any]


def main(scale: float) -> None:
    from regulars.know.tags.lifetime import bgnbd, collapse, gamma_gamma

    members = _draw(round(MEMBERS * scale))
    x, recency, age = members["x"], members["recency"], members["age"]
    histories, collapsing = timed(lambda: collapse(x, recency, age))
    buying, fitting = timed(lambda: bgnbd.fit(histories))
    spending, spent = timed(lambda: gamma_gamma.fit(x, members["spend"]))
    _check(buying, BUYING)
    _check(spending, SPENDING)
    peak = peak_mb()
    Result(
        name="clv_fit",
        claim="BG/NBD and Gamma-Gamma fitted on all members, from a row each",
        value=collapsing + fitting + spent,
        unit="s",
        bar=60.0,
        alternatives=_others(members, histories),
        sizes={"members": len(x), "histories": len(histories.members)},
        notes=f"collapse {collapsing:.1f} s, BG/NBD {fitting:.1f} s, Gamma-Gamma {spent:.1f} s; one"
        f" run each; days to {OLDEST_DAYS}; peak memory {peak:,.0f} MB, the members among it; every"
        f" parameter within {TOLERANCE:.0%} of what they were drawn with. lifetimes was timed on"
        f" {min(SAMPLE, len(x)):,} rows and scaled up in proportion to the rows",
    ).save()


def _others(members: Columns, histories: Any) -> dict[str, float | str]:
    collapsed = {
        "x": histories.frequency,
        "recency": histories.recency,
        "age": histories.age,
        "members": histories.members,
    }
    each = members | {"members": np.ones(len(members["x"]), np.int64)}
    return {
        "lifetimes, a row a member (estimated from a sample)": _with_lifetimes(each),
        "lifetimes, BG/NBD alone, collapsed as ours (estimated from a sample)": _with_lifetimes(
            collapsed
        ),
    }


def _draw(count: int) -> Columns:
    """Members as the models say they are: purchases in whole days, mean spends of whole cents."""
    dice = np.random.default_rng(SEED)
    rate = dice.gamma(BUYING["r"], 1 / BUYING["alpha"], count)
    loss = dice.beta(BUYING["a"], BUYING["b"], count)
    age = dice.integers(1, OLDEST_DAYS + 1, count, dtype=np.int32)
    x, recency = np.zeros(count, np.int32), np.zeros(count, np.int32)
    alive, now = np.arange(count), np.zeros(count)
    while len(alive):
        now = now + dice.exponential(size=len(alive)) / rate[alive]
        bought = now <= age[alive]
        alive, now = alive[bought], now[bought]
        x[alive] += 1
        recency[alive] = np.ceil(now)
        stays = dice.random(len(alive)) >= loss[alive]
        alive, now = alive[stays], now[stays]
    return {"x": x, "recency": recency, "age": age, "spend": _spends(dice, x)}


def _spends(dice: np.random.Generator, x: Any) -> Any:
    scale = 1 / dice.gamma(SPENDING["q"], 1 / SPENDING["gamma"], len(x))
    totals = np.rint(dice.gamma(SPENDING["p"] * np.maximum(x, 1)) * scale)
    return np.where(x > 0, np.maximum(totals, 1) / np.maximum(x, 1), 0.0)


def _check(model: Any, drawn: dict[str, float]) -> None:
    for name, value in drawn.items():
        if abs(getattr(model, name) / value - 1) > TOLERANCE:
            raise SystemExit(f"clv_fit: {name} is {getattr(model, name):.4g}, drawn with {value}")


def _with_lifetimes(rows: Columns) -> float | str:
    """Seconds for all rows, from those for a sample; or why there are none."""
    whole = len(rows["x"])
    chosen = np.random.default_rng(SEED).permutation(whole)[:SAMPLE]
    try:
        python = _environment()
        np.savez(HOME / "rows.npz", **{name: column[chosen] for name, column in rows.items()})
        answer = _run(python, "-c", LIFETIMES, HOME / "rows.npz")
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", "") or str(error)
        return f"not run: {said.strip().splitlines()[-1]}"
    return float(json.loads(answer)) / len(chosen) * whole


def _environment() -> Path:
    """A Python with lifetimes, made once."""
    python = HOME / "bin/python"
    if not (HOME / "made").exists():
        uv = Path(sys.executable).with_name("uv")
        _run(uv, "venv", "--quiet", "--clear", "--python", sys.executable, HOME)
        _run(uv, "pip", "install", "--quiet", "--python", python, *PACKAGES)
        (HOME / "made").touch()
    return python


def _run(*command: str | Path) -> str:
    return subprocess.run(
        [str(word) for word in command],
        check=True,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    ).stdout
