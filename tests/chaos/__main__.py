"""`python -m tests.chaos [NAME...]`: runs the fault scenarios of this folder, all or those named, and sums up.

A scenario is a module with a function `run(report) -> dict` beside this file. `report("...")` prints progress; what the
function returns are the figures for the summary; an exception, `AssertionError` above all, is a failure. The module's
docstring says in its first line what it shows. Exit code 0: all held. 1: one did not. 2: no such scenario.
"""

import importlib
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

Report = Callable[[str], None]
_HELPERS = {"__init__", "__main__"}


@dataclass(frozen=True)
class Outcome:
    """How one scenario ended."""

    name: str
    seconds: float
    failure: str | None
    figures: Mapping[str, object]


def find_scenarios() -> dict[str, ModuleType]:
    names = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in _HELPERS)
    modules = {name: importlib.import_module(f"tests.chaos.{name}") for name in names if not name.startswith("_")}
    return {name: module for name, module in modules.items() if hasattr(module, "run")}


def run_scenario(name: str, scenario: ModuleType) -> Outcome:
    title = (scenario.__doc__ or name).strip().splitlines()[0]
    print(f"=== {name}: {title}", flush=True)
    began = time.monotonic()

    def report(message: str) -> None:
        print(f"  [{time.monotonic() - began:6.1f} s] {message}", flush=True)

    failure: str | None = None
    figures: Mapping[str, object] = {}
    try:
        figures = scenario.run(report) or {}
    except Exception as error:  # noqa: BLE001  one scenario's failure must not hide the next one's result
        traceback.print_exc()
        failure = (str(error).splitlines() or [type(error).__name__])[0]
    return Outcome(name, time.monotonic() - began, failure, figures)


def print_summary(outcomes: list[Outcome]) -> None:
    width = max(len(outcome.name) for outcome in outcomes)
    print("\nscenario".ljust(width + 1), " result    seconds  figures")
    for outcome in outcomes:
        result = "FAILED" if outcome.failure else "held"
        said = outcome.failure or ", ".join(f"{name}: {value}" for name, value in outcome.figures.items())
        print(f"{outcome.name:<{width}}  {result:<8} {outcome.seconds:8.1f}  {said}")


def main(names: list[str]) -> int:
    scenarios = find_scenarios()
    if unknown := set(names) - set(scenarios):
        print(f"no scenario {', '.join(sorted(unknown))}; there are: {', '.join(scenarios)}", file=sys.stderr)
        return 2
    outcomes = [run_scenario(name, scenario) for name, scenario in scenarios.items() if not names or name in names]
    print_summary(outcomes)
    return 1 if any(outcome.failure for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
