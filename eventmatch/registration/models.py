"""Tables of registrations: seat, profile, consents, and the code printed on the badge."""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventmatch import clock
from eventmatch.db import Model
from eventmatch.events.models import Event
from eventmatch.people.models import Person


class Status(enum.Enum):
    """Whether a registration has a seat."""

    CONFIRMED = "confirmed"
    WAITING = "waiting"
    CANCELLED = "cancelled"


class Registration(Model):
    """One person's place at one event, and the profile they show there.

    `person` is empty until the ticket link has been opened: typing an address proves nothing.
    """

    __tablename__ = "registration"
    __table_args__ = (
        UniqueConstraint("event_id", "email"),
        Index("ix_registration_list", "event_id", "sort_key", "id"),
        Index("ix_registration_profile", "event_id", "profile_changed_at"),
        Index("ix_registration_status", "event_id", "status", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), index=True
    )
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(200))
    sort_key: Mapped[str] = mapped_column(String(500))  # folded, for order and search
    status: Mapped[Status]
    source: Mapped[str] = mapped_column(String(20), default="sign-up")
    language: Mapped[str] = mapped_column(String(5))

    first_name: Mapped[str] = mapped_column(String(200), default="")  # largest on the badge
    company: Mapped[str] = mapped_column(String(200), default="")
    role: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    website: Mapped[str] = mapped_column(String(200), default="")
    interests: Mapped[str] = mapped_column(Text, default="")
    offers: Mapped[str] = mapped_column(Text, default="")
    seeks: Mapped[str] = mapped_column(Text, default="")
    tags: Mapped[list[str]] = mapped_column(default=list)
    languages: Mapped[list[str]] = mapped_column(default=list)
    # Answers to the event's own questions, by the question's key; see `questions.asking`.
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    # What the organiser calls the guest, for rules of matching; nobody else sees it.
    group: Mapped[str] = mapped_column(String(60), default="")
    # The list that brought the guest; it is forgotten after a day, and then this says nothing.
    guest_list_id: Mapped[UUID | None] = mapped_column(index=True)

    may_be_suggested: Mapped[bool] = mapped_column(default=False)
    may_be_listed: Mapped[bool] = mapped_column(default=False)
    may_be_scanned: Mapped[bool] = mapped_column(default=False)
    may_be_found: Mapped[bool] = mapped_column(default=False)
    visibility: Mapped[dict[str, Any]] = mapped_column(default=dict)  # field to Release value

    ticket_version: Mapped[int] = mapped_column(default=1)
    session_version: Mapped[int] = mapped_column(default=1)  # a new one signs out everywhere
    ticket_fingerprint: Mapped[str] = mapped_column(String(32), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    registered_at: Mapped[datetime] = mapped_column(default=clock.now)  # anew after a return
    verified_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    profile_changed_at: Mapped[datetime] = mapped_column(default=clock.now)

    event: Mapped[Event] = relationship(lazy="raise")
    person: Mapped[Person | None] = relationship(lazy="raise")

    @property
    def has_seat(self) -> bool:
        """Tell whether a seat is theirs."""
        return self.status is Status.CONFIRMED

    @property
    def takes_part(self) -> bool:
        """Tell whether they may be brought together with others; see `queries.takes_part`."""
        return self.has_seat and self.may_be_suggested and self.verified_at is not None


class Badge(Model):
    """A code that was given out for a badge; a reprint makes a new one and withdraws the old.

    No number is given twice, also after a badge is deleted: the door's devices know it by that.
    """

    __tablename__ = "badge"
    __table_args__ = (
        UniqueConstraint("registration_id", "version"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    version: Mapped[int] = mapped_column(default=1)
    fingerprint: Mapped[str] = mapped_column(String(32), unique=True)
    short_fingerprint: Mapped[str] = mapped_column(String(32), index=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    withdrawn_at: Mapped[datetime | None]
    printed_at: Mapped[datetime | None]  # when it first was put on paper

    registration: Mapped[Registration] = relationship(lazy="raise")


class ConsentRecord(Model):
    """A yes or no that was given or taken back: to what, when, in which words and language."""

    __tablename__ = "consent_record"

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), index=True
    )
    purpose: Mapped[str] = mapped_column(String(30))
    is_given: Mapped[bool]
    text_version: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(5))
    way: Mapped[str] = mapped_column(String(20))
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)


class GuestList(Model):
    """A file of guests that an organiser sent, until it is imported; a day at most.

    `preview` is what the import would do, `report` what it did: plain values for their page.
    """

    __tablename__ = "guest_list"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    filename: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes | None] = mapped_column(deferred=True)
    preview: Mapped[dict[str, Any]] = mapped_column(default=dict)
    report: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    imported_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship(lazy="raise")
