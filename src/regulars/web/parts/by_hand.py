"""What a form says of a tag that is set by hand."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from regulars.know.tags.service import Subject, set_value, take_back
from regulars.web.parts.who import signed_in


def set_as_asked(request: HttpRequest, subject: Subject, owner_id: int) -> None:
    """Set the tag `code` to `value`, or take the `slip` back. Raises as `set_value`."""
    told, user = request.POST, signed_in(request)
    code, slip = told.get("code", ""), told.get("slip", "")
    if slip:
        take_back(user, subject, owner_id, code, int(slip) if slip.isdecimal() else 0)
        messages.success(request, _("Taken back."))
        return
    set_value(user, subject, owner_id, code, told.get("value", ""))
    messages.success(request, _("Saved."))
