"""What the wheel holds: `services` and `shared_queries` for the main application, and nothing else of ours.

They live in it below `flowpilot_analytics`, with their imports of each other written so, and are also found by their
short names (`flowpilot_analytics.names`): a main application that has a package `services` of its own keeps it. Type
checkers read the short names from stubs. The processes run from the images or a checkout.
"""

import re
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGES = ("services", "shared_queries")
TOP = "flowpilot_analytics"
OUR_IMPORT = re.compile(r"^(\s*(?:from|import) )(?=(?:services|shared_queries)[.\s])", re.MULTILINE)


class WheelContent(BuildHookInterface[Any]):  # type: ignore[misc]  # hatchling is there while it builds
    """Hatchling calls it for each wheel; an editable one is the checkout itself."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the wheel's files to a folder and hand them over."""
        if version == "editable":
            return
        self.folder = tempfile.TemporaryDirectory(prefix="flowpilot-wheel-")
        content = Path(self.folder.name)
        write_content(Path(self.root), content)
        build_data["force_include"].update(
            {str(path): str(path.relative_to(content)) for path in content.rglob("*") if path.is_file()}
        )

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 -- hatchling's
        """Remove the folder."""
        if version != "editable":
            self.folder.cleanup()


def write_content(root: Path, content: Path) -> None:
    """Write what the wheel holds beside `flowpilot_analytics` itself."""
    # Read at the interpreter's start, so that the short names are known.
    _write(content / f"{TOP}.pth", f"import {TOP}\n")
    for package in PACKAGES:
        _write(content / TOP / package / "py.typed", "")
        for source in sorted((root / package).rglob("*.*")):
            name = source.relative_to(root)
            if source.suffix == ".py":
                _write(content / TOP / name, OUR_IMPORT.sub(rf"\1{TOP}.", source.read_text("utf-8")))
                stub = Path(f"{package}-stubs", *name.parts[1:]).with_suffix(".pyi")
                _write(content / stub, f"from {_module(Path(TOP) / name)} import *\n")
            elif source.suffix == ".sql":
                _write(content / TOP / name, source.read_text("utf-8"))


def _module(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
