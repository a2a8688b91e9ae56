"""Writes the JSON Schemas and the AsyncAPI document: `python -m services.events [DOCS_FOLDER]`."""

import sys
from pathlib import Path

from services.events.schema import documents


def main() -> None:
    """Write every document below the folder named by the first argument, `docs` by default."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs")
    for name, text in documents().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
