"""Users and tokens: made, changed and ended here, each change with what was before and after."""

import hashlib
import secrets
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from regulars.ground.accounts.access import CAPABILITIES, Capability, Role, missing_bound, place_of
from regulars.ground.accounts.models import Token, User
from regulars.ground.audit.service import record
from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotFound, UserError
from regulars.ground.org.models import Node, Staff

TOKEN_PREFIX = "rgl_"
TOKEN_BYTES = 32


def create_user(
    actor: User | None,
    username: str,
    password: str,
    role: str,
    *,
    display_name: str = "",
    node: Node | None = None,
    category_codes: Sequence[str] = (),
    brand_codes: Sequence[str] = (),
    staff: Staff | None = None,
    language: str = "",
) -> User:
    """Make someone who can sign in; `actor` None is the system itself (command line, demo).

    Raises UserError: name taken, weak password, unknown role, or a bound the role needs.
    """
    if User.objects.filter(username=username).exists():
        raise UserError(
            _("The user name “%(name)s” is taken.") % {"name": username}, field="username"
        )
    user = User(username=username, display_name=display_name, staff=staff, language=language)
    _bound(user, role, node, category_codes, brand_codes)
    _set_password(user, password)
    user.save()
    record(actor, "user.created", "user", user.pk, username=username, after=_picture(user))
    return user


def choose_language(user: User, language: str) -> None:
    """The language in which pages, messages and the API speak to someone; empty: as asked."""
    user.language = language
    user.save(update_fields=["language"])


def arrange_home(user: User, shown: Sequence[str] = (), hidden: Sequence[str] = ()) -> None:
    """Keep which blocks someone's home page shows, in that order, and which it does not; neither:
    as usual for the role."""
    user.home_blocks, user.hidden_blocks = list(shown), list(hidden)
    user.save(update_fields=["home_blocks", "hidden_blocks"])


def change_role(
    actor: User | None,
    user: User,
    role: str,
    *,
    node: Node | None = None,
    category_codes: Sequence[str] = (),
    brand_codes: Sequence[str] = (),
) -> None:
    """Give a user a role together with the bounds it has there. Raises UserError."""
    before = _picture(user)
    _bound(user, role, node, category_codes, brand_codes)
    with transaction.atomic():
        if role != Role.ADMINISTRATOR:
            _check_another_administrator_stays(user)
        user.save(update_fields=["role", "node", "category_codes", "brand_codes"])
        record(actor, "user.role_changed", "user", user.pk, before=before, after=_picture(user))


def set_scope(
    actor: User | None,
    user: User,
    *,
    node: Node | None = None,
    category_codes: Sequence[str] = (),
    brand_codes: Sequence[str] = (),
) -> None:
    """Replace all bounds of a user. Raises UserError when the role needs one that is missing."""
    before = _picture(user)
    _bound(user, user.role, node, category_codes, brand_codes)
    user.save(update_fields=["node", "category_codes", "brand_codes"])
    record(actor, "user.scope_changed", "user", user.pk, before=before, after=_picture(user))


def change_password(actor: User | None, user: User, password: str) -> None:
    """Give a user a new password, which ends his other sessions. Raises UserError when weak."""
    _set_password(user, password)
    user.save(update_fields=["password"])
    record(actor, "user.password_changed", "user", user.pk)


def deactivate(actor: User | None, user: User) -> None:
    """Shut a user out, tokens and sessions too. Raises UserError for the last administrator."""
    with transaction.atomic():
        _check_another_administrator_stays(user)
        user.is_active = False
        user.save(update_fields=["is_active"])
        user.tokens.filter(revoked_at=None).update(revoked_at=clock.now())
        record(actor, "user.deactivated", "user", user.pk)


def activate(actor: User | None, user: User) -> None:
    """Let a user in again; tokens stay revoked."""
    user.is_active = True
    user.save(update_fields=["is_active"])
    record(actor, "user.activated", "user", user.pk)


def get_user(username: str) -> User:
    """Raises NotFound, naming the user."""
    try:
        return User.objects.get(username=username)
    except User.DoesNotExist:
        raise NotFound(_("There is no user “%(name)s”.") % {"name": username}) from None


def get_user_by_id(user_id: int) -> User:
    """Raises NotFound."""
    try:
        return list_users().get(pk=user_id)
    except User.DoesNotExist:
        raise NotFound(_("There is no such user.")) from None


def list_users() -> QuerySet[User]:
    """Everyone who has an account, with the place and the staff member each stands for."""
    return User.objects.select_related("node", "staff").order_by("username")


def issue_token(actor: User | None, user: User) -> str:
    """The text of a new API token. Only its hash is kept: nobody can show the text again.

    Raises UserError when the user's role may not use the API.
    """
    if Capability.USE_API not in CAPABILITIES[user.role]:
        raise UserError(
            _("“%(name)s” cannot have a token: the role %(role)s may not use the API.")
            % {"name": user.username, "role": user.get_role_display()}
        )
    text = TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    token = Token.objects.create(user=user, hash=_hash(text))
    record(actor, "token.issued", "user", user.pk, token_id=token.pk)
    return text


def revoke_token(actor: User | None, token: Token) -> None:
    """End a token at once; ending it twice changes nothing."""
    if Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=clock.now()):
        record(actor, "token.revoked", "user", token.user_id, token_id=token.pk)


def find_user_by_token(text: str) -> User | None:
    """The active user whose live token this is."""
    token = (
        Token.objects.select_related("user")
        .filter(hash=_hash(text), revoked_at=None, user__is_active=True)
        .first()
    )
    return token.user if token else None


def _bound(
    user: User,
    role: str,
    node: Node | None,
    category_codes: Sequence[str],
    brand_codes: Sequence[str],
) -> None:
    if role not in Role.values:
        raise UserError(
            _("There is no role “%(role)s”. Roles: %(roles)s.")
            % {"role": role, "roles": ", ".join(Role.values)},
            field="role",
        )
    user.role, user.node = role, node
    user.category_codes, user.brand_codes = list(category_codes), list(brand_codes)
    if missing := missing_bound(role, place_of(user), category_codes, brand_codes):
        raise UserError(missing, field="scope")


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as weak:
        raise UserError(" ".join(weak.messages), field="password") from weak
    user.set_password(password)


def _check_another_administrator_stays(user: User) -> None:
    administrators = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True)
    # Locked, so that two cannot end each other at once.
    if list(administrators.select_for_update().values_list("pk", flat=True)) == [user.pk]:
        raise UserError(_("This is the last administrator: make another one first."))


def _picture(user: User) -> dict[str, Any]:
    return {
        "role": user.role,
        "node": user.node.code if user.node else None,
        "categories": list(user.category_codes),
        "brands": list(user.brand_codes),
        "staff": user.staff.code if user.staff else None,
    }


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
