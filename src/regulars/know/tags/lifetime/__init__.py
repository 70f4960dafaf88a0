"""What a member's purchases so far say of those to come: alive, how many, of what value.

Plain arithmetic on numpy columns. Times are in one unit of the caller's choice, money in cents.
"""

from regulars.know.tags.lifetime import bgnbd, gamma_gamma
from regulars.know.tags.lifetime.accuracy import Accuracy, accuracy, held_out
from regulars.know.tags.lifetime.bgnbd import BgNbd
from regulars.know.tags.lifetime.climbing import NoMaximum
from regulars.know.tags.lifetime.gamma_gamma import GammaGamma
from regulars.know.tags.lifetime.histories import Histories, collapse, grouped
from regulars.know.tags.lifetime.value import Outlook, outlook

__all__ = [
    "Accuracy",
    "BgNbd",
    "GammaGamma",
    "Histories",
    "NoMaximum",
    "Outlook",
    "accuracy",
    "bgnbd",
    "collapse",
    "gamma_gamma",
    "grouped",
    "held_out",
    "outlook",
]
