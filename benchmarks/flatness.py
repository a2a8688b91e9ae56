"""Whether ten times more history, or ten times more neighbours, changes what a question costs over rollups.

    python -m benchmarks.flatness [--sessions 30000] [--rounds 40]

Three databases on the same servers hold an account with as many sessions in 90 days: alone among 50 others; with 900
days of history; and among 500 others. The questions are asked of the three in turn, so that whatever else the machine
does falls on all alike. Prints the medians in milliseconds, and each one's ratio to the first.
"""

import argparse
import json
import statistics
import time
from collections import defaultdict
from contextlib import ExitStack

from benchmarks.read_path import QUESTIONS, as_the_api_asks, asks
from benchmarks.read_path_data import NOW, load
from shared_queries.periods.period import parse_period
from shared_queries.source import Source
from tests.infra.database import cloned_database, template_database
from tests.infra.servers import chosen_kind, servers

WARM_UP = 3


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=30_000, help="of the account in 90 days")
    parser.add_argument("--rounds", type=int, default=40)
    options = parser.parse_args()
    own = options.sessions
    worlds = {
        "base": {"sessions": 2 * own, "share": 1 / 2, "others": 50, "days": 90},
        "ten times the history": {"sessions": 20 * own, "share": 1 / 2, "others": 50, "days": 900},
        "ten times the neighbours": {"sessions": 11 * own, "share": 1 / 11, "others": 500, "days": 90},
    }
    period = parse_period(period="90d", from_=None, to=None, tz="America/New_York", now=NOW, default_tz=None)
    with servers(chosen_kind()) as infra, template_database(infra) as template, ExitStack() as stack:
        ask = {}
        for name, world in worlds.items():
            database = stack.enter_context(cloned_database(infra, template))
            load(database, **world)
            ask[name] = asks(stack.enter_context(as_the_api_asks(database)), period, Source.ROLLUPS)
        for question in QUESTIONS:
            taken = defaultdict(list)
            for _ in range(options.rounds + WARM_UP):
                for name, questions in ask.items():
                    begun = time.perf_counter()
                    questions[question]()
                    taken[name].append((time.perf_counter() - begun) * 1000)
            medians = {name: statistics.median(times[WARM_UP:]) for name, times in taken.items()}
            ratios = {name: round(median / medians["base"], 2) for name, median in medians.items() if name != "base"}
            print(
                json.dumps({"question": question, "p50_ms": {n: round(m, 1) for n, m in medians.items()}, **ratios}),
                flush=True,
            )


if __name__ == "__main__":
    main()
