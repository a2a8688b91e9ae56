import re
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

from tests.infra.nested import PYTEST
from tests.infra.scheduling import FIRST, rank

ROOT = Path(__file__).parents[2]
# They need no server.
FILES = ("tests/queries/test_cursor.py", "tests/queries/test_scoring.py", "tests/services/test_golden_events.py")


@pytest.mark.parametrize("place", FIRST)
def test_what_comes_first_is_there(place: str) -> None:
    assert (ROOT / place).exists()


def test_the_longest_come_first_in_their_order() -> None:
    ids = ["tests/api/test_csv.py::test_it", "tests/stack/test_stack.py::test_it", "tests/browser/test_csv.py::test_it"]
    assert sorted(ids, key=rank) == ids[::-1]


def test_no_file_is_shared_between_workers() -> None:
    """By what pytest-xdist does: it has ignored what it was told before."""
    command = [*PYTEST, "-n", "2", "-v", *FILES]
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=120)
    workers = defaultdict(set)
    for worker, file in re.findall(r"\[(gw\d)\].* PASSED (tests/\S+?)::", done.stdout):
        workers[file].add(worker)
    assert set(workers) == set(FILES), done.stdout
    assert all(len(taken_by) == 1 for taken_by in workers.values()), workers
