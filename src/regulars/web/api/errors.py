"""Every refusal in one shape: `{"error": {"code", "message", "field", …}}`, and nothing half done.

400 wrong_input · 401 not_signed_in · 403 not_allowed · 404 not_found · 422 invalid · 500 fault ·
503 warehouse_away, database_away, too_much_at_once, no_room (Retry-After says when) · 504 too_slow
"""

import logging
from http import HTTPStatus
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from regulars.ground.kit.errors import NoRoom, NotAllowed, NotFound, UserError
from regulars.ground.warehouse.service import WarehouseAway, WarehouseTooSlow
from regulars.know.language.errors import TextError

log = logging.getLogger(__name__)

MEANINGS: dict[str, str | Promise] = {
    "missing": gettext_lazy("is required"),
    "extra_forbidden": gettext_lazy("is not a known field"),
    "string_type": gettext_lazy("must be text"),
    "string_too_short": gettext_lazy("must not be empty"),
    "string_too_long": gettext_lazy("may have at most %(max_length)s characters"),
    "int_type": gettext_lazy("must be a whole number"),
    "int_parsing": gettext_lazy("must be a whole number"),
    "int_parsing_size": gettext_lazy("is too large a number"),
    "int_from_float": gettext_lazy("must be a whole number"),
    "decimal_type": gettext_lazy("must be a number"),
    "decimal_parsing": gettext_lazy("must be a number"),
    "decimal_max_digits": gettext_lazy("is too large a number"),
    "decimal_max_places": gettext_lazy("may have at most %(decimal_places)s decimals"),
    "bool_type": gettext_lazy("must be true or false"),
    "bool_parsing": gettext_lazy("must be true or false"),
    "date_type": gettext_lazy("must be a date such as 2017-12-31"),
    "date_parsing": gettext_lazy("must be a date such as 2017-12-31"),
    "date_from_datetime_parsing": gettext_lazy("must be a date such as 2017-12-31"),
    "date_from_datetime_inexact": gettext_lazy("must be a date such as 2017-12-31"),
    "datetime_type": gettext_lazy("must be a moment such as 2017-12-31T18:30:00+08:00"),
    "datetime_parsing": gettext_lazy("must be a moment such as 2017-12-31T18:30:00+08:00"),
    "datetime_from_date_parsing": gettext_lazy(
        "must be a moment such as 2017-12-31T18:30:00+08:00"
    ),
    "timezone_aware": gettext_lazy("must carry its offset from UTC, such as +08:00"),
    "uuid_parsing": gettext_lazy("must be a UUID"),
    "literal_error": gettext_lazy("must be one of: %(expected)s"),
    "enum": gettext_lazy("must be one of: %(expected)s"),
    "greater_than_equal": gettext_lazy("must be at least %(ge)s"),
    "less_than_equal": gettext_lazy("must be at most %(le)s"),
    "list_type": gettext_lazy("must be a list"),
    "too_long": gettext_lazy("may hold at most %(max_length)s at a time"),
    "too_short": gettext_lazy("must hold at least %(min_length)s"),
    "holds_nul": gettext_lazy("must not hold a NUL character"),
    "model_attributes_type": gettext_lazy("must be an object"),
}
SHOWN_FAULTS = 100
RETRY_SECONDS, ROOM_RETRY_SECONDS = 5, 30
NINJA_SAYS = (gettext_noop("CSRF check Failed"), gettext_noop("Cannot parse request body"))


def explain_errors(api: NinjaAPI) -> None:
    """Let the API answer errors in our shape."""
    statuses = {NotAllowed: (403, "not_allowed"), NotFound: (404, "not_found")}

    def answer(
        request: HttpRequest, status: int, code: str, message: str, **more: Any
    ) -> HttpResponse:
        _take_back()
        error = {"code": code, "message": message, "field": None, **more}
        return api.create_response(request, {"error": error}, status=status)

    @api.exception_handler(UserError)
    def user_error(request: HttpRequest, error: UserError) -> HttpResponse:
        status, code = statuses.get(type(error), (400, "wrong_input"))
        place = {"at": list(error.at)} if isinstance(error, TextError) else {}
        return answer(request, status, code, str(error), field=error.field, **place)

    @api.exception_handler(NoRoom)
    def no_room(request: HttpRequest, error: NoRoom) -> HttpResponse:
        log.warning("%s %s: %s", request.method, request.path, error)
        response = answer(request, 503, "no_room", str(error))
        response["Retry-After"] = str(ROOM_RETRY_SECONDS)
        return response

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        faults = [_fault(each) for each in error.errors[:SHOWN_FAULTS]]
        first = faults[0]
        return answer(
            request, 422, "invalid", _sentence(first), field=first["field"], faults=faults
        )

    @api.exception_handler(AuthenticationError)
    def not_signed_in(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        message = _("Send a valid token: “Authorization: Bearer …”.")
        return answer(request, 401, "not_signed_in", message)

    @api.exception_handler(HttpError)
    def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
        code = "not_allowed" if error.status_code == HTTPStatus.FORBIDDEN else "wrong_input"
        return answer(request, error.status_code, code, _(error.message))

    @api.exception_handler(Http404)
    def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
        return answer(request, 404, "not_found", _("There is nothing at this address."))

    @api.exception_handler(WarehouseAway)
    def warehouse_away(request: HttpRequest, error: WarehouseAway) -> HttpResponse:
        log.warning("%s %s: %s", request.method, request.path, error)
        message = _("The warehouse is being started again; nothing is lost. Ask again shortly.")
        response = answer(request, 503, "warehouse_away", message)
        response["Retry-After"] = str(RETRY_SECONDS)
        return response

    @api.exception_handler(OperationalError)
    @api.exception_handler(InterfaceError)
    def database_away(request: HttpRequest, error: Exception) -> HttpResponse:
        raise error  # the same answer as where the database was away before the view: handler500

    @api.exception_handler(WarehouseTooSlow)
    def too_slow(request: HttpRequest, error: WarehouseTooSlow) -> HttpResponse:
        log.warning("%s %s: %s", request.method, request.path, error)
        message = _("This takes longer than a question may: ask for less time or a smaller part.")
        return answer(request, 504, "too_slow", message)

    @api.exception_handler(Exception)
    def fault(request: HttpRequest, error: Exception) -> HttpResponse:
        log.exception("%s %s", request.method, request.path)
        message = _("Something went wrong here; it was written to the log, and nothing was kept.")
        return answer(request, 500, "fault", message)


def _take_back() -> None:
    """Ninja turns errors into answers inside the request's transaction, which would commit."""
    if transaction.get_connection().in_atomic_block:
        transaction.set_rollback(True)


def _fault(error: dict[str, Any]) -> dict[str, Any]:
    """`{"record": its place in the batch from 0 or None, "field", "message"}`."""
    place = error["loc"]
    record = next((part for part in place if isinstance(part, int)), None)
    names = place[place.index(record) + 1 :] if record is not None else place[-1:]
    meaning = str(MEANINGS.get(error["type"], error["msg"]))
    message = meaning % error.get("ctx", {}) if error["type"] in MEANINGS else meaning
    return {"record": record, "field": ".".join(map(str, names)), "message": message}


def _sentence(fault: dict[str, Any]) -> str:
    if fault["record"] is None:
        return _("“%(field)s” %(message)s.") % fault
    return _("Record %(record)s: “%(field)s” %(message)s.") % fault
