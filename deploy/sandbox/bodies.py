"""ConnectWise's entities as its clients may send them: documented fields of documented types, and nothing else.

The real server is more lenient with unknown fields. This one is strict, so that a client that invents one is found.
"""

import re
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

import msgspec

from deploy.sandbox.refusals import invalid

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
Body = TypeVar("Body")


class Reference(msgspec.Struct, forbid_unknown_fields=True):
    """`{"id": 5}`."""

    id: int


class TimeEntryBody(msgspec.Struct, forbid_unknown_fields=True, rename="camel", omit_defaults=True):
    """`POST /time/entries`."""

    time_start: str
    time_end: str | None = None
    actual_hours: float | None = None
    hours_deduct: float | None = None
    charge_to_id: int | None = None
    charge_to_type: Literal["ServiceTicket", "ProjectTicket", "ChargeCode", "Activity"] | None = None
    member: Reference | None = None
    work_role: Reference | None = None
    work_type: Reference | None = None
    billable_option: Literal["Billable", "DoNotBill", "NoCharge", "NoDefault"] | None = None
    notes: str = ""
    internal_notes: str = ""
    add_to_detail_description_flag: bool = False
    add_to_internal_analysis_flag: bool = False
    add_to_resolution_flag: bool = False
    email_resource_flag: bool = False
    email_contact_flag: bool = False
    email_cc_flag: bool = False

    def hours(self) -> float:
        """Return the hours between start and end, or those that are given instead."""
        start = instant("timeStart", self.time_start)
        if self.time_end is None:
            if self.actual_hours is None:
                raise invalid("timeEnd or actualHours is needed", code="MissingRequiredField", field="timeEnd")
            return self.actual_hours
        hours = (instant("timeEnd", self.time_end) - start).total_seconds() / 3600
        if hours <= 0:
            raise invalid("timeEnd must be after timeStart", field="timeEnd", resource="timeEntry")
        return hours - (self.hours_deduct or 0)


class NoteBody(msgspec.Struct, forbid_unknown_fields=True, rename="camel", omit_defaults=True):
    """`POST /service/tickets/{id}/notes`."""

    text: str
    detail_description_flag: bool = False
    internal_analysis_flag: bool = False
    resolution_flag: bool = False
    issue_flag: bool = False
    internal_flag: bool = False
    external_flag: bool = False
    customer_updated_flag: bool = False
    process_notifications: bool = False
    member: Reference | None = None
    contact: Reference | None = None

    def check(self) -> None:
        """Refuse a note that belongs to no section."""
        if not (self.detail_description_flag or self.internal_analysis_flag or self.resolution_flag):
            raise invalid("a note needs one of the section flags", code="MissingRequiredField", resource="note")


class Operation(msgspec.Struct, forbid_unknown_fields=True):
    """One operation of a PATCH."""

    op: Literal["add", "replace", "remove"]
    path: str
    value: Any = None


def read(body: bytes, shape: type[Body], resource: str) -> Body:
    """Return the body in that shape, or ConnectWise's refusal of it."""
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.DecodeError as error:
        missing = "missing required field" in str(error)
        raise invalid(
            str(error), code="MissingRequiredField" if missing else "InvalidField", resource=resource
        ) from None


def instant(field: str, text: str) -> datetime:
    """Return a time of a body: UTC, no fraction, no brackets."""
    if _INSTANT.fullmatch(text) is None:
        raise invalid(f"{field} {text!r} has an unsupported format", code="UnsupportedFormat", field=field)
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
