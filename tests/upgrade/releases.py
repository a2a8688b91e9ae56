"""The code of an earlier release, beside the present one."""

import subprocess
import tomllib
from pathlib import Path

from tests.infra.missing import skip_outside_ci

ROOT = Path(__file__).parents[2]


def release(version: str) -> str:
    """The commit of a release."""
    releases = tomllib.loads(Path(__file__).with_name("releases.toml").read_text())["release"]
    return next(str(each["commit"]) for each in releases if each["version"] == version)


def checked_out(version: str, folder: Path) -> Path:
    """The release's tree, laid out in the folder."""
    commit = release(version)
    if subprocess.run(["git", "-C", ROOT, "cat-file", "-e", commit], check=False, capture_output=True).returncode:
        skip_outside_ci(f"release {version} is not in this clone: git fetch --unshallow")
    archive = subprocess.run(["git", "-C", ROOT, "archive", commit], check=True, capture_output=True).stdout
    subprocess.run(["tar", "-x", "-C", folder], input=archive, check=True)
    return folder
