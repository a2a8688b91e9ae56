"""`docs/adopting.md` as a program: its blocks in order, each with the place where it is typed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

DOCUMENT = Path(__file__).parents[2] / "docs" / "adopting.md"
_HEADING = re.compile(r"^#+ (.+)$")
_FENCE = re.compile(r"^ *```(\w*)$")


@dataclass(frozen=True)
class Block:
    """One fenced block. Of a shell's, the first line is a comment that says where to type the rest."""

    section: str
    language: str
    text: str

    @property
    def places(self) -> list[str]:
        """Where it is typed: `analytics`, `main app`, `database`; and `stays` where it runs on."""
        return self.text.splitlines()[0].removeprefix("# ").split(", ")


def blocks() -> Iterator[Block]:
    """Read the document from top to bottom."""
    section, language, body = "", None, list[str]()
    for line in DOCUMENT.read_text("utf-8").splitlines():
        if language is None:
            if heading := _HEADING.match(line):
                section = heading[1]
            elif fence := _FENCE.match(line):
                language, body = fence[1], []
        elif line.strip() == "```":
            yield Block(
                section, language, dedent("\n".join(body) + "\n") if language == "sh" else "\n".join(body) + "\n"
            )
            language = None
        else:
            body.append(line)
