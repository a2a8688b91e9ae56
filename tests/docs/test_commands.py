"""Every command in a block of a document is run by something that is named here, and is in it."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.test_references import ROOT, documents

STORY = "tests/adoption/test_adoption.py"
"""Types every block of docs/adopting.md, and fails for one that it has not typed."""

RUN_BY = {
    "make install": (STORY, "BLOCKS"),
    "make test": (".ci/run", "make test"),
    "make lint": (".ci/run", "make lint"),
    "make format": (".ci/run", "make format"),
    "make help": ("tests/docs/test_commands.py", '"make", "help"'),
    "make chaos": (".github/workflows/nightly.yml", "make chaos"),
    "make demo": ("tests/stack/test_stack.py", "running("),
    "make images": (".github/workflows/nightly.yml", "make images"),
    "python -m psa_event_consumer": (STORY, "BLOCKS"),
    "python -m psa_event_consumer dead-letters list": ("tests/consumer/test_dead_letters.py", '"list"'),
    "python -m psa_event_consumer dead-letters show": ("tests/consumer/test_dead_letters.py", '"show"'),
    "python -m psa_event_consumer dead-letters replay": ("tests/consumer/test_dead_letters.py", '"replay"'),
    "python -m psa_event_consumer dead-letters discard": ("tests/consumer/test_dead_letters.py", '"discard"'),
    "python -m psa_event_consumer offsets skip": ("tests/consumer/test_bombs.py", '"offsets", "skip"'),
    "python -m deploy.acls": ("tests/deploy/test_acls.py", "deploy.acls"),
    "python -m services.psa intents list": ("tests/psa/test_operate.py", '"list"'),
    "python -m services.psa intents show": ("tests/psa/test_operate.py", '"show"'),
    "python -m services.psa intents resolve": ("tests/psa/test_operate.py", '"resolve"'),
    "python -m services.psa intents retry": ("tests/psa/test_operate.py", '"retry"'),
    "python -m services.psa intents fail": ("tests/psa/test_operate.py", '"fail"'),
    "kafka-transactions.sh find-hanging": ("tests/consumer/test_signals.py", '"find-hanging"'),
    "kafka-transactions.sh describe-producers": ("tests/consumer/test_signals.py", '"describe-producers"'),
    "kafka-transactions.sh abort": ("tests/consumer/test_signals.py", '"abort"'),
    "docker compose up": ("tests/containers/conftest.py", 'compose("up"'),
    "docker compose logs": ("tests/containers/test_images.py", 'stack("logs"'),
    "docker compose down": ("tests/containers/conftest.py", 'compose("down", "--volumes"'),
    "curl": (STORY, "BLOCKS"),
    "npm install": ("tests/hosts/hosting.py", '"npm", "install"'),
    "npm run dev": ("tests/hosts/hosting.py", '"dev"'),
}
"""A command, without what its reader fills in; the file that runs it, and what stands there."""

_PROGRAMS = ("curl", "docker", "kafka-", "kubectl", "make", "npm", "npx", "pip", "psql", "python", "alembic", "pg_")


def blocks(page: Path) -> Iterator[str]:
    """The lines of fenced and of indented blocks, joined where they go on."""
    fenced, lines = False, []
    for line in page.read_text().splitlines():
        if line.strip().startswith("```"):
            fenced = not fenced
        elif fenced or line.startswith("    "):
            lines.append(line.strip())
    yield from "\n".join(lines).replace("\\\n", " ").splitlines()


def commands(page: Path) -> Iterator[str]:
    """The commands among them; `make lint format` is two."""
    for line in blocks(page):
        for part in re.split(r"; |&& ", line.removeprefix("$ ").split("  # ")[0]):
            words = re.sub(r"^(?:[A-Z_]+=\S+ )*(?:\.venv/bin/)?", "", part.strip())
            if not words.startswith(_PROGRAMS) or not re.match(r"[\w.-]+(?: |$)", words):
                continue
            if words.startswith("make "):
                targets = re.sub(r"\s*#.*| [A-Z]+=.*", "", words).split()[1:]
                yield from (f"make {target}" for target in targets)
            else:
                yield re.sub(r" (?:--bootstrap-server|-f|--profile) \S+", "", words)


def known(command: str) -> str | None:
    """The longest entry that the command begins with."""
    found = [entry for entry in RUN_BY if f"{command} ".startswith(f"{entry} ")]
    return max(found, key=len, default=None)


ALL = [(page, command) for page in documents() if page.name != "adopting.md" for command in commands(page)]


def test_no_document_names_a_command_that_nothing_runs() -> None:
    assert [f"{page.relative_to(ROOT)}: {command}" for page, command in ALL if known(command) is None] == []


@pytest.mark.parametrize("entry", RUN_BY)
def test_what_is_said_to_run_a_command_does(entry: str) -> None:
    file, words = RUN_BY[entry]
    assert words in (ROOT / file).read_text()
    assert entry in {known(command) for _, command in ALL}, "no document names it any more"


def test_make_lists_its_targets() -> None:
    said = subprocess.run(["make", "help"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    targets = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert re.findall(r"^  make ([a-z-]+) +\w", said, re.MULTILINE) == targets
