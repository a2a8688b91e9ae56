"""The database's schema, by Alembic: `python -m deploy.migrations upgrade|check`."""
