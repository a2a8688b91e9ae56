"""Starts everything in order, watches it, and stops it."""

import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import psycopg
from aiokafka.errors import KafkaError

from deploy.embedded.env_file import write_env_file
from deploy.embedded.errors import StackError
from deploy.embedded.infrastructure import Infrastructure
from deploy.embedded.main_app import prepare_database
from deploy.embedded.options import Options
from deploy.embedded.parts import parts_to_run, start_part
from deploy.embedded.ports import check_port_free
from deploy.embedded.readiness import wait_answering, wait_for_numbers
from deploy.embedded.settings import StackSettings
from deploy.embedded.state import State

_WATCH_EVERY_S = 0.2
_LOOK_AT_REPLICA_EVERY_S = 10


@dataclass
class Stack:
    """One stack on its state directory, whose lock the caller holds."""

    folder: Path
    options: Options
    began: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        state = State.load_or_make(self.folder)
        self.settings = StackSettings(state, self.options)
        self.infrastructure = Infrastructure(
            self.folder, state.ports, state.passwords, self.say, with_replica=self.options.has("replica")
        )
        self.children = self.infrastructure.children
        self.parts = list(parts_to_run(self.settings, self.folder))

    def say(self, message: str) -> None:
        with suppress(OSError):  # whoever read this may be gone; all the more we must go on, to stop what we started
            print(f"[{time.monotonic() - self.began:5.1f} s] {message}", flush=True)

    def start(self) -> None:
        """Return once all is ready and the environment file, if wanted, is there."""
        try:
            self._start()
        except (psycopg.Error, KafkaError, TimeoutError) as error:
            self.children.raise_for_dead()  # that explains it better
            reason = str(error).strip().splitlines() or [type(error).__name__]
            raise StackError(f"{reason[0]}: see {self.children.log_folder}, or start again") from error

    def _start(self) -> None:
        self.infrastructure.clean()
        for name in (name for part in self.parts for name in part.ports):
            check_port_free(name, self.settings.state.ports[name])
        self.infrastructure.start(self._prepare_database)
        self.say(f"starting {', '.join(part.name for part in self.parts)}")
        parts_began = datetime.now(UTC)
        for part in self.parts:
            start_part(part, self.settings, self.children)
        for part in self.parts:
            wait_answering(part, self.children)
        self.say("waiting for the first numbers")
        wait_for_numbers(self.infrastructure, self.settings, parts_began)
        if self.options.env_file:
            write_env_file(self.options.env_file, {**self.settings.parts(), **self.settings.for_people()})
        self.say(self._invitation())

    def watch(self) -> NoReturn:
        """Watch the parts: one that ends by itself is an error, so this never returns."""
        look_at_replica = time.monotonic()
        while True:
            self.children.raise_for_dead()
            time.sleep(_WATCH_EVERY_S)
            if time.monotonic() > look_at_replica + _LOOK_AT_REPLICA_EVERY_S:
                self.infrastructure.mend()
                look_at_replica = time.monotonic()

    def stop(self) -> None:
        self.say("stopping")
        self.children.stop_all(together=[part.name for part in self.parts])
        self.say("stopped")

    def _prepare_database(self) -> None:
        self.say("preparing the database")
        prepare_database(self.infrastructure.primary, self.settings)

    def _invitation(self) -> str:
        reach = self.settings.for_people()
        if "PAGE_URL" in reach:
            return f"ready: open {reach['PAGE_URL']} (API at {reach['API_URL']}, demo token {reach['DEMO_TOKEN']})"
        address = f"API at {reach['API_URL']}" if "API_URL" in reach else "no API"
        token = f", demo token {reach['DEMO_TOKEN']}" if "DEMO_TOKEN" in reach else ""
        return f"ready: {address}{token}"
