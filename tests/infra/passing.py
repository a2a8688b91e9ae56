"""The files of ours that something passes, and those that docs/architecture.md lists of it, for whoever follows it."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).parents[2]
PACKAGES = ("analytics_api", "psa_event_consumer", "services", "shared_queries")
ARCHITECTURE = ROOT / "docs" / "architecture.md"


@contextmanager
def files_passed() -> Iterator[set[str]]:
    """The files of ours in which a function was called meanwhile."""
    passed: set[str] = set()
    roots = tuple(f"{ROOT}/{package}/" for package in PACKAGES)

    def note(frame: FrameType, event: str, _: object) -> None:
        file = frame.f_code.co_filename
        if event == "call" and file.startswith(roots):
            passed.add(file.removeprefix(f"{ROOT}/"))

    sys.setprofile(note)
    try:
        yield passed
    finally:
        sys.setprofile(None)


def listed_files(heading: str) -> set[str]:
    """The files that the page lists under a heading, which says how many they are."""
    section = ARCHITECTURE.read_text().split(f"### {heading}\n", 1)[1].split("\n#", 1)[0]
    files = set(re.findall(r"`([\w/]+\.(?:py|sql))`", section))
    assert f"passes {len(files)} files of ours" in section.replace("\n", " ")
    return files
