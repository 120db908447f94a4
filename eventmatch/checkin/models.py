"""Tables of the door: paired devices, scans, and who is in."""

import enum
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import DDL, BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy import event as schema_events
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventmatch import clock
from eventmatch.checkin.verdict import Direction, Standing, Verdict
from eventmatch.db import Model
from eventmatch.events.models import ApiToken, Event
from eventmatch.registration.models import Badge, Registration

_STAYS_PAIRED = timedelta(days=1)  # after the end of the event


class DeviceRole(enum.Enum):
    """What the one who holds a device may do at the door."""

    STEWARD = "steward"
    LEAD = "lead"
    KIOSK = "kiosk"


class Device(Model):
    """A browser that scans at a gate; a one-time link pairs it.

    `unsent` is how many scans it had not delivered when it was last heard of, the eldest of them
    made at `unsent_since`. `paper` is the badge layout that it prints. The PIN opens the lead's
    lists and lets staff leave a kiosk; it is kept as a keyed hash, and `pin_misses` counts wrong
    tries in a row.
    """

    __tablename__ = "device"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    gate: Mapped[str] = mapped_column(String(80))
    role: Mapped[DeviceRole] = mapped_column(default=DeviceRole.STEWARD)
    pairing_fingerprint: Mapped[str | None] = mapped_column(String(32), unique=True)
    pairing_expires_at: Mapped[datetime]
    fingerprint: Mapped[str | None] = mapped_column(String(32), unique=True)
    unsent: Mapped[int] = mapped_column(default=0)
    unsent_since: Mapped[datetime | None]
    paper: Mapped[str] = mapped_column(String(20), default="label-62")
    pin_fingerprint: Mapped[str | None] = mapped_column(String(32))
    pin_misses: Mapped[int] = mapped_column(default=0)
    pin_locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    paired_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship(lazy="raise")

    @property
    def expires_at(self) -> datetime:
        """Return when the pairing ends by itself; needs the event."""
        return self.event.ends_at + _STAYS_PAIRED

    def is_paired(self, now: datetime) -> bool:
        """Tell whether it may scan; needs the event."""
        return self.paired_at is not None and self.revoked_at is None and now < self.expires_at


class DeviceEpoch(Model):
    """How far a device has counted its scans; it counts anew when it has lost its storage."""

    __tablename__ = "device_epoch"

    device_id: Mapped[int] = mapped_column(
        ForeignKey("device.id", ondelete="CASCADE"), primary_key=True
    )
    epoch: Mapped[UUID] = mapped_column(primary_key=True)
    last_seq: Mapped[int]
    heard_at: Mapped[datetime] = mapped_column(default=clock.now)


class Mode(enum.Enum):
    """Who decided at the door: we, or the device alone."""

    ONLINE = "online"
    OFFLINE = "offline"


class Scan(Model):
    """One code held to one device, and what the door answered; never changed afterwards.

    The device makes the `id`, so that a scan sent twice is stored once; `epoch` and `seq` count a
    device's scans without gaps. `number` gives the order of arrival. `text` keeps what was read
    only when no code of ours was in it. `device_time` is what the clock of the device said, if it
    said anything; `scanned_at` is what we believe. `shown` is what the device answered by itself,
    `judged` what we would have answered when it arrived; `verdict` is what counts.
    `first_entry` is the person's first entry as it was known before this scan. An undo has no
    code but a `target`, which may come after it.
    """

    __tablename__ = "scan"
    __table_args__ = (
        Index("ix_scan_event", "event_id", "number"),
        Index("ix_scan_registration", "registration_id", "number"),
        Index("ix_scan_device", "device_id", "number"),
        Index("ix_scan_target", "target"),
        Index("uq_scan_seq", "device_id", "epoch", "seq", unique=True),
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    registration_id: Mapped[int | None] = mapped_column(
        ForeignKey("registration.id", ondelete="SET NULL")
    )
    badge_id: Mapped[int | None] = mapped_column(ForeignKey("badge.id", ondelete="SET NULL"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id", ondelete="SET NULL"))
    token_id: Mapped[int | None] = mapped_column(ForeignKey("api_token.id", ondelete="SET NULL"))
    first_entry_id: Mapped[int | None] = mapped_column(
        ForeignKey("scan.number", ondelete="SET NULL")
    )
    epoch: Mapped[UUID | None]
    seq: Mapped[int | None]
    gate: Mapped[str] = mapped_column(String(80))
    direction: Mapped[Direction]
    target: Mapped[UUID | None]
    reaches_all: Mapped[bool] = mapped_column(default=False)  # an undo that no limit holds
    verdict: Mapped[Verdict]
    judged: Mapped[Verdict]
    shown: Mapped[Verdict | None]
    mode: Mapped[Mode] = mapped_column(default=Mode.ONLINE)
    note: Mapped[str] = mapped_column(String(200), default="")
    code_fingerprint: Mapped[str] = mapped_column(String(32))
    text: Mapped[str] = mapped_column(String(200), default="")
    device_time: Mapped[datetime | None]
    offset_ms: Mapped[int] = mapped_column(BigInteger, default=0)
    set_version: Mapped[int | None] = mapped_column(BigInteger)
    clock_is_odd: Mapped[bool] = mapped_column(default=False)
    scanned_at: Mapped[datetime]
    received_at: Mapped[datetime] = mapped_column(default=clock.now)

    registration: Mapped[Registration | None] = relationship(lazy="raise")
    badge: Mapped[Badge | None] = relationship(lazy="raise")
    device: Mapped[Device | None] = relationship(lazy="raise")
    token: Mapped[ApiToken | None] = relationship(lazy="raise")
    first_entry: Mapped["Scan | None"] = relationship(lazy="raise", remote_side="Scan.number")

    @property
    def scanned_with(self) -> str:
        """Return the name of the device or program that scanned; needs both."""
        if self.device is not None:
            return self.device.name
        return self.token.label if self.token is not None else ""


class LateShown(Model):
    """What a device showed by itself for a scan whose answer did not reach it in time.

    The scan was stored by then and is never changed; this says what the person at the door saw.
    """

    __tablename__ = "late_shown"

    scan_number: Mapped[int] = mapped_column(
        ForeignKey("scan.number", ondelete="CASCADE"), primary_key=True
    )
    shown: Mapped[Verdict]
    received_at: Mapped[datetime] = mapped_column(default=clock.now)


class Attendance(Model):
    """Whether a registration is inside: one row each, so that one entry is one entry.

    It can always be computed anew from the scans. `changes` is counted by every change, which is
    made only if the row is still as it was read.
    """

    __tablename__ = "attendance"
    __table_args__ = (Index("ix_attendance_inside", "event_id", "is_inside"),)

    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True
    )
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    is_inside: Mapped[bool]
    entries: Mapped[int] = mapped_column(default=1)
    gate: Mapped[str] = mapped_column(String(80), default="")  # through which they are inside
    moved_at: Mapped[datetime | None]
    changes: Mapped[int] = mapped_column(default=0)
    first_entry_id: Mapped[int | None] = mapped_column(
        ForeignKey("scan.number", ondelete="SET NULL")
    )

    first_entry: Mapped[Scan | None] = relationship(lazy="raise")


class HelpCall(Model):
    """A guest at a kiosk who needs staff, until somebody has come."""

    __tablename__ = "help_call"
    __table_args__ = (Index("ix_help_call_open", "event_id", "answered_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id", ondelete="CASCADE"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    answered_at: Mapped[datetime | None]

    device: Mapped[Device] = relationship(lazy="raise")
    registration: Mapped[Registration] = relationship(lazy="raise")


class ConflictKind(enum.Enum):
    """What does not fit together at the door."""

    DOUBLE = "double"  # let in at two gates
    LET_IN = "let_in"  # let in, and we would not have
    TURNED_AWAY = "turned_away"  # turned away, and we had let them in


class Conflict(Model):
    """Two entries that do not fit together, or one that should not have been.

    Computed from the scans; `is_current` says that it still follows from them. Whoever has
    looked into it ticks it off, which leaves a trace.
    """

    __tablename__ = "door_conflict"
    __table_args__ = (
        UniqueConstraint("scan_number", "kind"),
        Index("ix_door_conflict_event", "event_id", "is_current", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    registration_id: Mapped[int | None] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[ConflictKind]
    scan_number: Mapped[int] = mapped_column(ForeignKey("scan.number", ondelete="CASCADE"))
    other_number: Mapped[int | None] = mapped_column(ForeignKey("scan.number", ondelete="CASCADE"))
    is_current: Mapped[bool] = mapped_column(default=True)
    noticed_at: Mapped[datetime] = mapped_column(default=clock.now)
    ticked_at: Mapped[datetime | None]
    ticked_by: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(String(500), default="")

    registration: Mapped[Registration | None] = relationship(lazy="raise")
    scan: Mapped[Scan] = relationship(lazy="raise", foreign_keys=[scan_number])
    other: Mapped[Scan | None] = relationship(lazy="raise", foreign_keys=[other_number])


class QuarantineReason(enum.Enum):
    """Why a scan was stored aside and does not count."""

    ID_REUSED = "id_reused"  # the id is another scan's
    SEQ_REUSED = "seq_reused"  # the device has given this number to another scan
    REVOKED = "revoked"  # the device may not scan any more
    UNDO_TOO_LATE = "undo_too_late"  # further back than this device may undo


class QuarantinedScan(Model):
    """A scan that cannot count and must not be lost: stored aside until somebody looks at it."""

    __tablename__ = "quarantined_scan"
    __table_args__ = (
        UniqueConstraint("event_id", "digest"),
        Index("ix_quarantined_scan_id", "scan_id"),
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id", ondelete="SET NULL"))
    token_id: Mapped[int | None] = mapped_column(ForeignKey("api_token.id", ondelete="SET NULL"))
    registration_id: Mapped[int | None] = mapped_column(
        ForeignKey("registration.id", ondelete="SET NULL")
    )
    scan_id: Mapped[UUID]
    epoch: Mapped[UUID | None]
    seq: Mapped[int | None]
    reason: Mapped[QuarantineReason]
    digest: Mapped[str] = mapped_column(String(32))  # of all that was sent: twice is once
    content: Mapped[dict[str, Any]]
    received_at: Mapped[datetime] = mapped_column(default=clock.now)
    ticked_at: Mapped[datetime | None]
    ticked_by: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(String(500), default="")

    registration: Mapped[Registration | None] = relationship(lazy="raise")
    device: Mapped[Device | None] = relationship(lazy="raise")
    token: Mapped[ApiToken | None] = relationship(lazy="raise")


class DoorPass(Model):
    """What a device may know of one badge before it sees it; `version` is when that last changed.

    No other room has to think of the door: badge and registration are compared with what they
    were (`DoorSource`). A badge that is gone leaves this row behind, which names nobody, so that
    devices learn of it.
    """

    __tablename__ = "door_pass"
    __table_args__ = (Index("ix_door_pass_version", "event_id", "version"),)

    badge_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # it may be gone
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    version: Mapped[int] = mapped_column(BigInteger)
    standing: Mapped[Standing]
    line: Mapped[str] = mapped_column(String(400))  # as it is sent


class DoorSource(Model):
    """What a badge's line was made from; it is gone with the badge."""

    __tablename__ = "door_source"

    badge_id: Mapped[int] = mapped_column(
        ForeignKey("badge.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    name: Mapped[str] = mapped_column(String(200))
    first_name: Mapped[str] = mapped_column(String(200))
    ticket_version: Mapped[int]


# Scans are facts: the database itself lets nobody change what one says, and deletes one only
# together with its event, or once the event has been over for a month.
_FACTS = (
    "number, id, event_id, epoch, seq, gate, direction, target, reaches_all, verdict, judged, "
    "shown, mode, note, code_fingerprint, text, device_time, offset_ms, set_version, clock_is_odd, "
    "scanned_at, received_at"
)
APPEND_ONLY = {
    "sqlite": (
        f"CREATE TRIGGER scan_never_changes BEFORE UPDATE OF {_FACTS} ON scan "
        "BEGIN SELECT RAISE(ABORT, 'a scan is never changed'); END",
        "CREATE TRIGGER scan_stays BEFORE DELETE ON scan WHEN EXISTS (SELECT 1 FROM event "
        "WHERE id = OLD.event_id AND ends_at > datetime('now', '-30 days')) "
        "BEGIN SELECT RAISE(ABORT, 'a scan is kept'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION scan_is_a_fact() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT 1 FROM event WHERE id = OLD.event_id "
        "AND ends_at > now() - interval '30 days') THEN RETURN OLD; END IF; "
        "RAISE EXCEPTION 'a scan is never changed'; END $$",
        f"CREATE TRIGGER scan_never_changes BEFORE UPDATE OF {_FACTS} ON scan "
        "FOR EACH ROW EXECUTE FUNCTION scan_is_a_fact()",
        "CREATE TRIGGER scan_stays BEFORE DELETE ON scan "
        "FOR EACH ROW EXECUTE FUNCTION scan_is_a_fact()",
    ),
}
for _dialect, _statements in APPEND_ONLY.items():
    for _statement in _statements:
        schema_events.listen(
            Scan.__table__,
            "after_create",
            DDL(_statement).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]
        )
