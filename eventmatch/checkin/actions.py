"""What can be done at the door."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text, union_all, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from eventmatch import clock
from eventmatch.checkin.models import Attendance, Device, DeviceRole, Scan
from eventmatch.checkin.queries import WRITERS_OF_SCANS, get_scan
from eventmatch.checkin.verdict import Direction, Standing, Verdict, judge
from eventmatch.codes import CODE_LENGTH, SHORT_CODE_LENGTH, fingerprint, fresh_code, read_code
from eventmatch.db import db
from eventmatch.errors import Conflict, Invalid
from eventmatch.events.actions import EventClosed
from eventmatch.events.models import ApiToken, Event
from eventmatch.i18n import _, _l
from eventmatch.registration.models import Badge, Registration, Status

PAIRING_VALID_FOR = timedelta(minutes=10)
_OLDEST_CLOCK = timedelta(days=365)  # before the event; a clock further back has lost its time
_TEXT_KEPT = 200  # signs


class PairingVoid(Conflict):
    """The pairing code was used, is too old, or never was one."""

    code = "pairing_void"
    message = _l("This pairing link was used before or is too old. Ask for a new one.")


class ScanIdReused(Conflict):
    """A scan with this id is stored, and it says something else."""

    code = "scan_id_reused"
    message = _l("Another scan was sent with this id before.")


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


def note_presence(device: Device, *, unsent: int) -> None:
    """Note that the device is there, and how many scans it still has to deliver."""
    device.last_seen_at = clock.now()
    device.unsent = unsent


# Scans


@dataclass(frozen=True)
class _Found:
    """Whose code it is, as it stands while we hold the registration."""

    standing: Standing
    registration: Registration | None = None
    badge: Badge | None = None
    was_inside: bool = False  # at any time
    is_inside: bool = False
    first_entry: Scan | None = None


_STANDINGS = {
    Status.CONFIRMED: Standing.CONFIRMED,
    Status.WAITING: Standing.WAITING,
    Status.CANCELLED: Standing.CANCELLED,
}


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

    A known id gives the stored scan again. A refusal leaves nothing behind, so that a batch may
    go on after it. Raises: Invalid; ScanIdReused.
    """
    code, now = _one_line(code), clock.now()
    if not code:
        raise Invalid({"code": [_("There is no code.")]})
    read = fingerprint(secret, code)
    _announce_writer(event)
    found = _find(read_code(code), read, event)
    moment = _believed(scanned_at, event, received_at=now)
    values = {
        "id": scan_id,
        "event_id": event.id,
        "registration_id": found.registration and found.registration.id,
        "badge_id": found.badge and found.badge.id,
        "device_id": device and device.id,
        "token_id": token and token.id,
        "first_entry_id": found.first_entry and found.first_entry.number,
        "gate": device.gate if device else _one_line(gate)[:80] or "main",
        "direction": direction,
        "verdict": _judged(found, event, direction=direction, scanned_at=moment),
        "code_fingerprint": read,
        "text": _kept(code) if found.standing is Standing.UNKNOWN else "",
        "device_time": scanned_at,
        "scanned_at": moment,
        "received_at": now,
    }
    scan = _stored(values)
    if scan is None:
        return _known(values)
    _move(scan, found)
    _complete(scan, found, device=device, token=token)
    return scan


def _one_line(text: str) -> str:
    """Return the text without what cannot be stored or printed."""
    return "".join(sign if sign.isprintable() else " " for sign in text).strip()


def _kept(code: str) -> str:
    """Return what to keep of an unknown text: of a link not the end, which may open something."""
    head, slash, _end = code.rstrip("/").rpartition("/")
    return f"{head}{slash}…"[-_TEXT_KEPT:] if slash else code[:_TEXT_KEPT]


def _believed(scanned_at: datetime | None, event: Event, *, received_at: datetime) -> datetime:
    """Return when it was scanned, as far as the clock of the device can be believed.

    Raises: Invalid for a moment without a zone.
    """
    if scanned_at is None:
        return received_at
    if scanned_at.tzinfo is None:
        raise Invalid({"scanned_at": [_("A moment needs a time zone.")]})
    if not event.starts_at - _OLDEST_CLOCK < scanned_at < received_at:
        return received_at
    return scanned_at.astimezone(UTC)


def _announce_writer(event: Event) -> None:
    """Let those who read scans by number wait until we are done; SQLite has one writer anyway."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(
            text("SELECT pg_advisory_xact_lock_shared(:kind, :event)"),
            {"kind": WRITERS_OF_SCANS, "event": event.id},
        )


def _find(code: str, read: str, event: Event) -> _Found:
    """Return whose code it is, and hold that registration until we commit."""
    if len(code) == SHORT_CODE_LENGTH:
        owners = select(Badge.registration_id).where(Badge.short_fingerprint == read).subquery()
    elif len(code) == CODE_LENGTH:
        owners = union_all(
            select(Badge.registration_id).where(Badge.fingerprint == read),
            select(Registration.id).where(Registration.ticket_fingerprint == read),
        ).subquery()
    else:
        return _Found(Standing.UNKNOWN)
    # It writes first, like db.hold: what the next statement reads stays true until we commit.
    held = db.session.scalar(
        update(Registration)
        .where(Registration.event_id == event.id, Registration.id.in_(select(owners.c[0])))
        .values(id=Registration.id)
        .returning(Registration.id),
        execution_options={"synchronize_session": False},
    )
    if held is not None:
        return _facts(held, read, event)
    is_elsewhere = len(code) == CODE_LENGTH and db.session.scalar(select(owners.c[0])) is not None
    return _Found(Standing.OTHER_EVENT if is_elsewhere else Standing.UNKNOWN)


def _facts(registration_id: int, read: str, event: Event) -> _Found:
    """Return what is known of a held registration, read afresh in one statement."""
    entry = aliased(Scan)
    # What others may have changed meanwhile is asked by column: a row that this session has read
    # before would keep what it knew.
    rows = db.session.execute(
        select(
            Registration,
            Registration.status,
            Attendance.registration_id.is_not(None),
            Attendance.is_inside,
            entry,
            Badge,
            Badge.withdrawn_at,
        )
        .outerjoin(Badge, Badge.registration_id == Registration.id)
        .outerjoin(Attendance, Attendance.registration_id == Registration.id)
        .outerjoin(entry, entry.number == Attendance.first_entry_id)
        .where(Registration.id == registration_id)
        .options(joinedload(entry.device), joinedload(entry.token))
    ).all()
    registration, status, was_inside, is_inside, first_entry, _badge, _withdrawn_at = rows[0]
    badge, is_withdrawn = _badge_of([(row[5], row[6]) for row in rows], read)
    set_committed_value(registration, "event", event)
    return _Found(
        standing=Standing.WITHDRAWN if is_withdrawn else _STANDINGS[status],
        registration=registration,
        badge=badge,
        was_inside=was_inside,
        is_inside=bool(is_inside),
        first_entry=first_entry,
    )


def _badge_of(
    badges: list[tuple[Badge | None, datetime | None]], read: str
) -> tuple[Badge | None, bool]:
    """Return the badge that was scanned and whether it was withdrawn, of a person's badges.

    A ticket stands for the badge of today.
    """
    current = None
    for badge, withdrawn_at in badges:
        if badge is None:
            continue
        if read in {badge.fingerprint, badge.short_fingerprint}:
            return badge, withdrawn_at is not None
        current = badge if withdrawn_at is None else current
    return current, False


def _judged(found: _Found, event: Event, *, direction: Direction, scanned_at: datetime) -> Verdict:
    over_at = (event.closed_at or event.starts_at) if event.is_closed else None
    ends = [moment for moment in (event.doors_close_at, over_at) if moment is not None]
    return judge(
        standing=found.standing,
        direction=direction,
        is_inside=found.is_inside,
        scanned_at=scanned_at,
        opens_at=event.doors_open_at,
        closes_at=min(ends, default=None),
    )


def _stored(values: dict[str, Any]) -> Scan | None:
    """Store the scan, unless its id is taken: then None, also for one stored at this moment."""
    is_postgresql = db.engine.dialect.name == "postgresql"
    statement = (postgresql if is_postgresql else sqlite).insert(Scan).values(values)
    scan: Scan | None = db.session.scalar(
        statement.on_conflict_do_nothing(index_elements=[Scan.id]).returning(Scan)
    )
    return scan


_CONTENT = ("event_id", "code_fingerprint", "direction", "gate", "device_time")


def _known(values: dict[str, Any]) -> Scan:
    """Return the stored scan with this id.

    Raises: ScanIdReused when it says something else.
    """
    scan = get_scan(values["id"])
    if any(getattr(scan, name) != values[name] for name in _CONTENT):
        raise ScanIdReused
    return scan


def _move(scan: Scan, found: _Found) -> None:
    """Change who is inside. The row's key and the condition make one entry one entry."""
    if found.registration is None or scan.verdict not in {Verdict.ADMITTED, Verdict.GONE_OUT}:
        return
    comes_in = scan.verdict is Verdict.ADMITTED
    if found.was_inside:
        db.session.execute(
            update(Attendance)
            .where(
                Attendance.registration_id == found.registration.id,
                Attendance.is_inside.is_not(comes_in),
            )
            .values(is_inside=comes_in)
        )
    elif comes_in:
        db.session.execute(
            insert(Attendance).values(
                registration_id=found.registration.id,
                event_id=scan.event_id,
                is_inside=True,
                first_entry_id=scan.number,
            )
        )


def _complete(scan: Scan, found: _Found, *, device: Device | None, token: ApiToken | None) -> None:
    """Give a new scan what its answer says, without asking the database for it."""
    for name, value in {
        "registration": found.registration,
        "badge": found.badge,
        "first_entry": found.first_entry,
        "device": device,
        "token": token,
    }.items():
        set_committed_value(scan, name, value)
