"""What documents and docstrings name is there: links, headings, files, modules; and one version everywhere."""

import ast
import json
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from services.version import VERSION

ROOT = Path(__file__).parents[2]
PACKAGES = ("analytics_api", "benchmarks", "deploy", "psa_event_consumer", "services", "shared_queries", "tests")

WIDTH = 120

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_TICKS = re.compile(r"`([^`\n]+)`")
_FENCED = re.compile(r"^ *```.*?^ *```", re.DOTALL | re.MULTILINE)
_PATH = re.compile(r"(?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:py|md|sql|toml|yaml|yml|json|tsx?|css|mjs)")
_BUILT = ("frontend/dist", "frontend/node_modules", "dist/")
_SOURCE = re.compile(r"[a-z_]+\.(?:py|sql)")
_PATTERN = re.compile(r"(?:NAME|NNNN|VERSION)")
_MODULE = re.compile(rf"(?:{'|'.join(PACKAGES)})(?:\.\w+)+")


@cache
def tracked() -> frozenset[str]:
    """Every file and folder of the repository, committed or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True
    )
    files = [path for path in listed.stdout.decode().splitlines() if (ROOT / path).exists()]
    return frozenset(files) | {str(folder) for path in files for folder in Path(path).parents}


_TOP = frozenset(path for path in tracked() if "/" not in path and path != ".")


def documents() -> list[Path]:
    return [ROOT / path for path in sorted(tracked()) if path.endswith(".md")]


def sources() -> list[Path]:
    return [ROOT / path for path in sorted(tracked()) if path.endswith(".py") and path.split("/")[0] in PACKAGES]


def is_there(path: str, beside: Path) -> bool:
    """Whether a path is a file or folder from the root, beside the file that names it, or anywhere by its own name."""
    path = path.rstrip("/")
    known = tracked()
    if path in known:
        return True
    near = (beside / path).resolve()
    if near.is_relative_to(ROOT) and str(near.relative_to(ROOT)) in known:
        return True
    return any(each.endswith(f"/{path}") for each in known)


def is_module(name: str) -> bool:
    """Whether a dotted name begins with a module or package of ours that defines, or holds, what follows."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        base = "/".join(parts[:length])
        for file in (f"{base}.py", f"{base}/__init__.py", base):
            if file in tracked():
                rest = parts[length:]
                return not rest or (
                    file.endswith(".py") and re.search(rf"\b{rest[0]}\b", (ROOT / file).read_text()) is not None
                )
    return False


def anchors(page: Path) -> set[str]:
    """The anchors that a code host makes of a page's headings."""
    headings = re.findall(r"^#+ +(.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", documents(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in _LINK.findall(_FENCED.sub("", page.read_text())):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), f"{target} leads nowhere"
        if anchor and file.suffix == ".md":
            assert anchor in anchors(file), f"{target}: no such heading"


@pytest.mark.parametrize("page", documents(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    missing = [name for name in named(page.read_text()) if not is_there(name, page.parent)]
    assert not missing


def test_every_file_and_module_that_a_docstring_or_comment_names_is_there() -> None:
    missing = [
        f"{source.relative_to(ROOT)}: {name}"
        for source in sources()
        for name in dict.fromkeys(_of_source(source))
        if not (is_module(name) if _MODULE.fullmatch(name) else is_there(name, source.parent))
    ]
    assert not missing


@pytest.mark.parametrize("page", documents(), ids=lambda page: str(page.relative_to(ROOT)))
def test_prose_is_wrapped(page: Path) -> None:
    """Tables and code have lines of their own length."""
    prose = _FENCED.sub("", page.read_text()).splitlines()
    long = [line[:60] for line in prose if len(line) > WIDTH and not line.startswith(("|", "    ", "![", "<"))]
    assert not long


def test_there_is_one_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    page = json.loads((ROOT / "frontend/package.json").read_text())["version"]
    api = json.loads((ROOT / "docs/openapi.json").read_text())["info"]["version"]
    events = yaml.safe_load((ROOT / "docs/asyncapi.yaml").read_text())["info"]["version"]
    assert {project, page, api, events} == {VERSION}
    assert f"## {VERSION}\n" in (ROOT / "CHANGELOG.md").read_text()


def named(text: str) -> Iterator[str]:
    """The paths of ours between backticks, and sources by their name alone; not what a command of kubectl names."""
    for words in _TICKS.findall(_FENCED.sub("", text)):
        if not words.startswith("kubectl"):
            yield from (word.rstrip("/") for word in words.split() if _is_ours(word) or _SOURCE.fullmatch(word))


def _is_ours(word: str) -> bool:
    """A path that begins in one of our folders and is not built; no URL, pattern (with NAME), option or topic."""
    top = word.split("/", maxsplit=1)[0]
    return bool(_PATH.fullmatch(word)) and top in _TOP and not _PATTERN.search(word) and not word.startswith(_BUILT)


def _of_source(source: Path) -> Iterator[str]:
    text = source.read_text()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = ast.get_docstring(node) or ""
            yield from named(docstring)
            yield from _MODULE.findall(docstring)
            # Files that are named in plain words.
            yield from (name for name in re.findall(r"(?<![\w/.*-])(?:[\w-]+/)*[\w-]+\.(?:py|md|sql)\b", docstring))
    for comment in re.findall(r"# (.*)$", text, re.MULTILINE):
        yield from (name for name in re.findall(r"(?<![\w/.`*-])(?:[\w-]+/)+[\w-]+\.(?:py|md|sql)\b", comment))
