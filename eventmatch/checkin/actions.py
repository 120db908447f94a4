"""What can be done at the door."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm.attributes import set_committed_value

from eventmatch import clock
from eventmatch.checkin.models import (
    Device,
    DeviceEpoch,
    DeviceRole,
    QuarantineReason,
    Scan,
)
from eventmatch.checkin.recording import Recorded, Sender, record_scans
from eventmatch.checkin.sent import Sent
from eventmatch.checkin.verdict import Direction
from eventmatch.codes import fingerprint, fresh_code
from eventmatch.db import db
from eventmatch.errors import Conflict, NotAllowed, Refusal
from eventmatch.events.actions import EventClosed
from eventmatch.events.models import ApiToken, Event
from eventmatch.i18n import _l

PAIRING_VALID_FOR = timedelta(minutes=10)


class PairingVoid(Conflict):
    """The pairing code was used, is too old, or never was one."""

    code = "pairing_void"
    message = _l("This pairing link was used before or is too old. Ask for a new one.")


class ScanIdReused(Conflict):
    """A scan with this id is stored, and it says something else."""

    code = "scan_id_reused"
    message = _l("Another scan was sent with this id before.")


class ScanNumberReused(Conflict):
    """The device has given this number to another scan before."""

    code = "scan_number_reused"
    message = _l("This device has counted another scan with the same number.")


class DeviceRevoked(NotAllowed):
    """The device may not scan any more; what it sends is stored aside."""

    code = "not_paired"
    message = _l("This device may no longer scan. The scan is kept for the door lead to look at.")


class UndoTooLate(NotAllowed):
    """A steward takes back the latest scans of the own device only."""

    code = "undo_too_late"
    message = _l("Only the last 10 scans of this device can be undone here. Ask the door lead.")


REFUSALS: dict[QuarantineReason, type[Refusal]] = {
    QuarantineReason.ID_REUSED: ScanIdReused,
    QuarantineReason.SEQ_REUSED: ScanNumberReused,
    QuarantineReason.REVOKED: DeviceRevoked,
    QuarantineReason.UNDO_TOO_LATE: UndoTooLate,
}


# Devices


def create_device(
    event: Event,
    *,
    name: str,
    gate: str,
    role: DeviceRole = DeviceRole.STEWARD,
    secret: str,
    valid_for: timedelta = PAIRING_VALID_FOR,
) -> tuple[Device, str]:
    """Make a device that waits to be paired; return it with the pairing code, which is not kept.

    Raises: EventClosed.
    """
    if event.is_closed:
        raise EventClosed
    code = fresh_code()
    device = Device(
        event_id=event.id,
        event=event,
        name=name,
        gate=gate,
        role=role,
        pairing_fingerprint=fingerprint(secret, code),
        pairing_expires_at=clock.now() + valid_for,
    )
    db.session.add(device)
    db.session.flush()
    return device, code


def pair_device(code: str, *, secret: str) -> tuple[Device, str]:
    """Trade the pairing code for the device's own token, which is not kept; the code is void now.

    Raises: PairingVoid; of two who use the code at once, one hears it.
    """
    token, now = fresh_code(bits=256), clock.now()
    device = db.session.scalar(
        update(Device)
        .where(
            Device.pairing_fingerprint == fingerprint(secret, code),
            Device.pairing_expires_at > now,
            Device.revoked_at.is_(None),
        )
        .values(
            pairing_fingerprint=None,
            fingerprint=fingerprint(secret, token),
            paired_at=now,
            last_seen_at=now,
        )
        .returning(Device),
        execution_options={"synchronize_session": False, "populate_existing": True},
    )
    if device is None:
        raise PairingVoid
    set_committed_value(device, "event", db.session.get_one(Event, device.event_id))
    return device, token


def revoke_device(device: Device) -> None:
    """Take from the device the right to scan, at once. Twice is once."""
    device.revoked_at = device.revoked_at or clock.now()
    device.pairing_fingerprint = None


def note_presence(
    device: Device,
    *,
    unsent: int,
    unsent_since: datetime | None = None,
    epoch: UUID | None = None,
    seq: int = 0,
) -> None:
    """Note that the device is there, how far it has counted, and what it still has to deliver."""
    device.last_seen_at = clock.now()
    device.unsent, device.unsent_since = unsent, unsent_since
    if epoch is None or not seq:
        return
    is_postgresql = db.engine.dialect.name == "postgresql"
    statement = (postgresql if is_postgresql else sqlite).insert(DeviceEpoch)
    statement = statement.values(
        device_id=device.id, epoch=epoch, last_seq=seq, heard_at=device.last_seen_at
    )
    # An older sign of life may come after a newer one: never count backwards.
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=[DeviceEpoch.device_id, DeviceEpoch.epoch],
            set_={"last_seq": seq, "heard_at": device.last_seen_at},
            where=DeviceEpoch.last_seq < seq,
        )
    )


# Scans


def record_scan(
    event: Event,
    *,
    scan_id: UUID,
    code: str,
    secret: str,
    scanned_at: datetime | None = None,
    direction: Direction = Direction.IN,
    gate: str = "",
    device: Device | None = None,
    token: ApiToken | None = None,
) -> Scan:
    """Judge one code and store it with the answer; of many at once, one entry is admitted.

    A known id gives the stored scan again. Raises: Invalid; ScanIdReused.
    """
    sent = Sent(id=scan_id, code=code, scanned_at=scanned_at, direction=direction, gate=gate)
    sender = sender_of(device=device, token=token)
    [recorded] = record_scans(event, [sent.checked()], sender=sender, secret=secret)
    return stored(recorded)


def sender_of(*, device: Device | None = None, token: ApiToken | None = None) -> Sender:
    """Return who sends, and what they may undo: a steward's device only its own latest scans."""
    return Sender(
        device=device,
        token=token,
        may_undo_all=device is None or device.role is DeviceRole.LEAD,
        is_trusted=device is None or device.is_paired(clock.now()),
    )


def stored(recorded: Recorded) -> Scan:
    """Return the stored scan.

    Raises: the refusal of a scan that was stored aside; the caller commits nevertheless.
    """
    if recorded.scan is None:
        raise refusal_of(recorded)
    return recorded.scan


def refusal_of(recorded: Recorded) -> Refusal:
    """Return why a scan was stored aside."""
    return REFUSALS[recorded.reason or QuarantineReason.ID_REUSED]()
