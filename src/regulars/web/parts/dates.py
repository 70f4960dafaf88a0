"""Days as people read them."""

from datetime import date

from django.utils.translation import gettext as _


def since(day: date) -> str:
    """The first day of something, where the first day of the calendar means always."""
    return _("since always") if day.year == 1 else day.isoformat()
