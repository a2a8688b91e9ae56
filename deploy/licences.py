"""`python -m deploy.licences` writes `docs/licences.md`: what each image and the wheel contain, under which licence.

Read from the lock files, the installed packages' own metadata and the page's lock file; a test holds the page equal.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Final

from packaging.requirements import Requirement

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "licences.md"
IMAGES: Final[Mapping[str, str]] = {
    "api": "api",
    "consumer": "consumer",
    "relay": "relay",
    "push-worker": "psa",
    "migrate": "migrations",
    "demo": "demo",
}
"""Each image's lock file of Python packages in `requirements/`."""
_IN_AN_IMAGE: Final = {
    "sys_platform": "linux",
    "platform_python_implementation": "CPython",
    "implementation_name": "cpython",
    "python_version": "3.13",
    "python_full_version": "3.13.0",
}
_CLASSIFIER: Final = "License :: OSI Approved :: "
_LOOKED_UP: Final[Mapping[str, str]] = {"rich-click": "MIT"}
"""Of packages whose metadata hold the licence's whole text, or nothing; from the text itself."""
_LONGEST: Final = 60
_HEADER: Final = """\
# Licences

Made by `python -m deploy.licences` from the lock files and what the packages say of themselves; a test holds it equal.
Ours are proprietary (`LICENSE`). The packages below are used as they are, unmodified, each from its own folder in the
image: that is what the **LGPL** asks of whoever ships **psycopg** (`psycopg`, `psycopg-binary`, `psycopg-pool`), whose
source is the package of the same version on PyPI. Nothing here is under the GPL or AGPL: a test refuses it.

The **wheel** contains `services` and `shared_queries`, and no code of others; what it needs is installed beside it:
`msgspec`, `sqlalchemy`, `tzdata`, and the packages of the extras that are asked for.

The **images** are Debian with Python, as its official image has them: `/usr/share/doc/*/copyright` in the image tells
of each Debian package. What stands there is not repeated here.
"""


@dataclass(frozen=True, order=True, slots=True)
class Package:
    """One package in one version."""

    name: str
    version: str
    licence: str


def page() -> str:
    """Return the page's text."""
    parts = [_HEADER, "\n## Python packages\n\n| package | version | licence | images |\n|---|---|---|---|\n"]
    users: dict[Package, list[str]] = {}
    for image, lock in IMAGES.items():
        for package in python_packages(ROOT / "requirements" / f"{lock}.txt"):
            users.setdefault(package, []).append(image)
    parts += [f"| {_cells(package)} | {', '.join(images)} |\n" for package, images in sorted(users.items())]
    parts += [
        "\n## In the built page\n\nIn the image `api`, and in what is published of the page.\n\n",
        "| package | version | licence |\n|---|---|---|\n",
        *(f"| {_cells(package)} |\n" for package in page_packages()),
    ]
    return "".join(parts)


def python_packages(lock: Path) -> list[Package]:
    """Return the packages that an image has of a lock file."""
    lines = re.findall(r"^([A-Za-z0-9][^\\\n]*?) *\\?$", lock.read_text(), re.MULTILINE)
    required = [Requirement(line) for line in lines]
    return [
        Package(each.name, str(each.specifier).removeprefix("=="), licence_of(each.name))
        for each in required
        if each.marker is None or each.marker.evaluate(_IN_AN_IMAGE)
    ]


def licence_of(name: str) -> str:
    """Return what an installed package says of its licence, the newest field first."""
    try:
        found: Distribution = distribution(name)
    except PackageNotFoundError:
        raise SystemExit(f"{name} is not installed: run make install") from None
    said = found.metadata.json
    if expression := said.get("license_expression"):
        return str(expression)
    classifiers = [text.removeprefix(_CLASSIFIER) for text in said.get("classifier", []) if _CLASSIFIER in text]
    if classifiers:
        return ", ".join(classifiers)
    text = str(said.get("license") or "").strip()
    if name in _LOOKED_UP:
        return _LOOKED_UP[name]
    if not text or "\n" in text or len(text) > _LONGEST:
        raise SystemExit(f"{name} does not say its licence in a word: look it up, and say it in deploy/licences.py")
    return text


def page_packages() -> list[Package]:
    """Return what is bundled into the page: what its lock file does not call for development; types leave no trace."""
    lock: dict[str, dict[str, Any]] = json.loads((ROOT / "frontend" / "package-lock.json").read_text())["packages"]
    return sorted(
        Package(path.rpartition("node_modules/")[2], str(entry["version"]), str(entry["license"]))
        for path, entry in lock.items()
        if path and not entry.get("dev") and "/@types/" not in path
    )


def _cells(package: Package) -> str:
    return f"{package.name} | {package.version} | {package.licence}"


def copyleft(packages: Iterable[Package]) -> list[Package]:
    """Return those whose licence would reach our own code."""
    return [package for package in packages if re.search(r"(?<!L)(?<!Lesser )A?GPL|Affero", package.licence)]


def main() -> None:
    PAGE.write_text(page())


if __name__ == "__main__":
    main()
