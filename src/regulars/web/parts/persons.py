"""Whose page it is, said to the phone without saying who."""

from django.utils.crypto import salted_hmac

from regulars.ground.accounts.models import User

KEY_LENGTH = 20


def key_of(user: User) -> str:
    """One for a person in a place and a role: with another of them, what was kept is gone."""
    who = f"{user.pk} {user.role} {user.node_id} {user.staff_id}"
    return salted_hmac("regulars.phone", who).hexdigest()[:KEY_LENGTH]
