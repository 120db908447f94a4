"""What can be asked of the door."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import aliased, joinedload

from eventmatch.checkin.models import Attendance, Device, Scan
from eventmatch.db import db
from eventmatch.errors import NotFound
from eventmatch.events.models import Event
from eventmatch.paging import Page

WRITERS_OF_SCANS = 0x5CA4  # the kind of PostgreSQL's advisory locks that order readers and writers


def find_device(fingerprint: str) -> Device | None:
    """Return the device with this token, also a revoked one, with its event, or None."""
    return db.session.scalar(
        select(Device).where(Device.fingerprint == fingerprint).options(joinedload(Device.event))
    )


def find_pairing(fingerprint: str, *, now: datetime) -> Device | None:
    """Return the device that waits to be paired with this code, with its event, or None."""
    return db.session.scalar(
        select(Device)
        .where(
            Device.pairing_fingerprint == fingerprint,
            Device.pairing_expires_at > now,
            Device.revoked_at.is_(None),
        )
        .options(joinedload(Device.event))
    )


def get_device(uid: str, event: Event) -> Device:
    """Return the device with this public id, if it belongs to the event.

    Raises: NotFound.
    """
    try:
        wanted = UUID(uid)
    except ValueError:
        raise NotFound from None
    device = db.session.scalar(
        select(Device).where(Device.uid == wanted, Device.event_id == event.id)
    )
    if device is None:
        raise NotFound
    return device


@dataclass(frozen=True)
class SeenDevice:
    """A device, and when it was last heard of."""

    device: Device
    last_seen_at: datetime | None


def devices_of(event: Event) -> list[SeenDevice]:
    """Return the event's devices as they were made; a scan is a sign of life, too."""
    newest = aliased(Scan)
    last_scan = (
        select(func.max(newest.number))
        .where(newest.device_id == Device.id)
        .correlate(Device)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Device, Scan.received_at)
        .outerjoin(Scan, Scan.number == last_scan)
        .where(Device.event_id == event.id)
        .order_by(Device.id)
    )
    return [
        SeenDevice(
            device, max((at for at in (device.last_seen_at, scanned_at) if at), default=None)
        )
        for device, scanned_at in rows
    ]


def count_inside(event: Event) -> int:
    """Return how many people are inside now."""
    statement = select(func.count()).where(
        Attendance.event_id == event.id, Attendance.is_inside.is_(True)
    )
    return db.session.scalar(statement) or 0


def count_came(event: Event) -> int:
    """Return how many people came in at least once."""
    statement = select(func.count()).where(
        Attendance.event_id == event.id, Attendance.first_entry_id.is_not(None)
    )
    return db.session.scalar(statement) or 0


def get_scan(scan_id: UUID) -> Scan:
    """Return the stored scan with all that its answer says.

    Raises: NotFound.
    """
    scan = db.session.scalar(_with_answer(select(Scan).where(Scan.id == scan_id)))
    if scan is None:
        raise NotFound
    return scan


def scans_by_id(ids: list[UUID]) -> dict[UUID, Scan]:
    """Return those of these scans that are stored, with all that their answers say."""
    found = db.session.scalars(_with_answer(select(Scan).where(Scan.id.in_(ids))))
    return {scan.id: scan for scan in found}


def latest_scans(device: Device, *, limit: int = 10) -> list[Scan]:
    """Return this device's newest scans first, with all that their answers say."""
    statement = select(Scan).where(Scan.device_id == device.id)
    return list(
        db.session.scalars(_with_answer(statement.order_by(Scan.number.desc()).limit(limit)))
    )


def scans_page(event: Event, *, after: int = 0, limit: int = 100) -> Page[Scan]:
    """Return scans in the order of their arrival; the cursor is the last one's number.

    The cursor is empty only if nothing came: who follows the door keeps the last one then.
    """
    if db.engine.dialect.name == "postgresql":
        # Numbers are given before they can be seen. Waiting for those who write just now makes
        # sure that no lower number appears after a higher one was read.
        db.session.execute(
            text("SELECT pg_advisory_xact_lock(:kind, :event)"),
            {"kind": WRITERS_OF_SCANS, "event": event.id},
        )
    statement = select(Scan).where(Scan.event_id == event.id, Scan.number > after)
    scans = list(db.session.scalars(_with_answer(statement.order_by(Scan.number).limit(limit))))
    return Page(items=scans, next=str(scans[-1].number) if scans else None)


def _with_answer(statement: Select[Scan]) -> Select[Scan]:
    first_entry = joinedload(Scan.first_entry)
    return statement.options(
        joinedload(Scan.registration),
        joinedload(Scan.badge),
        joinedload(Scan.device),
        joinedload(Scan.token),
        first_entry.joinedload(Scan.device),
        first_entry.joinedload(Scan.token),
    )
