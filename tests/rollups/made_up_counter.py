"""A made-up counter, as somebody would add it: what CONTRIBUTING.md's list of files asks for, file by file."""

from collections.abc import Callable
from pathlib import Path

Edit = Callable[[str], str]

NAME = "guided_escalated"
REVISION = f"9999_{NAME}"
FIELD = f"{NAME}_count"

_MIGRATION = f"""
from pathlib import Path

from alembic import op

from deploy.migrations.counters import add_counter, hold_compactor, install, set_version

revision = "{REVISION}"
down_revision = "{{head}}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local role analytics_owner")
    hold_compactor()
    rollups = (f"domain_rollup_{{grain}}" for grain in ("hour", "day", "week"))
    add_counter("{NAME}", "integer", ("pending_session", *rollups))
    install(Path(__file__).parents[1] / "sql" / revision)
    set_version(3)
    op.execute("reset role")
"""


def _after(anchor: str, added: str) -> Edit:
    def edit(text: str) -> str:
        assert anchor in text, f"no {anchor!r} to add to"
        return text.replace(anchor, anchor + added, 1)

    return edit


def _declared(text: str) -> str:
    assert "COUNTERS_VERSION = 2" in text
    anchor = '    guided_ended: Annotated[int, Counter(SESSIONS, "guided and ended")]\n'
    added = f'    {NAME}: Annotated[int, Counter(SESSIONS, "guided and escalated")]\n'
    return _after(anchor, added)(text.replace("COUNTERS_VERSION = 2", "COUNTERS_VERSION = 3"))


def _answered(text: str) -> str:
    text = _after("    guided_ended_count: int\n", f"    {FIELD}: int\n")(text)
    return _after("        guided_ended_count=sums.guided_ended,\n", f"        {FIELD}=sums.{NAME},\n")(text)


STEPS: dict[str, Edit] = {
    "shared_queries/sums.py": _declared,
    f"deploy/migrations/versions/{REVISION}.py": lambda _: _MIGRATION,
    "shared_queries/questions/overview.py": _answered,
    "tests/reference/overview.py": _after(
        '        "guided_ended_count": len(guided_ended),\n',
        f'        "{FIELD}": with_status(guided, "escalated"),\n',
    ),
    "analytics_api/openapi/examples.py": _after("    guided_ended_count=76,\n", f"    {FIELD}=2,\n"),
    "docs/metrics.md": _after("`guided_ended_count`,", f" `{FIELD}`,"),
}
"""The files in their order, each with what is done to its text."""


def add(checkout: Path, *, without: str | None = None) -> None:
    """Take the steps, but for one that is forgotten."""
    versions = checkout / "deploy" / "migrations" / "versions"
    head = max(path.stem for path in versions.glob("0*.py"))
    for name, edit in STEPS.items():
        if name != without:
            path = checkout / name
            path.write_text(edit(path.read_text() if path.exists() else "").replace("{head}", head))
