"""Which user runs PostgreSQL, which refuses to be run by root."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.errors import StackError


@dataclass(frozen=True)
class Account:
    """An unprivileged user of this machine."""

    uid: int
    gid: int

    def give(self, path: Path) -> None:
        """Make the user the owner of the one file or folder."""
        os.chown(path, self.uid, self.gid)


def unprivileged_account() -> Account | None:
    """None when we are not root: then everything runs as ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise StackError("PostgreSQL does not run as root, and there is no user 'nobody': start the stack as another user")
