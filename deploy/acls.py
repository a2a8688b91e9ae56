"""Who may do what with the topics: `python -m deploy.acls`, for brokers that have an authorizer.

`psa.pushed` without a session names an account that nothing proves, so the guard is that no one but the relay may
write. Takes the Kafka variables of an administrator, `KAFKA_RELAY_PRINCIPAL` and `KAFKA_CONSUMER_PRINCIPAL`
(`User:flowpilot-relay`, `User:flowpilot-consumer`) and `KAFKA_GROUP_ID`. Safe to run again; takes nothing away.
"""

from services.extras import require

if __name__ == "__main__":
    require("relay")

import asyncio
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, Self

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError, for_code
from aiokafka.protocol.admin import CreateAclsRequest

from services.events import TOPICS
from services.kafka import KafkaSettings
from services.settings import Variables, settings_or_exit

_TOPIC, _GROUP = 2, 3
_READ, _WRITE, _DESCRIBE = 3, 4, 8
_LITERAL: Final = 3
_ALLOW: Final = 3


class Right(NamedTuple):
    """One operation on one resource."""

    principal: str
    resource: int
    name: str
    operation: int


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the cluster is, and who our processes are to it."""

    kafka: KafkaSettings
    relay: str
    consumer: str
    group_id: str

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Read the variables.

        Raises:
            SettingsError: one is missing or malformed.
        """
        variables = Variables(environ)
        return cls(
            kafka=KafkaSettings.from_env(environ),
            relay=variables.text("KAFKA_RELAY_PRINCIPAL", needed_for="the relay's rights"),
            consumer=variables.text("KAFKA_CONSUMER_PRINCIPAL", needed_for="the consumer's rights"),
            group_id=variables.optional("KAFKA_GROUP_ID") or "psa-event-consumer",
        )


def rights(settings: Settings) -> Iterator[Right]:
    """Yield all that our processes need, and no one else has."""
    for topic in TOPICS:
        yield from (Right(settings.relay, _TOPIC, topic, operation) for operation in (_WRITE, _DESCRIBE))
        yield from (Right(settings.consumer, _TOPIC, topic, operation) for operation in (_READ, _DESCRIBE))
    yield from (Right(settings.consumer, _GROUP, settings.group_id, operation) for operation in (_READ, _DESCRIBE))


async def grant(settings: Settings) -> None:
    """Grant what is missing.

    Raises:
        KafkaError: the cluster cannot be reached, has no authorizer, or does not let us.
    """
    admin = AIOKafkaAdminClient(**settings.kafka.client_options())
    await admin.start()
    try:
        for right in rights(settings):
            request = CreateAclsRequest(
                right.resource, right.name, _LITERAL, right.principal, "*", right.operation, _ALLOW
            )
            answer = await admin._client.send(admin._client.get_random_node(), request)  # noqa: SLF001  not public
            for code, message in answer.creation_responses:
                if code:
                    raise KafkaError(f"{right.name}: {for_code(code).__name__} {message or ''}".strip())
    finally:
        await admin.close()


def main() -> int:
    """Grant the rights and return the exit code; a failure is one line on standard error."""
    settings = settings_or_exit(Settings.from_env)
    try:
        asyncio.run(grant(settings))
    except (KafkaError, TimeoutError) as error:
        print(f"acls: {error or type(error).__name__}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
