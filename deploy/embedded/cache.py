"""Where downloads are kept between runs, for all state directories."""

import os
from pathlib import Path


def cache_folder() -> Path:
    """As root a folder that PostgreSQL's unprivileged user can read, else the user's own cache."""
    if os.geteuid() == 0:
        folder = Path("/var/cache/flowpilot-analytics")
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)  # whatever our umask: nothing in it is a secret
        return folder
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "flowpilot-analytics"
