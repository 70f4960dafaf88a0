"""The largest likelihood, by the analytic gradient."""

from collections.abc import Callable, Sequence

import numpy as np
import scipy  # and not its parts: they load when first used, and take long

from regulars.know.tags.lifetime.histories import Floats

Function = Callable[[Floats], tuple[float, Floats]]
"""From the logarithms of the parameters to a mean log-likelihood and its gradient by them."""

FURTHEST = 5.0  # of a step either way: a factor of e^5 ≈ 150 from the start
FLAT = 1e-3  # a larger gradient is no maximum
TRIES = 5  # each from where the last one stopped: a line search may give up early


class NoMaximum(ValueError):
    """The likelihood of these data was not brought to a maximum."""


def maximum(
    function: Function, start: Sequence[float], directions: Sequence[Sequence[float]]
) -> tuple[list[float], float]:
    """The positive parameters at which a mean log-likelihood is largest, and what it is there.

    L-BFGS-B (Byrd, Lu, Nocedal & Zhu 1995) in steps along `directions`, each of which changes some
    logarithms together. Where it grows for ever, as when all members are alike, a step ends at its
    bound. NoMaximum if it comes to no end.
    """
    origin, turn = np.log(start), np.array(directions)

    def downhill(steps: Floats) -> tuple[float, Floats]:
        value, gradient = function(origin + steps @ turn)
        return -value, -turn @ gradient

    steps = np.zeros(len(turn))
    for _ in range(TRIES):
        found = scipy.optimize.minimize(
            downhill,
            steps,
            jac=True,
            method="L-BFGS-B",
            bounds=[(-FURTHEST, FURTHEST)] * len(turn),
            options={"ftol": 1e-13, "gtol": 1e-8, "maxiter": 500},
        )
        steps = found.x
        uphill = np.clip(steps - found.jac, -FURTHEST, FURTHEST) - steps
        if np.abs(uphill).max() <= FLAT:
            return [float(each) for each in np.exp(origin + steps @ turn)], -float(found.fun)
    raise NoMaximum(f"no maximum after {TRIES} tries: {found.message}")
