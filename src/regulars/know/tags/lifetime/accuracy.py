"""How well what a model expected came true."""

from dataclasses import dataclass

import numpy as np

from regulars.know.tags.lifetime.bgnbd import BgNbd, expected_purchases
from regulars.know.tags.lifetime.histories import Bools, Floats, Histories, Ints


@dataclass(frozen=True)
class Accuracy:
    """Purchases of all members, actual and predicted; the bias, (predicted − actual) / actual in
    per cent; the mean absolute error per member; and the AUC, the chance that of two members, one
    who bought and one who did not, more was expected of the one who bought. The bias is None if
    nobody bought, the AUC if nobody did or all did."""

    actual: int
    predicted: float
    bias_percent: float | None
    mae: float
    auc: float | None


def held_out(model: BgNbd, histories: Histories, actual: Ints, horizon: float) -> Accuracy:
    """A model fitted on histories against the purchases that each of their members made within the
    next `horizon` of time. Rows are members of one history and one actual number."""
    x, recency, age = histories.frequency, histories.recency, histories.age
    predicted = expected_purchases(model, x, recency, age, horizon)
    return accuracy(predicted, actual, histories.members)


def accuracy(predicted: Floats, actual: Ints, members: Ints) -> Accuracy:
    """Predicted against actual purchases; `members` is how many share a row. ValueError if there
    are none."""
    weights = np.asarray(members, np.float64)
    if not (everyone := float(weights.sum())):
        raise ValueError("there is nobody to compare")
    bought, expected = round(float(weights @ actual)), float(weights @ predicted)
    return Accuracy(
        actual=bought,
        predicted=expected,
        bias_percent=(expected - bought) / bought * 100 if bought else None,
        mae=float(weights @ np.abs(predicted - actual)) / everyone,
        auc=_auc(predicted, actual > 0, weights),
    )


def _auc(scores: Floats, happened: Bools, members: Floats) -> float | None:
    """The area under the ROC curve: Mann and Whitney's U over its largest; a tie counts half."""
    distinct, index = np.unique(scores, return_inverse=True)
    with_it = np.bincount(index, members * happened, len(distinct))
    without = np.bincount(index, members * ~happened, len(distinct))
    pairs = with_it.sum() * without.sum()
    below = np.cumsum(without) - without / 2
    return float(with_it @ below / pairs) if pairs else None
