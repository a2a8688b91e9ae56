"""`python -m tests.soak [--minutes 60] [--rate 500] [--seed N]`: the whole product in a bad house.

Two of each process, the simulator with its pushes, and further events up to the rate, while processes and servers are
killed and frozen, transactions hang, the replica stands still, the primary's disk is full and clocks jump. At the end
each event is counted once, every question answers as the plain-Python reference does, and the processes that lived
through it all have grown no more than a little. Exit code 0: all held.

The full disk needs root (a file system in memory is mounted), the clock libfaketime; without them it says so.
"""

import argparse
import logging
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from glob import glob
from pathlib import Path
from statistics import median

import psycopg

from deploy.simulator.demo import DEMO_ACCOUNT_ID, DEMO_USER_ID
from tests.soak.numbers import check_against_reference, check_counted_once, still_open
from tests.soak.parts import ROOT, Part, make_parts
from tests.soak.servers import Servers
from tests.soak.traffic import BATCH_SECONDS, Traffic
from tests.soak.troubles import Troubles
from tests.soak.watching import Flatness, Watching

BETWEEN_TROUBLES_S = (3.0, 12.0)
MEND_EVERY_S = 0.5
DRAIN_S = 240
SETTLE_S = 20
MOST_GROWTH_MIB = 24.0
MOST_NEW_DESCRIPTORS = 8
_DISK_MIB, _DISK_MIB_PER_MINUTE = 900, 45
_SIMULATOR = ("-m", "deploy.simulator", "--accounts=2", "--days=3", "--sessions-per-day=60", "--speed=240")


def say(began: float, text: str) -> None:
    print(f"[{time.monotonic() - began:6.1f} s] {text}", flush=True)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description="Soak the whole product.")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rate", type=int, default=500, help="events a second")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--keep", type=Path, help="keep the logs of the processes here")
    given = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is stopped
    logging.getLogger("psycopg").setLevel(logging.CRITICAL)  # it tells of each connection that we break
    with tempfile.TemporaryDirectory(prefix="flowpilot-soak-") as temporary:
        return _soak(given, Path(temporary))


def _soak(given: argparse.Namespace, folder: Path) -> int:
    began = time.monotonic()
    say(began, f"seed {given.seed}, {given.minutes:g} minutes at {given.rate} events a second")
    servers = Servers(folder / "state", round(_DISK_MIB + _DISK_MIB_PER_MINUTE * given.minutes))
    say(began, f"the primary's disk: {'a small one, in memory' if servers.small_disk else 'the whole machine has one'}")
    clock_file = folder / "clock"
    clock = _faketime(clock_file)
    say(began, "clocks: " + ("stepped by libfaketime" if clock else "left alone, for libfaketime is not installed"))
    traffic = Traffic(dict(servers.environment), given.rate)
    traffic.prepare()
    parts = make_parts(servers.environment, given.keep or folder / "logs", clock)
    simulator = _simulator(servers, given.keep or folder / "logs")
    watching = Watching(parts, servers.environment["PRIMARY_DSN"], lambda text: say(began, text))
    stop, threads = threading.Event(), []
    try:
        for part in (*parts, simulator):
            part.start()

        def mend() -> None:
            while not stop.wait(MEND_EVERY_S):
                for part in (*parts, simulator):
                    part.mend()
                servers.mend()

        threads = [threading.Thread(target=target, daemon=True) for target in (mend, traffic.run, watching.run)]
        for thread in threads:
            thread.start()
        troubles = Troubles(servers, parts, random.Random(given.seed), clock_file if clock else None)
        counts = _trouble(troubles, given.minutes * 60, began)
        traffic.stop.set()
        simulator.mortal = True
        simulator.arguments = ("-c", "import time; time.sleep(10_000)")
        simulator.stop()
        drained = _drain(servers, began)
        watching.stop.set()
        say(began, f"troubles: {dict(counts)}; servers started {servers.starts} times")
        return max(_judge(traffic, watching, parts, began), int(not drained))
    finally:
        for event in (stop, traffic.stop, watching.stop):
            event.set()
        for thread in threads:
            thread.join(130)
        for part in (*parts, simulator):
            part.stop()
        servers.close()


def _trouble(troubles: Troubles, seconds: float, began: float) -> Counter[str]:
    """One trouble after the other, each of them in turn before any comes again."""
    counts: Counter[str] = Counter()
    left: list[Callable[[], str]] = []
    until = time.monotonic() + seconds
    while (rest := until - time.monotonic()) > 0:
        time.sleep(min(rest, troubles.dice.uniform(*BETWEEN_TROUBLES_S)))
        if not left:
            left = troubles.all()
            troubles.dice.shuffle(left)
        trouble = left.pop()
        say(began, trouble())
        counts[trouble.__name__] += 1
    return counts


def _drain(servers: Servers, began: float) -> bool:
    """Wait until nothing is under way any more; False where that does not come."""
    deadline, open_now, said = time.monotonic() + DRAIN_S, -1, 0.0
    while time.monotonic() < deadline:
        with suppress(psycopg.Error):
            open_now = still_open(servers.environment["PRIMARY_DSN"])
            if open_now == 0:
                say(began, "drained")
                time.sleep(SETTLE_S)  # the compaction of the last rows
                return True
        if time.monotonic() > said + 15:
            said = time.monotonic()
            say(began, f"{open_now} events and pushes are under way")
        time.sleep(1)
    say(began, f"FAILED: {open_now} events and pushes are still under way after {DRAIN_S} s")
    return False


def _judge(traffic: Traffic, watching: Watching, parts: Sequence[Part], began: float) -> int:
    failed = [name for name, flat in watching.figures().items() if not _tell(name, flat, began)]
    for part in parts:
        if part.endings:
            say(began, f"{part.name} ended by itself: {part.endings}")
            failed.append(part.name)
    say(began, f"as_of: later than an event that was not counted in {len(watching.lies)} of {watching.asked} looks")
    failed += ["as_of"] if watching.lies else []
    say(
        began,
        f"written: {traffic.written} events, {traffic.failures} transactions failed and were not repeated; one took"
        f" {median(traffic.seconds):.2f} s in the median, {BATCH_SECONDS:g} s is what the rate allows",
    )
    try:
        say(began, f"counted once: {check_counted_once(watching.primary_dsn, traffic.account)}")
        questions = check_against_reference(watching.primary_dsn, traffic.account)
        say(began, f"{questions} answers equal to the reference")
    except AssertionError as error:
        failed.append(f"numbers ({error})")
    say(began, f"FAILED: {', '.join(failed)}" if failed else "all held")
    return 1 if failed else 0


def _tell(name: str, flat: Flatness, began: float) -> bool:
    grown = flat.descriptors_after - flat.descriptors_before
    good = flat.growth_mib <= MOST_GROWTH_MIB and grown <= MOST_NEW_DESCRIPTORS
    say(
        began,
        f"{name}: {flat.memory_mib} MiB, {flat.slope_mib_per_hour:+} MiB an hour ({flat.growth_mib:+} MiB here),"
        f" descriptors {flat.descriptors_before} then {flat.descriptors_after}{'' if good else '  NOT FLAT'}",
    )
    return good


def _faketime(file: Path) -> dict[str, str]:
    """What makes a process live by the file's clock; nothing where the library is not installed."""
    found = glob("/usr/lib/*/faketime/libfaketimeMT.so.1")  # noqa: PTH207  a path with a machine's name in it
    if not found:
        return {}
    file.write_text("+0")
    return {
        "LD_PRELOAD": found[0],
        "FAKETIME_TIMESTAMP_FILE": str(file),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


def _simulator(servers: Servers, logs: Path) -> Part:
    own = {"DEMO_ACCOUNT_ID": str(DEMO_ACCOUNT_ID), "DEMO_USER_ID": str(DEMO_USER_ID), "LOG_LEVEL": "WARNING"}
    inherited = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
    environment = {**inherited, **servers.environment, **own}
    return Part("simulator", False, environment, _SIMULATOR, logs / "simulator.log")  # noqa: FBT003  not mortal


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
