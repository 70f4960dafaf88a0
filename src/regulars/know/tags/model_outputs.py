"""What models write: a table a model, and its columns that a tag may show."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regulars.know.language.types import Type

LIFETIME, NEXT_PURCHASE, STAGE = "lifetime", "next_purchase", "stage"


@dataclass(frozen=True)
class Output:
    """A column of a model's table."""

    type: Type
    label: str | Promise


@dataclass(frozen=True)
class Written:
    """What a model writes of members: `table`, a row a member; with `has_categories` a row a member
    and category, of which the empty one stands for all goods."""

    label: str | Promise
    table: str
    outputs: Mapping[str, Output]
    has_categories: bool = False


MODELS: dict[str, Written] = {
    LIFETIME: Written(
        _("customer value (BG/NBD and Gamma-Gamma)"),
        "model_lifetime",
        {
            "alive": Output(Type.SHARE, _("probability of still being a customer")),
            "purchases": Output(Type.NUMBER, _("purchases expected in the next 365 days")),
            "value": Output(Type.MONEY, _("sales expected in the next 365 days")),
        },
    ),
    NEXT_PURCHASE: Written(
        _("next purchase of a category"),
        "model_next_purchase",
        {
            "due_on": Output(Type.DATE, _("next purchase expected on")),
            "basis": Output(Type.TEXT, _("worked out from")),
        },
        has_categories=True,
    ),
    STAGE: Written(
        _("child's stage from baskets"),
        "model_stage",
        {
            "stage": Output(Type.TEXT, _("stage")),
            "confidence": Output(Type.SHARE, _("confidence")),
        },
    ),
}
OUTPUTS: dict[tuple[str, str], Output] = {
    (model, name): output
    for model, written in MODELS.items()
    for name, output in written.outputs.items()
}
