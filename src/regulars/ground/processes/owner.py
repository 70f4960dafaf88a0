"""Who a process runs as, and what that user can reach. PostgreSQL refuses to run as root."""

import os
import pwd
import signal
import stat
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.errors import UserError
from regulars.ground.processes import shim

UNPRIVILEGED = ("regulars", "nobody")
READ, ENTER = 4, 1


@dataclass(frozen=True)
class Owner:
    """A user of this machine."""

    uid: int
    gid: int

    @property
    def is_me(self) -> bool:
        return self.uid == os.geteuid()

    @property
    def name(self) -> str:
        try:
            return pwd.getpwuid(self.uid).pw_name
        except KeyError:
            return str(self.uid)

    def can_read(self, path: Path) -> bool:
        """Whether `path` and every folder above it are open to this user by their modes."""
        return self._may(READ, path) and all(self._may(ENTER, above) for above in path.parents)

    def can_enter(self, folder: Path) -> bool:
        return all(self._may(ENTER, each) for each in (folder, *folder.parents))

    def _may(self, right: int, path: Path) -> bool:
        facts = path.stat()
        mode = stat.S_IMODE(facts.st_mode)
        if facts.st_uid == self.uid:
            return bool(mode >> 6 & right)
        if facts.st_gid == self.gid:
            return bool(mode >> 3 & right)
        return bool(mode & right)


def me() -> Owner:
    return Owner(os.geteuid(), os.getegid())


def database_owner() -> Owner:
    """Who a new cluster belongs to: ourselves, or an unprivileged user when we are root."""
    return me() if os.geteuid() else _first_user_of(UNPRIVILEGED)


def owner_of(folder: Path) -> Owner:
    """Who an existing cluster belongs to. Raises UserError when we cannot act for that user."""
    facts = folder.stat()
    owner = Owner(facts.st_uid, facts.st_gid)
    if os.geteuid() not in (0, owner.uid):
        raise UserError(
            _("The database in %(folder)s belongs to the user %(user)s: start as that user."),
            facts={"folder": folder, "user": owner.name},
        )
    return owner


def bound_to_us(
    command: Sequence[str],
    *,
    death_signal: signal.Signals = signal.SIGKILL,
    owner: Owner | None = None,
) -> list[str]:
    """The command line that runs `command` as `owner` and signals it when its parent dies.

    The parent is the *thread* that starts it: that thread must live as long as the child should.
    """
    user = "-" if owner is None or owner.is_me else f"{owner.uid}:{owner.gid}"
    become = [sys.executable, "-I", "-S", shim.__file__]
    return [*become, str(os.getpid()), str(int(death_signal)), user, *command]


def _first_user_of(names: Iterable[str]) -> Owner:
    for name in names:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Owner(entry.pw_uid, entry.pw_gid)
    raise UserError(_("PostgreSQL cannot run as root and this machine has no user “nobody”."))
