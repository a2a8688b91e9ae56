"""HaloPSA: note and time are one thing there, an Action on the ticket."""

from services.psa.halo.provider import Halo

__all__ = ["Halo"]
