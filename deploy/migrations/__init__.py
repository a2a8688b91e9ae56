"""The database's schema, by Alembic: `python -m deploy.migrations upgrade|check`."""

from deploy.migrations.errors import MigrationError
from deploy.migrations.run import check, refill, upgrade

__all__ = ["MigrationError", "check", "refill", "upgrade"]
