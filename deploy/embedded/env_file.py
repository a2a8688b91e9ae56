import shlex
from collections.abc import Mapping
from pathlib import Path


def write_env_file(path: Path, variables: Mapping[str, str]) -> None:
    """Write lines that a shell can source; renamed into place, so that whoever waits for the file reads all of it."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)  # it holds passwords
    part.write_text("".join(f"{name}={shlex.quote(value)}\n" for name, value in variables.items()))
    part.replace(path)
