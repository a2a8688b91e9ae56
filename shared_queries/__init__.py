"""What every number means, as functions: (scope, period) -> SQLAlchemy `Select`, and rows -> answer.

Importable with SQLAlchemy and tzdata alone. No I/O, no clock: whoever executes a `questions.Plan` brings the connection
and the instant that counts as now.
"""
