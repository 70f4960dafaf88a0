"""What keeps the stores from being what they should be, as the system's watchers are told it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regulars.know.collect.models import Trouble

TROUBLES: dict[str, Promise] = {
    "stores_apart": _(
        "The warehouse and the database do not hold the same batches; the warehouse is being "
        "mended from the archive. Numbers are incomplete until it is."
    ),
}


def note_trouble(code: str) -> None:
    """It lasts until `note_end_of`; noting it again changes nothing."""
    Trouble.objects.get_or_create(code=code)


def note_end_of(code: str) -> None:
    Trouble.objects.filter(code=code).delete()


def list_troubles() -> list[Trouble]:
    """Those that last, the longest first."""
    return list(Trouble.objects.order_by("since"))


def explain_trouble(code: str) -> str:
    return str(TROUBLES.get(code, code))
