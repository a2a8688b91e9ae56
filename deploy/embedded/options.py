import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

# What may be left out, to be run by hand against the rest.
OPTIONAL_PARTS = ("relay", "consumer", "push-worker", "api", "simulator", "replica")
_FOR_SIMULATOR = ("accounts", "sessions_per_day", "speed")


@dataclass(frozen=True)
class Options:
    """What to start, as asked for on the command line."""

    state_dir: Path | None
    """None: a temporary folder, removed at the end."""
    env_file: Path | None
    empty: bool
    without: frozenset[str]
    simulator_arguments: tuple[str, ...]

    def has(self, part: str) -> bool:
        return part not in self.without


def parse_options(arguments: Sequence[str]) -> Options:
    parser = argparse.ArgumentParser(
        prog="python -m deploy.embedded", description="Run the whole product on this machine, without Docker."
    )
    parser.add_argument("--state-dir", type=Path, help="keep all data here (default: a temporary folder)")
    parser.add_argument("--env-file", type=Path, help="write here, once all is ready, how to reach and run each part")
    parser.add_argument("--empty", action="store_true", help="the schema and no rows: no account, no simulator")
    parser.add_argument(
        "--without", action="append", choices=OPTIONAL_PARTS, default=[], metavar="NAME",
        help=f"leave a part out, to run it by hand; may be repeated: {', '.join(OPTIONAL_PARTS)}",
    )  # fmt: skip
    parser.add_argument("--no-simulator", action="store_true", help="the same as --without simulator")
    parser.add_argument("--accounts", type=int, metavar="N", help="simulator: how many accounts")
    parser.add_argument("--sessions-per-day", type=int, metavar="N", help="simulator: per account")
    parser.add_argument("--speed", type=float, metavar="X", help="simulator: how much faster than real time")
    given = parser.parse_args(arguments)
    without = set(given.without)
    if given.no_simulator or given.empty:
        without.add("simulator")
    return Options(
        state_dir=given.state_dir,
        env_file=given.env_file,
        empty=given.empty,
        without=frozenset(without),
        simulator_arguments=tuple(
            f"--{name.replace('_', '-')}={value}"
            for name in _FOR_SIMULATOR
            if (value := getattr(given, name)) is not None
        ),
    )
