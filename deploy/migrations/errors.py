class MigrationError(Exception):
    """The migrations were not applied, or the database differs from them; the message says what to do."""


class ColumnGoneError(MigrationError):
    """The main application has dropped a column that the rollups count."""
