"""What can be asked of the door."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select, text
from sqlalchemy.orm import aliased, joinedload

from eventmatch.checkin.models import Attendance, Device, Scan
from eventmatch.checkin.verdict import Direction
from eventmatch.db import db
from eventmatch.errors import NotFound
from eventmatch.events.models import Event
from eventmatch.paging import Page

WRITERS_OF_SCANS = 0x5CA4  # the kind of PostgreSQL's advisory locks that order readers and writers

NEARLY_FULL = 0.9


# Built once: every scan asks it, and building costs more than answering.
_DEVICE = (
    select(Device)
    .where(Device.fingerprint == bindparam("wanted"))
    .options(joinedload(Device.event))
)


def find_device(fingerprint: str) -> Device | None:
    """Return the device with this token, also a revoked one, with its event, or None."""
    return db.session.scalar(_DEVICE, {"wanted": fingerprint})


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


def numbers_of(event: Event) -> dict[str, Any]:
    """Return the live numbers: inside now, in all and by the gate they came through.

    `visitors` came in at least once, `admissions` counts every entry; the limit is the number of
    seats unless the house allows fewer or more at once.
    """
    gates = db.session.execute(
        select(
            Attendance.gate,
            func.count().filter(Attendance.is_inside.is_(True)),
            func.count().filter(Attendance.entries > 0),
            func.sum(Attendance.entries),
        )
        .where(Attendance.event_id == event.id)
        .group_by(Attendance.gate)
        .order_by(Attendance.gate)
    ).all()
    limit = event.capacity if event.most_inside is None else event.most_inside
    inside = sum(row[1] for row in gates)
    return {
        "inside": inside,
        "capacity": limit,
        "is_nearly_full": inside >= limit * NEARLY_FULL,
        "visitors": sum(row[2] for row in gates),
        "admissions": int(sum(row[3] for row in gates)),
        "gates": [{"gate": row[0], "inside": row[1]} for row in gates if row[1]],
    }


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
    """Return this device's newest scans first, without undos, with all that their answers say."""
    statement = select(Scan).where(Scan.device_id == device.id, Scan.direction != Direction.UNDO)
    return list(
        db.session.scalars(_with_answer(statement.order_by(Scan.number.desc()).limit(limit)))
    )


def undone_of(scans: list[Scan]) -> set[UUID]:
    """Return the ids of those scans that were taken back."""
    ids = [scan.id for scan in scans]
    return {
        target
        for target in db.session.scalars(select(Scan.target).where(Scan.target.in_(ids)))
        if target is not None
    }


def get_scan_of(event: Event, scan_id: UUID) -> Scan:
    """Return a scan of this event with all that its answer says.

    Raises: NotFound.
    """
    scan = get_scan(scan_id)
    if scan.event_id != event.id:
        raise NotFound
    return scan


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
