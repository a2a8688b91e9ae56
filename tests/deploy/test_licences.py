"""What we ship of others is told, and may be shipped."""

import pytest

from deploy import licences
from deploy.licences import Package


def test_the_page_of_licences_is_what_the_packages_say() -> None:
    assert licences.PAGE.read_text() == licences.page(), "run python -m deploy.licences"


def test_nothing_that_is_shipped_would_reach_our_own_code() -> None:
    shipped = licences.page_packages()
    for lock in licences.IMAGES.values():
        shipped += licences.python_packages(licences.ROOT / "requirements" / f"{lock}.txt")
    assert len(shipped) > 100
    assert licences.copyleft(shipped) == []


@pytest.mark.parametrize(
    ("licence", "reaches"),
    [
        ("MIT", False),
        ("LGPL-3.0-only", False),
        ("GNU Lesser General Public License v3 (LGPLv3)", False),
        ("GPL-3.0-or-later", True),
        ("AGPL-3.0", True),
        ("GNU General Public License v3 (GPLv3)", True),
        ("GNU Affero General Public License v3", True),
    ],
)
def test_a_licence_that_would_reach_it_is_found(licence: str, *, reaches: bool) -> None:
    assert bool(licences.copyleft([Package("x", "1", licence)])) is reaches
