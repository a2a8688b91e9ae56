"""What can go wrong with a push. Which of these came decides what becomes of the intent; no message holds a secret."""

from datetime import timedelta


class PsaError(Exception):
    """The base of what this package raises."""


class InvalidIntentError(PsaError, ValueError):
    """What was asked for breaks a rule; the message names the field."""


class IntentConflictError(PsaError):
    """The same key was requested before, with another content. A further intent of the kind needs the next sequence."""


class RefusedError(PsaError):
    """Nothing was done in the PSA, and the same request would be refused again: the intent fails."""


class AuthenticationError(RefusedError):
    """The keys are wrong or expired (401)."""


class ForbiddenError(RefusedError):
    """The integration's user may not do this (403)."""


class NotFoundError(RefusedError):
    """No such ticket, member or company (404)."""


class ValidationError(RefusedError):
    """The PSA does not accept the content (400 and the like); the message is the PSA's own."""


class TimeNotAllowedError(ValidationError):
    """The ticket's status, or the week's time sheet, accepts no time entry."""


class MissingWorkRoleError(ValidationError):
    """The time entry needs a work role."""


class ForbiddenAddressError(RefusedError):
    """The PSA's host is none that we send credentials to."""


class NoConnectionError(RefusedError):
    """The account is not connected to a PSA."""


class RetryLaterError(PsaError):
    """Nothing was done in the PSA, and the same request may succeed later."""

    def __init__(self, message: str, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """How long the PSA asked us to wait, already capped."""


class ConflictError(RetryLaterError):
    """The ticket is in use or locked (409)."""


class RateLimitedError(RetryLaterError):
    """Too many requests (429)."""


class UnavailableError(RetryLaterError):
    """The PSA was not reached, or failed to answer a question that changes nothing."""


class UnknownOutcomeError(PsaError):
    """A request that changes something was sent and its outcome is not known: it may have been carried out."""
