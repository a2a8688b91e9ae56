"""ConnectWise PSA (Manage): its REST API as far as pushes need it.

No existing client is used: the one on PyPI repeats POSTs, has no time-outs and is GPL-licensed (docs/psa.md).
"""

from services.psa.connectwise.provider import ConnectWise

__all__ = ["ConnectWise"]
