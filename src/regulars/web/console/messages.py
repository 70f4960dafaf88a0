"""Messages at the desk: to open one is to have read it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from regulars.ground.accounts.access import Capability, requires
from regulars.ground.messages import service
from regulars.web.parts.told import page_of_messages
from regulars.web.parts.who import signed_in


@requires(Capability.ENTER)
def show_all(request: HttpRequest) -> HttpResponse:
    return render(request, "console/messages.html", page_of_messages(request))


@require_POST
@requires(Capability.ENTER)
def read(request: HttpRequest, message_id: int) -> HttpResponse:
    message = service.read_message(signed_in(request), message_id)
    return redirect(message.address or "messages")


@require_POST
@requires(Capability.ENTER)
def read_all(request: HttpRequest) -> HttpResponse:
    service.read_all(signed_in(request))
    return redirect("messages")
