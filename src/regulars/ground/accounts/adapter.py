"""Accounts are made by administrators: nobody signs up by himself."""

from typing import NoReturn

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from regulars.ground.accounts.models import User
from regulars.ground.kit.errors import NotAllowed


class StaffAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def respond_user_inactive(self, request: HttpRequest, user: User) -> NoReturn:
        """Said only to someone who knows the password."""
        raise NotAllowed(_("This account was closed. An administrator can open it again."))
