"""The demo's sign-ins: who each is, what they see, and the one tap that becomes them."""

from dataclasses import dataclass

from django.contrib.auth import login
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regulars.ground.accounts.models import User
from regulars.ground.accounts.service import list_users
from regulars.ground.kit.deployment import chain
from regulars.ground.kit.errors import NotAllowed

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SEES: dict[str, tuple[str, Promise]] = {
    "chairman": (
        "target",
        _("The chain at a glance: targets, causes, and what is done about them."),
    ),
    "hq": ("today", _("The whole chain: what moved, where, and who is behind it.")),
    "region": ("org", _("One region's branches and stores side by side, and their members.")),
    "store": ("members", _("One store: its members, their families, whom to look after.")),
    "consultant": ("phone", _("One store's number and its members, made for the phone.")),
    "category": ("goods", _("One category across the chain: who buys it, who stopped.")),
    "brand": ("tree", _("One brand's own sales, and no member lists.")),
    "admin": ("settings", _("Users, permissions, the audit log and the system's health.")),
}


@dataclass(frozen=True)
class DemoRole:
    user: User
    icon: str
    sees: Promise


def list_demo_roles() -> list[DemoRole]:
    """The demo's users in the order of a walk through the house; empty on a real chain."""
    if not chain().artificial:
        return []
    users = {user.username: user for user in list_users().filter(is_active=True)}
    return [DemoRole(users[name], *SEES[name]) for name in SEES if name in users]


def become(request: HttpRequest, username: str) -> None:
    """Sign in as a demo user. Raises NotAllowed on a real chain and for anyone else's name."""
    chosen = next((r for r in list_demo_roles() if r.user.username == username), None)
    if chosen is None:
        raise NotAllowed(_("Roles can be switched on demo data only."))
    login(request, chosen.user, backend=BACKEND)
