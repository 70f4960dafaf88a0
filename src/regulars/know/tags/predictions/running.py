"""Which models are to run, and running them."""

from collections.abc import Callable, Iterable
from datetime import date, datetime

from regulars.know.collect.service import get_backlog
from regulars.know.tags.definitions import Model, Tag
from regulars.know.tags.model_outputs import LIFETIME, NEXT_PURCHASE, STAGE
from regulars.know.tags.models import ModelFit
from regulars.know.tags.predictions.asked import count_lines
from regulars.know.tags.predictions.customer_value import fit_lifetime
from regulars.know.tags.predictions.fits import Fit, kept, latest_fits
from regulars.know.tags.predictions.inferred_stage import fit_stage
from regulars.know.tags.predictions.next_purchase import fit_next_purchase

Asked = dict[str, tuple[str, ...]]
"""Models that tags show, with the categories of each."""
MUCH = 1.2
"""By how much lines grow within a day before models are fitted anew."""


def models_asked(tags: Iterable[Tag]) -> Asked:
    found: dict[str, set[str]] = {}
    for tag in tags:
        if isinstance(tag.spec, Model):
            found.setdefault(tag.spec.model, set()).add(tag.spec.category)
    return {model: tuple(sorted(categories)) for model, categories in sorted(found.items())}


def models_due(asked: Asked, day: date) -> list[str]:
    """Those that were not fitted as of the day, or not for every category asked for. Once all that
    arrived is loaded, also those that know little of it: as when years of orders were imported."""
    fits, lines = latest_fits(), count_lines() if asked else 0
    due, grown = [], []
    for model, categories in asked.items():
        fit = fits.get(model)
        if fit is None or fit.as_of != day or not _covers(fit, categories):
            due.append(model)
        elif lines > fit.lines * MUCH:
            grown.append(model)
    return due if grown and get_backlog()["waiting"] else due + grown


def run_models(asked: Asked, models: Iterable[str], day: date) -> list[ModelFit]:
    """Fit these and write what they say. One that fails leaves the others standing."""
    work: dict[str, Callable[[], Fit]] = {
        LIFETIME: lambda: fit_lifetime(day),
        NEXT_PURCHASE: lambda: fit_next_purchase(day, asked[NEXT_PURCHASE]),
        STAGE: lambda: fit_stage(day),
    }
    return [kept(model, day, work[model]) for model in models]


def last_fitted_at(asked: Asked) -> datetime | None:
    """When the latest of these models was fitted."""
    return max(
        (fit.fitted_at for fit in latest_fits().values() if fit.model in asked), default=None
    )


def _covers(fit: ModelFit, categories: Iterable[str]) -> bool:
    """A fit that failed knows no categories, and is not tried again before the next day."""
    known = fit.parameters.get("categories")
    return known is None or set(categories) <= set(known)
