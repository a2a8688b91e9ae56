"""A process that lives by another clock than the machine's."""

from glob import glob

from tests.infra.missing import skip_outside_ci


def wrong_clock(step: str) -> dict[str, str]:
    """Return the variables that put a process's clock forward or back, such as `+2h`; its waits last as they should."""
    found = glob("/usr/lib/*/faketime/libfaketimeMT.so.1")  # noqa: PTH207  a path with the machine's name in it
    if not found:
        skip_outside_ci("libfaketime is missing: apt-get install faketime")
    return {"LD_PRELOAD": found[0], "FAKETIME": step, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
