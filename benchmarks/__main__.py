"""`python -m benchmarks [NAME...]`: runs the benchmarks of this folder one after the other, all or those named."""

import ast
import subprocess
import sys
from pathlib import Path


def find_benchmarks() -> list[str]:
    """Return the modules whose docstring says how to run them; the others are their helpers."""
    modules = sorted(path for path in Path(__file__).parent.glob("*.py") if path.stem != "__main__")
    docstrings = {path.stem: ast.get_docstring(ast.parse(path.read_text())) or "" for path in modules}
    return [name for name, text in docstrings.items() if f"python -m benchmarks.{name}" in text]


def main(names: list[str]) -> int:
    """Exit code 0: all ran. 1: one failed. 2: no such benchmark."""
    benchmarks = find_benchmarks()
    if unknown := set(names) - set(benchmarks):
        print(f"no benchmark {', '.join(sorted(unknown))}; there are: {', '.join(benchmarks)}", file=sys.stderr)
        return 2
    failed = []
    for name in names or benchmarks:
        print(f"=== {name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode != 0:
            failed.append(name)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
