"""What metrics.md says, in plain Python: rows as dicts in, the answer's JSON out.

Slow, and written apart from the product's own code, so that the two can disagree.
"""

from tests.reference.coverage import coverage
from tests.reference.engineers import engineers, me
from tests.reference.flow_effects import flow_effects
from tests.reference.flow_quality import flow_quality
from tests.reference.overview import overview
from tests.reference.psa import psa
from tests.reference.sessions import sessions
from tests.reference.trend import trend

__all__ = ["coverage", "engineers", "flow_effects", "flow_quality", "me", "overview", "psa", "sessions", "trend"]
