"""Signing out: nothing of what a browser kept for someone stays behind."""

from allauth.account import views as account
from django.http import HttpRequest, HttpResponse

from regulars.ground.accounts.access import public


@public
def leave(request: HttpRequest) -> HttpResponse:
    response: HttpResponse = account.logout(request)
    if request.method == "POST":
        response["Clear-Site-Data"] = '"storage"'
    return response
