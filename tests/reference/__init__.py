"""What metrics.md says, in plain Python: rows as dicts in, the answer's JSON out.

Slow, and written apart from the product's own code, so that the two can disagree.
"""
