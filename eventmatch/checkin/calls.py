"""Calls from kiosks: a guest needs staff, somebody comes."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventmatch import clock
from eventmatch.checkin.models import Device, HelpCall, Scan
from eventmatch.db import db
from eventmatch.errors import NotFound
from eventmatch.events.models import Event

SHOWN_FOR = timedelta(hours=1)  # whoever called has long been helped, or has left


def call_staff(scan: Scan, device: Device) -> HelpCall:
    """Call staff to the guest of this scan; it has the scan's id, so that twice is once."""
    known = db.session.get(HelpCall, scan.id)
    if known is not None:
        return known
    if scan.registration_id is None:
        raise NotFound
    call = HelpCall(
        id=scan.id,
        event_id=scan.event_id,
        device_id=device.id,
        registration_id=scan.registration_id,
    )
    db.session.add(call)
    return call


def open_calls(event: Event) -> list[HelpCall]:
    """Return the calls that nobody has answered yet, the oldest first."""
    statement = (
        select(HelpCall)
        .where(
            HelpCall.event_id == event.id,
            HelpCall.answered_at.is_(None),
            HelpCall.made_at > clock.now() - SHOWN_FOR,
        )
        .options(joinedload(HelpCall.device), joinedload(HelpCall.registration))
        .order_by(HelpCall.made_at)
    )
    return list(db.session.scalars(statement))


def answer_call(call_id: UUID, event: Event) -> None:
    """Note that somebody has come. Twice is once.

    Raises: NotFound.
    """
    call = db.session.scalar(
        select(HelpCall).where(HelpCall.id == call_id, HelpCall.event_id == event.id)
    )
    if call is None:
        raise NotFound
    call.answered_at = call.answered_at or clock.now()
