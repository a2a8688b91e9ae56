"""The terminals of the story: what is exported in one stays exported there, as in a person's own."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.embedded.processes import Child, Children

PATIENCE_S = 240
# Of this run, or of the environment that it was started from.
_NOT_INHERITED = ("MAKE", "MFLAGS", "PG", "PYTEST", "PYTHON", "TEST_", "VIRTUAL_ENV")


@dataclass
class Terminal:
    """A shell in a folder. Commands stop at the first that fails."""

    folder: Path
    log: Path
    replacements: Mapping[str, str]
    """What stands in the document for what only the reader knows: hosts and ports."""
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_INHERITED)}
        self.variables = inherited | self.variables

    def run(self, commands: str, *, fails: bool = False) -> str:
        """Return the output of the commands; what they export stays. `fails`: they must."""
        exported = self.log.with_suffix(".env")
        done = subprocess.run(
            ["bash", "-c", f"set -eu -o pipefail\n{self._here(commands)}\ncommand env -0 >{exported}\n"],
            cwd=self.folder,
            env=self.variables,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE_S,
        )
        with self.log.open("a") as log:
            log.write(f"$ {commands}\n{done.stdout}\n")
        assert (done.returncode != 0) is fails, f"exit code {done.returncode}\n{commands}\n{done.stdout}"
        if not fails:
            self.variables = dict(entry.split("=", 1) for entry in exported.read_text().split("\0") if entry)
        return done.stdout

    def start(self, name: str, command: str, children: Children) -> Child:
        """Leave one command running; it takes the shell's place, and so gets its signals."""
        script = f"exec {self._here(command).strip()}"
        return children.start(name, ["bash", "-c", script], environment=self.variables, folder=self.folder)

    def _here(self, commands: str) -> str:
        for written, meant in self.replacements.items():
            commands = commands.replace(written, meant)
        return commands
