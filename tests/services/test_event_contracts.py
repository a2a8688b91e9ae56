"""What the list of events cannot say by its types: that each event is everywhere where it has to be."""

from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import get_args

import pytest

import psa_event_consumer.apply
import services.events
from services.events import CONTRACTS, Event, contract_of, decode, encode
from services.events.contract import EventContract

GOLDEN = Path(__file__).parent / "golden"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
each_contract = pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)


def test_every_contract_is_in_the_list() -> None:
    modules = [import_module(f"services.events.{each.name}") for each in iter_modules(services.events.__path__)]
    declared = {id(value) for module in modules for value in vars(module).values() if isinstance(value, EventContract)}
    assert declared == {id(contract) for contract in CONTRACTS}
    assert {contract.event for contract in CONTRACTS} == set(get_args(Event))


def test_names_are_taken_once() -> None:
    for attribute in ("name", "event_type", "topic"):
        assert len({getattr(contract, attribute) for contract in CONTRACTS}) == len(CONTRACTS)


@each_contract
def test_the_main_app_can_import_it(contract: EventContract) -> None:  # type: ignore[type-arg]
    assert contract.event.__name__ in services.events.__all__


@each_contract
def test_it_has_a_statement(contract: EventContract) -> None:  # type: ignore[type-arg]
    folder = Path(psa_event_consumer.apply.__file__).parent / "statements"
    assert (folder / f"{contract.name}.sql").is_file()


@each_contract
def test_a_golden_file_keeps_its_bytes(contract: EventContract) -> None:  # type: ignore[type-arg]
    payload = (GOLDEN / f"{contract.name}.v1.json").read_bytes()
    event = decode(contract.topic, payload, now=NOW)
    assert contract_of(event) is contract
    assert encode(event) == payload
