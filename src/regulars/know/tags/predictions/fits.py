"""A model's fits: each is kept with what it found, how true it was, or why there was none."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import DatabaseError
from django.db.models import Max, TextChoices
from django.utils.translation import gettext_lazy as _

from regulars.ground.kit import clock
from regulars.ground.warehouse.service import WarehouseAway
from regulars.know.tags.lifetime import NoMaximum
from regulars.know.tags.model_outputs import MODELS
from regulars.know.tags.models import ModelFit
from regulars.know.tags.predictions.asked import count_lines, put

log = logging.getLogger(__name__)
MILLISECONDS = 1000


class Trouble(TextChoices):
    """Why a model says nothing, or not all."""

    TOO_FEW = "too_few", _("Too few members bought more than once.")
    NO_MAXIMUM = "no_maximum", _("The likelihood has no maximum on these data.")
    NO_SPEND = "no_spend", _("What a purchase brings could not be fitted: values are unknown.")
    NO_EVIDENCE = "no_evidence", _("No goods speak of a child's age.")


class CannotFit(Exception):
    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


@dataclass(frozen=True)
class Fit:
    """What a fit found; both are plain values for JSON. `trouble`: what is missing nevertheless."""

    parameters: Mapping[str, Any]
    accuracy: Mapping[str, Any] = field(default_factory=dict)
    trouble: Trouble | None = None


def kept(model: str, day: date, work: Callable[[], Fit]) -> ModelFit:
    """Do the work of one model and keep what came of it, as its next version. One that fails says
    nothing of anybody, and why; WarehouseAway and DatabaseError are raised: nothing can be kept."""
    began, lines = time.monotonic(), count_lines()
    fit, error = Fit({}), ""
    try:
        fit = work()
        error = fit.trouble.value if fit.trouble else ""
    except (WarehouseAway, DatabaseError):
        raise
    except Exception as why:
        # Whatever is wrong with one model, the others and all other tags go on.
        is_expected = isinstance(why, CannotFit | NoMaximum)
        log.warning("no fit of %s: %s", model, why, exc_info=None if is_expected else why)
        put(f"{MODELS[model].table}_clear")
        error = _said(why)
    last = ModelFit.objects.filter(model=model).aggregate(last=Max("version"))["last"] or 0
    return ModelFit.objects.create(
        model=model,
        version=last + 1,
        fitted_at=clock.now(),
        as_of=day,
        lines=lines,
        took_ms=round((time.monotonic() - began) * MILLISECONDS),
        parameters=fit.parameters,
        accuracy=fit.accuracy,
        error=error,
    )


def latest_fits() -> dict[str, ModelFit]:
    """The last fit of each model."""
    found = ModelFit.objects.order_by("model", "-version").distinct("model")
    return {fit.model: fit for fit in found}


def _said(why: Exception) -> str:
    match why:
        case CannotFit():
            return why.trouble.value
        case NoMaximum():
            return Trouble.NO_MAXIMUM.value
    return str(why)
