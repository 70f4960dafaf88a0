"""What WeCom answers when it does not do what was asked, by its code."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.errors import UserError

OK, BUSY = 0, -1
STALE_TOKEN = frozenset({40014, 42001})
TOO_OFTEN, IP_NOT_ALLOWED, NO_RELATION = 45009, 60020, 84061
WRONG_CODE = frozenset({40029, 42003})
NOBODY_OF_THEM = 81013
TAG_GONE = 40068
WELCOME_EXPIRED, WELCOME_SENT, WELCOME_BUSY = 41050, 41051, 41096

SAYS: dict[int, str | Promise] = {
    BUSY: _("WeCom is busy."),
    40001: _("WeCom does not know this secret: copy it again from the app's page."),
    40013: _("WeCom does not know this corp id."),
    40014: _("WeCom no longer takes the access token."),
    42001: _("WeCom no longer takes the access token."),
    40029: _("The sign-in code is used up or too old."),
    42003: _("The sign-in code is used up or too old."),
    TOO_OFTEN: _("WeCom was asked too often; what is left goes a little later."),
    IP_NOT_ALLOWED: _(
        "WeCom does not take calls from this server's address: add it to the app's trusted IPs."
    ),
    NO_RELATION: _("The customer and the colleague are no longer in contact."),
    WELCOME_EXPIRED: _("More than 20 seconds had passed."),
    WELCOME_SENT: _("Another app had greeted her already."),
    WELCOME_BUSY: _("Another app is greeting her."),
    TAG_GONE: _("WeCom has no such customer tag any more; it is made again."),
    48002: _("The app may not use this API: give it the permission in WeCom's console."),
    60011: _("The app may not see this colleague: widen its visible range."),
    NOBODY_OF_THEM: _("None of the receivers is known or may be seen by the app."),
    301002: _("The app id does not belong to this secret."),
}


class WecomError(UserError):
    """WeCom refused. `code` is its errcode; the message is ours where we know the code."""

    def __init__(self, code: int, told: str = "") -> None:
        says = SAYS.get(code, told[:200])
        super().__init__(_("WeCom answered %(code)s: %(says)s"), facts={"code": code, "says": says})
        self.code = code


class Later(WecomError):
    """Nothing is wrong with what was asked, it is only not the time: 45009, or our own side of
    the limits."""

    def __init__(self, code: int = TOO_OFTEN, told: str = "", *, seconds: int = 60) -> None:
        super().__init__(code, told)
        self.seconds = seconds


class Away(UserError):
    """WeCom could not be reached, or answered nothing that can be read. What was asked may have
    been done all the same."""

    def __init__(self) -> None:
        super().__init__(_("WeCom cannot be reached."))


class NotConnected(UserError):
    def __init__(self) -> None:
        super().__init__(_("WeCom is not connected."))
