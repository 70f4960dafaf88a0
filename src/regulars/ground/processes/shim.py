"""Turns into a command that ends with its parent: gives up root, asks the kernel for a signal when
the parent dies, then becomes the command. Run by path, so it imports the standard library only."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
PARENT_IS_GONE = 112
COMMAND_NOT_FOUND = 127


def become(parent: int, death_signal: int, owner: str, command: list[str]) -> None:
    """Replace this process by `command`; `owner` is "uid:gid", or "-" to stay who we are."""
    if owner != "-":
        uid, gid = map(int, owner.split(":"))
        give_up_root(uid, gid)
    # Changing the user clears the death signal, so it is asked for afterwards.
    end_with(parent, death_signal)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        os.execvp(command[0], command)
    except OSError as refused:
        sys.stderr.write(f"{command[0]}: {refused.strerror}\n")
        sys.exit(COMMAND_NOT_FOUND)


def give_up_root(uid: int, gid: int) -> None:
    os.chdir("/")
    os.umask(0o077)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def end_with(parent: int, death_signal: int = signal.SIGKILL) -> None:
    """Have the kernel send us `death_signal` when `parent` dies; exit when it is dead already."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(death_signal))
    if os.getppid() != parent:
        sys.exit(PARENT_IS_GONE)


if __name__ == "__main__":
    become(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])
