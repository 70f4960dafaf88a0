"""What a model's last fit found and how true it was, in words and beside the naive alternative."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from regulars.know.members.rules import Stage
from regulars.know.tags.definitions import Kind
from regulars.know.tags.model_outputs import LIFETIME, NEXT_PURCHASE, STAGE
from regulars.know.tags.models import Definition, ModelFit
from regulars.know.tags.predictions.fits import Trouble
from regulars.web.parts.templatetags.figures import figure_of, is_chinese

Words = list[tuple[str, str]]
EARLIER = 10
DAYS_A_YEAR = 365


@dataclass(frozen=True)
class Tried:
    """What came of days that were held back: `rows` of a figure, the model's and the naive one's.
    `bands` say of how many with so much confidence how many were right."""

    how: str
    naive: str
    rows: Sequence[tuple[str, str, str]]
    bands: Sequence[tuple[str, str, str]] = field(default=())


@dataclass(frozen=True)
class FitShown:
    """The last fit of a tag's model, and those before it."""

    fit: ModelFit
    error: str
    found: Words
    tried: Tried | None
    earlier: Sequence[ModelFit]


def fit_shown(definition: Definition) -> FitShown | None:
    """None for a tag of another kind, or before its model was ever fitted."""
    model, category = definition.told.get("model"), definition.told.get("category", "")
    fits = list(ModelFit.objects.filter(model=model).order_by("-version")[: EARLIER + 1])
    if definition.kind != Kind.MODEL or not fits:
        return None
    fit = fits[0]
    found, tried = _WORDS[fit.model](fit, category)
    error = str(Trouble(fit.error).label) if fit.error in Trouble.values else fit.error
    if fit.model == NEXT_PURCHASE and not error and category not in fit.accuracy:
        error = str(Trouble.TOO_FEW.label)
    return FitShown(fit, error, found, tried, fits[1:])


def _lifetime(fit: ModelFit, _category: str) -> tuple[Words, Tried | None]:
    found: Words = []
    if buying := fit.parameters.get("buying"):
        a_year = buying["r"] / buying["alpha"] * DAYS_A_YEAR
        lost = buying["a"] / (buying["a"] + buying["b"])
        found = [
            (_("Members"), _count(buying["customers"])),
            (_("Of them came back"), _count(fit.parameters["came_back"])),
            (_("Purchases a year, while a customer"), _number(a_year)),
            (_("Lost after a purchase"), _share(lost)),
            ("BG/NBD", _symbols(buying, ("r", "alpha", "a", "b"))),
        ]
    if spending := fit.parameters.get("spending"):
        mean = spending["p"] * spending["gamma"] / (spending["q"] - 1)
        found.append((_("A purchase brings, over all"), figure_of(round(mean), "cents").short))
        found.append(("Gamma-Gamma", _symbols(spending, ("p", "q", "gamma"))))
    return found, _lifetime_tried(fit.accuracy) if fit.accuracy else None


def _lifetime_tried(told: Mapping[str, Any]) -> Tried:
    model, naive = told["model"], told["same_as_before"]
    how = _(
        "Fitted on what was known on %(cut)s: %(members)s members then bought on %(actual)s days"
        " within %(days)s days."
    ) % {
        "cut": told["cut"],
        "days": told["days"],
        "members": _count(told["members"]),
        "actual": _count(model["actual"]),
    }
    labels = {
        "predicted": (_("Expected in all"), _count),
        "bias_percent": (_("Too many (+) or too few (−)"), _percent),
        "mae": (_("Off by, a member"), _number),
        "auc": (_("Right about who of two buys"), _share),
    }
    rows = [(label, say(model[name]), say(naive[name])) for name, (label, say) in labels.items()]
    return Tried(how, _("as many as before"), rows)


def _next_purchase(fit: ModelFit, category: str) -> tuple[Words, Tried | None]:
    usual = fit.parameters.get("categories", {}).get(category)
    if usual is None:
        return [], None
    found = [
        (_("Who bought within a year"), _count(usual["buyers"])),
        (_("Intervals between purchases"), _count(usual["intervals"])),
        (_("Days until the next, for each unit"), _days(usual["days"])),
    ]
    if usual["use"]:
        language = "zh" if is_chinese() else "en"
        found.append((_("Table of daily use"), usual["use"][language]))
        found.append((_("Of that bought here"), _share(usual["pace"])))
    told = fit.accuracy.get(category)
    return found, _next_tried(told) if told and told["compared"] else None


def _next_tried(told: Mapping[str, Any]) -> Tried:
    how = _(
        "Expected on %(cut)s, compared with when %(compared)s members did buy again; %(by_use)s of"
        " the days came from daily use."
    ) % {
        "cut": told["cut"],
        "compared": _count(told["compared"]),
        "by_use": _count(told["by_use"]),
    }
    near, same_near = (_share(told[name] / told["compared"]) for name in ("near", "same_near"))
    missed, same_missed = (_days(told[name]) for name in ("missed_days", "same_missed_days"))
    rows = [
        (_("Within %(days)s days") % {"days": told["near_days"]}, near, same_near),
        (_("Off by, median of days"), missed, same_missed),
    ]
    return Tried(how, _("own mean interval"), rows)


def _stage(fit: ModelFit, _category: str) -> tuple[Words, Tried | None]:
    told = fit.parameters
    if not told:
        return [], None
    found = [
        (_("Baskets of the last days"), _count(told["within_days"])),
        (_("Days after which one counts half"), _count(told["half_life_days"])),
        (_("Goods that speak of an age"), _count(told["goods"])),
    ]
    tried = fit.accuracy
    return found, _stage_tried(tried) if tried else None


def _stage_tried(told: Mapping[str, Any]) -> Tried:
    how = _(
        "Tried on %(compared)s members whose child is confirmed; the model saw their baskets alone,"
        " and chose among %(stages)s stages."
    ) % {"compared": _count(told["compared"]), "stages": len(Stage)}
    agreed, naive = (_share(told[name] / told["compared"]) for name in ("agreed", "most_frequent"))
    bands = [
        (
            _share(band["confidence"]),
            _count(band["compared"]),
            _share(band["agreed"] / band["compared"]),
        )
        for band in told["bands"]
    ]
    return Tried(how, _("the most frequent stage"), [(_("Right"), agreed, naive)], bands)


_WORDS = {LIFETIME: _lifetime, NEXT_PURCHASE: _next_purchase, STAGE: _stage}


def _symbols(told: Mapping[str, float], names: Sequence[str]) -> str:
    greek = {"alpha": "α", "gamma": "γ"}
    return ", ".join(f"{greek.get(name, name)} = {told[name]:.4g}" for name in names)


def _count(value: float | None) -> str:
    return "—" if value is None else figure_of(round(value), "count").short


def _share(value: float | None) -> str:
    return "—" if value is None else figure_of(Fraction(value), "rate").short


def _number(value: float | None) -> str:
    return "—" if value is None else figure_of(Fraction(value), "ratio").short


def _days(value: float | None) -> str:
    return "—" if value is None else f"{value:.1f}".removesuffix(".0")


def _percent(value: float | None) -> str:
    return "—" if value is None else f"{value:+.1f}%"
