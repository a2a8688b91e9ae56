"""Kafka's jars, and those of Debezium in Kafka Connect, from Maven Central through jgo, checked against a lock file.

A lock file (`kafka.lock`, `connect.lock`) names every jar with its SHA-256. It was resolved by Maven itself: jgo takes
the constraints of a dependency's own build (log4j's tests pin an older Kafka client) for ours, and needs 20 seconds to
get there.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from requests import RequestException

from deploy.embedded.cache import cache_folder
from deploy.embedded.errors import StackError

VERSION = "4.1.1"
DEBEZIUM_VERSION = "3.6.1.Final"
_LOCK = Path(__file__).with_name("kafka.lock")
_CONNECT_LOCK = Path(__file__).parents[1] / "debezium" / "connect.lock"
_TIMEOUT_S = 60
_SAY_EVERY = 5


def kafka_jars(progress: Callable[[str], None]) -> Path:
    """Return the folder with the jars, downloaded first where they are missing."""
    return _locked_jars(f"Kafka {VERSION}", _LOCK, progress)


def connect_jars(progress: Callable[[str], None]) -> Path:
    """Return the folder with the jars of Kafka Connect and Debezium's connector, downloaded like Kafka's."""
    return _locked_jars(f"Debezium {DEBEZIUM_VERSION}", _CONNECT_LOCK, progress)


def _locked_jars(what: str, lock: Path, progress: Callable[[str], None]) -> Path:
    folder = cache_folder() / f"{what.lower().replace(' ', '-')}-{_digest(lock)[:12]}"
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix="kafka-download-", dir=folder.parent))
    try:
        _download(what, lock, part, progress)
        (part / "jars").chmod(0o755)
        if not folder.is_dir():  # another stack may have been faster
            (part / "jars").replace(folder)
    except (OSError, RuntimeError, RequestException) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise StackError(f"the jars of {what} cannot be downloaded from Maven Central ({reason}): try again") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return folder


def _locked(lock: Path) -> Iterator[tuple[str, str]]:
    for line in lock.read_text().splitlines():
        coordinate, digest = line.split()
        yield coordinate, digest


def _download(what: str, lock: Path, part: Path, progress: Callable[[str], None]) -> None:
    from jgo.maven import MavenContext  # noqa: PLC0415  takes half a second, and only the first start needs it

    maven = MavenContext(repo_cache=part / "repository", timeout=_TIMEOUT_S)
    (part / "jars").mkdir()

    def fetch(entry: tuple[str, str]) -> Path:
        (group, name, version), digest = entry[0].split(":"), entry[1]
        jar = Path(maven.project(group, name).at_version(version).artifact().resolve())
        if _digest(jar) != digest:
            raise StackError(f"{jar.name} from Maven Central is not the file that {lock.name} names: try again")
        return jar.replace(part / "jars" / jar.name)

    entries = list(_locked(lock))
    size = 0
    with ThreadPoolExecutor(max_workers=8) as pool:
        for number, jar in enumerate(pool.map(fetch, entries), start=1):
            size += jar.stat().st_size
            if number % _SAY_EVERY and number < len(entries):
                continue
            progress(f"downloading {what}: {number} of {len(entries)} files, {size / 1e6:.0f} MB")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
