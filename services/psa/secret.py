"""Texts that must not be seen."""

from collections.abc import Iterable

HIDDEN = "***"
_SHORTEST = 4  # hiding every "a" would hide the message, and so short a secret is none


class Secret:
    """A password or key. It shows nowhere: not in a log line, an f-string or a traceback with variables."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text, for the one place that sends it."""
        return self._text

    def __repr__(self) -> str:
        return HIDDEN

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


def redacted(text: str, secrets: Iterable[str]) -> str:
    """Return the text without these secrets: a server may repeat in its answer what was sent to it."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST:
            text = text.replace(secret, HIDDEN)
    return text
