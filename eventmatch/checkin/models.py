"""Tables of the door: paired devices, scans, and who is in."""

import enum
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventmatch import clock
from eventmatch.checkin.verdict import Direction, Verdict
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

    `unsent` is how many scans it had not delivered when it was last heard of.
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


class Scan(Model):
    """One code held to one device, and what the door answered; never changed afterwards.

    The device makes the `id`, so that a scan sent twice is stored once. `number` gives the
    order of arrival. `text` keeps what was read only when no code of ours was in it. `device_time`
    is what the clock of the device said, if it said anything; `scanned_at` is what we believe.
    `first_entry` is the person's first entry as it was known before this scan.
    """

    __tablename__ = "scan"
    __table_args__ = (
        Index("ix_scan_event", "event_id", "number"),
        Index("ix_scan_registration", "registration_id", "number"),
        Index("ix_scan_device", "device_id", "number"),
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
    gate: Mapped[str] = mapped_column(String(80))
    direction: Mapped[Direction]
    verdict: Mapped[Verdict]
    code_fingerprint: Mapped[str] = mapped_column(String(32))
    text: Mapped[str] = mapped_column(String(200), default="")
    device_time: Mapped[datetime | None]
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


class Attendance(Model):
    """Whether a registration is inside: one row each, so that one entry is one entry.

    It can always be computed anew from the scans.
    """

    __tablename__ = "attendance"
    __table_args__ = (Index("ix_attendance_inside", "event_id", "is_inside"),)

    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True
    )
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    is_inside: Mapped[bool]
    first_entry_id: Mapped[int | None] = mapped_column(
        ForeignKey("scan.number", ondelete="SET NULL")
    )

    first_entry: Mapped[Scan | None] = relationship(lazy="raise")
