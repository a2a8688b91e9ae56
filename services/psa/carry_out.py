"""One claimed intent: sent, or looked for, and the outcome recorded."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, assert_never

import structlog

from services.psa import metrics
from services.psa.backoff import wait_before
from services.psa.errors import (
    InvalidIntentError,
    PsaError,
    RateLimitedError,
    RefusedError,
    RetryLaterError,
    UnavailableError,
    UnknownOutcomeError,
)
from services.psa.http import send_until
from services.psa.intents import Action, Note, StatusChange, TimeEntry, decode_action, marker_of
from services.psa.ledger import Claim, Ledger
from services.psa.provider import ExternalRef, Provider
from services.psa.providers import Providers
from services.psa.ticket import TicketRef
from services.spans import Span, no_span

_LOOK_AGAIN: Final = 4  # as after so many attempts
_MOST_PAUSE: Final = timedelta(seconds=1)
_WELL: Final = frozenset({"succeeded", "found", "not found"})

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class CarryOut:
    """Carries out claims; whatever happens to one is recorded in the ledger, and nowhere else."""

    ledger: Ledger
    providers: Providers
    work_seconds: float
    span: Span = no_span

    async def __call__(self, claim: Claim, began: float) -> None:
        """Send the intent, or look for it where the outcome of an earlier attempt is not known.

        `began`: a moment before the claim, on the event loop's clock.
        """
        send_until.set(began + self.work_seconds)
        with self.span("look for a push" if claim.to_be_found else "push", "CLIENT", {"push.intent_id": str(claim.id)}):
            outcome, error = await (self._find(claim) if claim.to_be_found else self._send(claim))
        metrics.OUTCOMES.labels(outcome).inc()
        about = {"intent_id": str(claim.id), "account_id": str(claim.account_id), "attempt": claim.attempts}
        if outcome in _WELL:
            log.info(outcome, **about)
        else:
            log.warning(outcome, error=error, **about)

    async def _send(self, claim: Claim) -> tuple[str, str]:
        try:
            async with asyncio.timeout(self.work_seconds), self.providers.of(claim.account_id) as provider:
                ref = await _do(provider, claim)
        except asyncio.CancelledError:
            await self.ledger.unknown(claim, "the worker was stopped in the middle of the request", ours=True)
            raise
        except Exception as error:  # noqa: BLE001  each kind has its consequence
            return await self._not_sent(claim, error)
        return _held(await self.ledger.succeed(claim, ref), "succeeded")

    async def _not_sent(self, claim: Claim, error: Exception) -> tuple[str, str]:
        """Return what an attempt's error makes of the intent."""
        match error:
            case RefusedError() | InvalidIntentError():
                return _held(await self.ledger.fail(claim, f"{_kind(error)}: {error}"), "failed", error)
            case RetryLaterError():
                # A wait of nothing, such as a date that our clock has passed, leaves it to the back-off.
                wait = wait_before(claim.attempts, error.retry_after or None)
                return _held(await self.ledger.retry(claim, str(error), wait, _pause(error, wait)), "later", error)
            case TimeoutError():
                error = UnknownOutcomeError(f"not finished in {self.work_seconds:.0f} s")
            case UnknownOutcomeError():
                pass
            case _:  # a mistake of ours, after which anything may have been sent
                log.error("push_broke", intent_id=str(claim.id), exc_info=error)
                error = UnknownOutcomeError(f"the worker broke: {_kind(error)}")
        return _held(await self.ledger.unknown(claim, str(error)), "unknown", error)

    async def _find(self, claim: Claim) -> tuple[str, str]:
        try:
            async with asyncio.timeout(self.work_seconds), self.providers.of(claim.account_id) as provider:
                ref = await _look_for(provider, claim)
        except Exception as error:
            if not isinstance(error, PsaError | TimeoutError):
                log.exception("look_up_broke", intent_id=str(claim.id))
            wait = wait_before(_LOOK_AGAIN, error.retry_after if isinstance(error, RetryLaterError) else None)
            said = f"cannot be looked for: {_kind(error)}: {error}"
            return _held(
                await self.ledger.look_later(claim, said, wait, _pause(error, wait)), "looked for later", error
            )
        if ref is None:
            state = await self.ledger.not_found(claim)
            if state == "failed":
                return "failed", "sent too often without a success"
            return _held(state is not None, "not found")
        return _held(await self.ledger.succeed(claim, ref), "found")


async def _do(provider: Provider, claim: Claim) -> ExternalRef:
    ticket, action, correlation = _read(claim)
    match action:
        case TimeEntry():
            return await provider.log_time(ticket, action, correlation)
        case Note():
            return await provider.add_note(ticket, action, correlation)
        case StatusChange():
            return await provider.set_status(ticket, action)
        case _:
            assert_never(action)


async def _look_for(provider: Provider, claim: Claim) -> ExternalRef | None:
    ticket, action, correlation = _read(claim)
    return await provider.find_by_correlation(ticket, action, correlation)


def _read(claim: Claim) -> tuple[TicketRef, Action, str]:
    return TicketRef.parse(claim.ticket_ref), decode_action(claim.payload), marker_of(claim.id)


def _held(held: bool, outcome: str, error: Exception | str = "") -> tuple[str, str]:  # noqa: FBT001  the ledger's answer
    """Return the outcome for the log; "too late" where the claim had ended, so that somebody else decides."""
    return (outcome if held else "too late"), str(error)


def _pause(error: Exception, wait: timedelta) -> timedelta:
    """How long the account's other intents wait with this one: as long as the PSA asks, or a moment if it is away.

    One intent's back-off grows with its own bad luck, and must not stop the others.
    """
    if isinstance(error, RateLimitedError) and error.retry_after:
        return wait
    return min(wait, _MOST_PAUSE) if isinstance(error, RateLimitedError | UnavailableError) else timedelta()


def _kind(error: Exception) -> str:
    return type(error).__name__.removesuffix("Error")
