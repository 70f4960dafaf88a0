"""What members are worth over the months to come."""

from dataclasses import dataclass

import numpy as np

from regulars.know.tags.lifetime import bgnbd, gamma_gamma
from regulars.know.tags.lifetime.bgnbd import BgNbd
from regulars.know.tags.lifetime.gamma_gamma import GammaGamma
from regulars.know.tags.lifetime.histories import Floats, Histories


@dataclass(frozen=True, eq=False)
class Outlook:
    """One row per history: the chance to be alive, purchases expected over the months, what one
    of them brings on average (cents), and the margin of all, discounted (cents)."""

    alive: Floats
    purchases: Floats
    spend: Floats
    value: Floats


def outlook(
    buying: BgNbd,
    spending: GammaGamma,
    histories: Histories,
    mean_spend: Floats,
    *,
    months: int,
    month: float,
    monthly_discount: float,
    margin: float,
) -> Outlook:
    """Each history's outlook for one member.

    `mean_spend` is a repeat purchase's mean (cents), `month` a month in the histories' unit of
    time, `monthly_discount` a rate (0.01 is 1 % a month), `margin` the share of spend that is
    earned. A month's purchases are discounted from its end. ValueError if `months` is below 1, or
    the spend model has no mean of all.
    """
    if months < 1:
        raise ValueError(f"{months} months are no time to come")
    x, age = histories.frequency, histories.age
    alive = bgnbd.probability_alive(buying, x, histories.recency, age)
    ends = [month * number for number in range(1, months + 1)]
    later = (1 + monthly_discount) ** -np.arange(1.0, months + 1)
    # Σ later_k · (G_k − G_{k−1}), with its terms put in the order of G
    weights = later - np.append(later[1:], 0.0)
    discounted = np.zeros(x.shape)
    for weight, purchases in zip(
        weights, bgnbd.purchases_if_alive(buying, x, age, ends), strict=True
    ):
        discounted += weight * purchases
    spend = gamma_gamma.expected_spend(spending, x, mean_spend)
    return Outlook(alive, alive * purchases, spend, alive * discounted * spend * margin)
