"""PostgreSQL takes no NUL into a text: an address or a form that holds one is refused at once."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.utils.translation import gettext as _

from regulars.web.parts.middleware import explain

NUL = "\0"


class RefuseNul:
    """400, naming the field. What comes as JSON is looked at by the API's own schemas."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        field = "" if NUL in request.path else _field_with_nul(request.GET, request.POST)
        if field is None:
            return self.get_response(request)
        message = _("“%(field)s” holds a NUL character, which no text may.") % {"field": field}
        if request.path.startswith("/api/"):
            told = {"code": "wrong_input", "message": message, "field": field.replace(NUL, "")}
            return JsonResponse({"error": told}, status=400)
        return explain(request, message.replace(NUL, ""), 400)


def _field_with_nul(*given: QueryDict) -> str | None:
    for fields in given:
        for name, values in fields.lists():
            if any(NUL in text for text in (name, *map(str, values))):
                return name
    return None
