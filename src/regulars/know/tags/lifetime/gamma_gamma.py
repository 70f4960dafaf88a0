"""What members spend a purchase: the Gamma-Gamma model.

Fader & Hardie 2013, "The Gamma-Gamma model of monetary value". What a member spends each time is
Gamma(p, ν), and ν is Gamma(q, gamma) over all members, whatever their number of purchases.
"""

from dataclasses import dataclass

import numpy as np
import scipy  # and not its parts: they load when first used, and take long

from regulars.know.tags.lifetime.climbing import maximum
from regulars.know.tags.lifetime.histories import Floats, Ints, Numbers, indexed

START = {"p": 4.0, "q": 3.0}
# Of (p, q, gamma): how alike a member's spends are, how alike members are, the mean of all.
DIRECTIONS = [[1, 0, -1], [0, 1, 1], [0, 0, 1]]
DECIMALS = 6  # of a total in cents: what lies behind came from dividing it by the purchases


@dataclass(frozen=True)
class GammaGamma:
    """A fitted model. `gamma` is in the unit of the money; the others have none."""

    p: float
    q: float
    gamma: float
    log_likelihood: float
    customers: int


def fit(frequency: Ints, mean_spend: Floats, members: Ints | None = None) -> GammaGamma:
    """The parameters of the largest likelihood.

    A row is the number of repeat purchases, what one brought on average (cents) and how many
    members share both (1 if none are given). Rows without a repeat purchase are left out.
    ValueError if none is left or a mean spend is not above 0; NoMaximum if there is none.
    """
    likelihood = Likelihood(frequency, mean_spend, members)
    p, q = START["p"], START["q"]
    start = [p, q, likelihood.mean_spend * (q - 1) / p]
    (p, q, gamma), mean = maximum(likelihood, start, DIRECTIONS)
    return GammaGamma(p, q, gamma, mean * likelihood.customers, round(likelihood.customers))


def expected_spend(model: GammaGamma, frequency: Numbers, mean_spend: Numbers) -> Floats:
    """What a member's next purchases bring on average, in the unit of the money (equation 5).

    Between their own mean and that of all: without a repeat purchase it is that of all, whatever
    `mean_spend` says. ValueError if the model has no such mean (q at most 1).
    """
    x = np.asarray(frequency, np.float64)
    total = np.where(x > 0, x * np.asarray(mean_spend, np.float64), 0.0)
    weight = model.p * x + model.q - 1
    if np.any(weight <= 0):
        raise ValueError(f"the mean of all is not finite: q is {model.q:.3g}")
    return np.asarray(model.p * (model.gamma + total) / weight)


class Likelihood:
    """The mean log-likelihood of spends, of the logarithms of (p, q, gamma).

    Equation 1a of the note falls apart into what hangs on x alone, sums that no parameter changes,
    and (px + q) · ln(gamma + x·z̄), for which members of one total x·z̄ are put together: their
    number and their purchases are all it needs.
    """

    def __init__(self, frequency: Ints, mean_spend: Floats, members: Ints | None = None) -> None:
        again = np.flatnonzero(np.asarray(frequency) > 0)
        x, spend = np.asarray(frequency)[again], np.asarray(mean_spend, np.float64)[again]
        weights = np.ones(len(x)) if members is None else np.asarray(members, np.float64)[again]
        if not weights.sum():
            raise ValueError("nobody bought twice")
        if not np.all(spend > 0):
            raise ValueError("a mean spend is not above 0")
        self.customers = float(weights.sum())
        self.counts, count = indexed(x)
        self.of_count = np.bincount(count, weights, len(self.counts))
        self._put_together(np.round(x * spend, DECIMALS), x, weights)

    def _put_together(self, totals: Floats, x: Ints, weights: Floats) -> None:
        self.totals, total = np.unique(totals, return_inverse=True)
        self.of_total = np.bincount(total, weights)
        self.bought = np.bincount(total, x * weights)
        self.mean_spend = float(self.of_total @ self.totals / self.bought.sum())
        logs = np.log(self.totals)
        self.log_bought = float(self.bought @ logs)
        self.log_spends = float(self.of_total @ logs - self.of_count @ np.log(self.counts))

    def __call__(self, logs: Floats) -> tuple[float, Floats]:
        """The mean, and its gradient."""
        p, q, gamma = np.exp(logs)
        total = (self._of_counts(p, q) + self._of_totals(p, q, gamma)) / self.customers
        return float(total[0]), total[1:] * np.exp(logs)

    def _of_counts(self, p: float, q: float) -> Floats:
        gammaln, psi = scipy.special.gammaln, scipy.special.psi
        x, members = self.counts, self.of_count
        value = gammaln(p * x + q) - gammaln(p * x) - gammaln(q)
        both = psi(p * x + q)
        return np.stack([value, x * (both - psi(p * x)), both - psi(q), np.zeros(len(x))]) @ members

    def _of_totals(self, p: float, q: float, gamma: float) -> Floats:
        logs = np.log(gamma + self.totals)
        by_p = self.log_bought - self.bought @ logs
        by_q = self.customers * np.log(gamma) - self.of_total @ logs
        weights = p * self.bought + q * self.of_total
        by_gamma = self.customers * q / gamma - weights @ (1 / (gamma + self.totals))
        return np.array([p * by_p + q * by_q - self.log_spends, by_p, by_q, by_gamma])
