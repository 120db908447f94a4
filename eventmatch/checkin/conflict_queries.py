"""What can be asked of that which does not fit at the door."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from eventmatch.checkin.models import Conflict, Device, DeviceEpoch, QuarantinedScan, Scan
from eventmatch.db import db
from eventmatch.events.models import Event

MOST_SHOWN = 200


def conflicts_of(event: Event, *, limit: int = MOST_SHOWN) -> list[Conflict]:
    """Return the event's conflicts: the open ones first, the newest of them first."""
    scan, other = joinedload(Conflict.scan), joinedload(Conflict.other)
    statement = (
        select(Conflict)
        .where(Conflict.event_id == event.id, Conflict.is_current.is_(True))
        .order_by(Conflict.ticked_at.is_not(None), Conflict.id.desc())
        .limit(limit)
        .options(
            joinedload(Conflict.registration),
            scan.joinedload(Scan.device),
            scan.joinedload(Scan.token),
            other.joinedload(Scan.device),
            other.joinedload(Scan.token),
        )
    )
    return list(db.session.scalars(statement))


def quarantined_of(event: Event, *, limit: int = MOST_SHOWN) -> list[QuarantinedScan]:
    """Return the scans that were stored aside: those nobody has looked at first."""
    statement = (
        select(QuarantinedScan)
        .where(QuarantinedScan.event_id == event.id)
        .order_by(QuarantinedScan.ticked_at.is_not(None), QuarantinedScan.number.desc())
        .limit(limit)
        .options(
            joinedload(QuarantinedScan.registration),
            joinedload(QuarantinedScan.device),
            joinedload(QuarantinedScan.token),
        )
    )
    return list(db.session.scalars(statement))


def count_open(event: Event) -> int:
    """Return how many conflicts and scans stored aside nobody has looked at."""
    conflicts = select(func.count()).where(
        Conflict.event_id == event.id,
        Conflict.is_current.is_(True),
        Conflict.ticked_at.is_(None),
    )
    aside = select(func.count()).where(
        QuarantinedScan.event_id == event.id, QuarantinedScan.ticked_at.is_(None)
    )
    row = db.session.execute(select(conflicts.scalar_subquery(), aside.scalar_subquery())).one()
    return int(row[0] + row[1])


@dataclass(frozen=True)
class Missing:
    """Scans that a device has counted and that never came."""

    device: Device
    epoch: UUID
    count: int
    since: datetime | None  # when the last one before the gap was made


def missing_scans(event: Event) -> list[Missing]:
    """Return the devices of which scans are missing, by each of their counts.

    A device counts its scans without gaps; what it last said tells how many there must be.
    """
    came = (
        select(Scan.device_id, Scan.epoch, Scan.seq)
        .where(Scan.event_id == event.id, Scan.seq.is_not(None))
        .union(
            select(QuarantinedScan.device_id, QuarantinedScan.epoch, QuarantinedScan.seq).where(
                QuarantinedScan.event_id == event.id, QuarantinedScan.seq.is_not(None)
            )
        )
        .subquery()
    )
    rows = db.session.execute(
        select(Device, DeviceEpoch.epoch, DeviceEpoch.last_seq, func.count(came.c.seq))
        .join(DeviceEpoch, DeviceEpoch.device_id == Device.id)
        .outerjoin(
            came,
            (came.c.device_id == Device.id)
            & (came.c.epoch == DeviceEpoch.epoch)
            & (came.c.seq <= DeviceEpoch.last_seq),
        )
        .where(Device.event_id == event.id)
        .group_by(Device.id, DeviceEpoch.epoch, DeviceEpoch.last_seq)
        .having(func.count(came.c.seq) < DeviceEpoch.last_seq)
        .order_by(Device.id)
    ).all()
    return [
        Missing(device, epoch, last_seq - count, _before_gap(device, epoch))
        for device, epoch, last_seq, count in rows
    ]


def _before_gap(device: Device, epoch: UUID) -> datetime | None:
    """Return when the last scan before the first gap was made."""
    rows = db.session.execute(
        select(Scan.seq, Scan.scanned_at)
        .where(Scan.device_id == device.id, Scan.epoch == epoch)
        .order_by(Scan.seq)
    )
    before = None
    for expected, (seq, scanned_at) in enumerate(rows, start=1):
        if seq != expected:
            break
        before = scanned_at
    return before


@dataclass(frozen=True)
class OddClock:
    """A device whose clock said something absurd, and in how many scans."""

    name: str
    count: int
    latest_at: datetime


def odd_clocks(event: Event) -> list[OddClock]:
    """Return the devices whose clocks could not be believed."""
    rows = db.session.execute(
        select(Device.name, func.count(), func.max(Scan.received_at))
        .join(Scan, Scan.device_id == Device.id)
        .where(Scan.event_id == event.id, Scan.clock_is_odd.is_(True))
        .group_by(Device.id, Device.name)
        .order_by(Device.name)
    )
    return [OddClock(name, count, latest_at) for name, count, latest_at in rows]
