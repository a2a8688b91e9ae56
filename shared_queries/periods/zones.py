"""Time zones of the `tzdata` package alone, so that a day is the same day on every machine.

The standard `ZoneInfo(key)` prefers the operating system's files, whose version no one here chooses.
"""

from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

UTC_NAME = "UTC"


@cache
def names() -> frozenset[str]:
    """Every name that a time zone may have, exactly spelled."""
    return frozenset(files("tzdata").joinpath("zones").read_text(encoding="utf-8").split())


@cache
def zone(name: str) -> ZoneInfo:
    """Return the zone of that name; `KeyError` for a name that is not in `names()`."""
    if name not in names():
        raise KeyError(name)
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)
