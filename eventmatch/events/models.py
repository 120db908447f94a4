"""Tables of events and of who runs them."""

import enum
from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventmatch import clock
from eventmatch.accounts.models import Account
from eventmatch.db import Model

LONGEST_TITLE, LONGEST_PLACE = 200, 300  # signs


KEPT_DAYS = 90


class EventState(enum.Enum):
    """How far an event is, as its organiser says; whether it is live, the clock says."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class Event(Model):
    """A fair or meeting, with a time zone of its own.

    `seats_taken` counts confirmed registrations. It is changed only by `take_seat` and
    `free_seat`, and the database refuses to count beyond the capacity.
    """

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint("capacity >= 0", name="capacity_not_negative"),
        CheckConstraint(
            "seats_taken >= 0 AND seats_taken <= capacity", name="seats_within_capacity"
        ),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    place: Mapped[str] = mapped_column(String(LONGEST_PLACE), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    timezone: Mapped[str] = mapped_column(String(60))
    doors_open_at: Mapped[datetime | None]  # nobody is refused as too early while empty
    doors_close_at: Mapped[datetime | None]
    may_return: Mapped[bool] = mapped_column(default=True)  # whoever has gone out comes in again
    most_inside: Mapped[int | None]  # at once; the number of seats is the limit while empty
    capacity: Mapped[int]
    seats_taken: Mapped[int] = mapped_column(default=0)
    languages: Mapped[list[str]] = mapped_column(default=lambda: ["de", "en"])
    accent: Mapped[str] = mapped_column(String(7), default="#0a6e5c")
    state: Mapped[EventState] = mapped_column(default=EventState.DRAFT)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    closed_at: Mapped[datetime | None]
    # So long after the end profiles are kept; `forgotten_at` is when they were deleted.
    kept_days: Mapped[int] = mapped_column(default=KEPT_DAYS, server_default=str(KEPT_DAYS))
    forgotten_at: Mapped[datetime | None]

    @property
    def kept_until(self) -> datetime:
        """Return when the profiles of its guests are deleted."""
        return self.ends_at + timedelta(days=self.kept_days)

    @property
    def is_open(self) -> bool:
        """Tell whether guests can register."""
        return self.state is EventState.OPEN

    @property
    def is_closed(self) -> bool:
        """Tell whether the event is over for good."""
        return self.state is EventState.CLOSED

    def is_live(self, now: datetime) -> bool:
        """Tell whether it is happening now."""
        return self.is_open and self.starts_at <= now <= self.ends_at

    @property
    def seats_left(self) -> int:
        """Return the number of seats that nobody has."""
        return self.capacity - self.seats_taken


class Role(enum.Enum):
    """What an account may do at one event, the most first."""

    OWNER = "owner"
    MANAGER = "manager"
    DOOR_LEAD = "door_lead"
    STEWARD = "steward"


class Membership(Model):
    """An account's role at one event."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("event_id", "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    role: Mapped[Role]

    event: Mapped[Event] = relationship(lazy="raise")
    account: Mapped[Account] = relationship(lazy="raise")


class TeamInvitation(Model):
    """A letter that asks somebody to help with an event; its link is good once, and for them."""

    __tablename__ = "team_invitation"
    # Links are made of the number: none is given twice.
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[Role]
    fingerprint: Mapped[str] = mapped_column(String(32), unique=True)
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship(lazy="raise")
    invited_by: Mapped[Account | None] = relationship(lazy="raise")


class Scope(enum.Enum):
    """What a program with a token may do."""

    DOOR = "door"
    READ = "read"
    ORGANISER = "organiser"


class ApiToken(Model):
    """The right of a program to one event; the token itself is shown once and not kept."""

    __tablename__ = "api_token"
    __table_args__ = (Index("ix_api_token_event", "event_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    scope: Mapped[Scope]
    label: Mapped[str] = mapped_column(String(100), default="")
    fingerprint: Mapped[str] = mapped_column(String(32), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    revoked_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship(lazy="raise")
