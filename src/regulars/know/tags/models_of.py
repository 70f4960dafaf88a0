"""What models write: the outputs that a tag may show."""

from regulars.know.language.types import Type

LIFETIME, NEXT_PURCHASE, STAGE = "lifetime", "next_purchase", "stage"
OUTPUTS: dict[tuple[str, str], Type] = {
    (LIFETIME, "alive"): Type.SHARE,
    (LIFETIME, "purchases"): Type.NUMBER,
    (LIFETIME, "value"): Type.MONEY,
    (NEXT_PURCHASE, "due_on"): Type.DATE,
    (NEXT_PURCHASE, "overdue_days"): Type.COUNT,
    (STAGE, "stage"): Type.TEXT,
    (STAGE, "confidence"): Type.SHARE,
}
