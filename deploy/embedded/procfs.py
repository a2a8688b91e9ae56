"""What Linux tells about processes under /proc."""

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from deploy.embedded.account import Account


def _stat(pid: int) -> list[str] | None:
    """Return the fields of /proc/PID/stat from the third on (the second, the name, may hold blanks and brackets)."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return text[text.rindex(")") + 2 :].split()


def start_time(pid: int) -> int | None:
    """When the process began, in clock ticks since the machine's start; None if there is no such process."""
    fields = _stat(pid)
    return int(fields[19]) if fields else None


def is_alive(pid: int) -> bool:
    """Return whether the process runs; False for a zombie too, which holds nothing any more."""
    fields = _stat(pid)
    return fields is not None and fields[0] not in {"Z", "X"}


def pids() -> Iterator[int]:
    return (int(name) for name in os.listdir("/proc") if name.isdecimal())  # noqa: PTH208  names are what we need


def group_members(group: int, not_before: int) -> set[int]:
    """Return the processes of a group that began at `not_before` or later: a group's number, too, may be used again."""
    members = set()
    for pid in pids():
        fields = _stat(pid)
        if fields and int(fields[2]) == group and int(fields[19]) >= not_before:
            members.add(pid)
    return members


def titles_of_children(parent: int) -> set[str]:
    """Return what the children of a process say they do: PostgreSQL's put it where the command line was."""
    titles = set()
    for pid in pids():
        fields = _stat(pid)
        if fields and int(fields[1]) == parent:
            with suppress(OSError):
                titles.add(Path(f"/proc/{pid}/cmdline").read_text(errors="replace").strip("\0 "))
    return titles


def working_in(folders: Sequence[Path], account: Account | None) -> set[int]:
    """Return the processes whose working directory is one of the folders.

    Only their own user may always look (in a container root may not), so a child of ours looks as that user.
    """
    if account is None:
        return set(_working_in(_identities(folders)))
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            # Resolved before the change of user, who may be unable to reach the folders by their path.
            wanted = _identities(folders)
            os.setgroups([])
            os.setgid(account.gid)
            os.setuid(account.uid)
            os.write(writer, " ".join(str(pid) for pid in _working_in(wanted)).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader) as answer:
        found = {int(pid) for pid in answer.read().split()}
    os.waitpid(child, 0)
    return found


def _identities(folders: Sequence[Path]) -> set[tuple[int, int]]:
    return {(stat.st_dev, stat.st_ino) for folder in folders if (stat := _stat_folder(folder))}


def _stat_folder(folder: Path) -> os.stat_result | None:
    try:
        return folder.stat()
    except OSError:
        return None


def _working_in(wanted: set[tuple[int, int]]) -> Iterator[int]:
    for pid in pids():
        stat = _stat_folder(Path(f"/proc/{pid}/cwd"))
        if stat and (stat.st_dev, stat.st_ino) in wanted:
            yield pid


def kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def kill_group(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
