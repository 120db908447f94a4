"""Tables of what two guests agreed on, of how they met, and of who wants no more of whom."""

import enum
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventmatch import clock
from eventmatch.db import Model
from eventmatch.events.models import Event
from eventmatch.registration.models import Registration

LONGEST_NOTE = 10_000  # signs; notes of several meetings stand in one


class ExchangeState(enum.Enum):
    """How far an exchange is; only a mutual one shows anybody anything.

    One that waits when the time to answer is over has expired, whatever the row says.
    """

    WAITING = "waiting"
    MUTUAL = "mutual"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Standing(enum.Enum):
    """How one of the two stands with the other, as far as they may know."""

    NOTHING = "nothing"
    ASKED = "asked"  # I asked and wait; a silent no looks the same
    REQUESTED = "requested"  # the other asked me and waits
    MUTUAL = "mutual"


class Exchange(Model):
    """Two guests of one event: one scanned the other's badge, and perhaps both agreed.

    A pair has one row, whoever began: `low` and `high` are the two in the order of their ids.
    `asker` is the one who wants the exchange, or wanted it last, and asked so many times with less
    than an hour between. `refuser` is the one who said no
    and has not asked since: nobody can bother them with the same question again. `…_refused_at` is
    when each of the two last said no or took their word back; what they scanned before is past.
    """

    __tablename__ = "exchange"
    __table_args__ = (
        UniqueConstraint("low_id", "high_id"),
        CheckConstraint("low_id < high_id", name="pair_in_order"),
        CheckConstraint("asker_id IN (low_id, high_id)", name="asker_of_pair"),
        CheckConstraint("refuser_id IN (low_id, high_id)", name="refuser_of_pair"),
        Index("ix_exchange_event", "event_id", "state"),
        Index("ix_exchange_high", "high_id"),
        Index("ix_exchange_asker", "asker_id", "asked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    low_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    high_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    asker_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    refuser_id: Mapped[int | None] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE")
    )
    state: Mapped[ExchangeState] = mapped_column(default=ExchangeState.WAITING)
    # How it was agreed: scan, answer, phone, introduction.
    way: Mapped[str] = mapped_column(String(20), default="")
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    times_asked: Mapped[int] = mapped_column(default=1)
    answered_at: Mapped[datetime | None]
    low_refused_at: Mapped[datetime | None]
    high_refused_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship(lazy="raise")
    low: Mapped[Registration] = relationship(lazy="raise", foreign_keys=[low_id])
    high: Mapped[Registration] = relationship(lazy="raise", foreign_keys=[high_id])

    @property
    def is_mutual(self) -> bool:
        """Tell whether both agree at this moment."""
        return self.state is ExchangeState.MUTUAL

    def other_id_of(self, registration: Registration) -> int:
        """Return the id of the other of the two."""
        return self.high_id if registration.id == self.low_id else self.low_id

    def other_of(self, registration: Registration) -> Registration:
        """Return the other of the two."""
        return self.high if registration.id == self.low_id else self.low

    def note_refusal(self, registration_id: int) -> None:
        """Keep that this one of the two says no, or takes their word back, at this moment."""
        if registration_id == self.low_id:
            self.low_refused_at = clock.now()
        else:
            self.high_refused_at = clock.now()

    def has_refused_since(self, moment: datetime, registration_id: int) -> bool:
        """Tell whether this one of the two said no, or took their word back, after the moment."""
        is_low = registration_id == self.low_id
        last = self.low_refused_at if is_low else self.high_refused_at
        return last is not None and last > moment

    def seen_by(self, registration: Registration) -> Standing:
        """Return how this one of the two stands with the other."""
        if self.state is ExchangeState.MUTUAL:
            return Standing.MUTUAL
        if self.state is ExchangeState.WITHDRAWN:
            return Standing.NOTHING
        if self.asker_id == registration.id:
            return Standing.ASKED
        return Standing.REQUESTED if self.state is ExchangeState.WAITING else Standing.NOTHING


class AboutAnother:
    """The columns of a row in which one guest says something of another guest of the event."""

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    other_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), index=True
    )


class Block(AboutAnother, Model):
    """One guest wants nothing to do with another: wherever the two are, and unseen by the other.

    It was said of two registrations, and holds for the people behind them at every event.
    """

    __tablename__ = "block"
    __table_args__ = (
        UniqueConstraint("registration_id", "other_id"),
        CheckConstraint("registration_id <> other_id", name="not_oneself"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    made_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)


class Chip(enum.Enum):
    """What somebody means to do about a person whom they have just met."""

    FOLLOW_UP = "follow_up"
    SEND_INFO = "send_info"
    MEET_AGAIN = "meet_again"
    JUST_HELLO = "just_hello"


class Remark(AboutAnother, Model):
    """What a guest wrote for themselves about another whom they met; nobody else sees it.

    `moved_at` is when it was last copied into the writer's network.
    """

    __tablename__ = "remark"
    __table_args__ = (
        UniqueConstraint("registration_id", "other_id"),
        CheckConstraint("registration_id <> other_id", name="not_oneself"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text, default="")
    chips: Mapped[list[str]] = mapped_column(default=list)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    moved_at: Mapped[datetime | None]


class PhoneCode(Model):
    """A code on a guest's screen: whoever scans it in time has exchanged contacts with them.

    It is good for one other guest. Kept a day longer than it lives: who scanned it without
    network brings it late, and has then asked.
    """

    __tablename__ = "phone_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), index=True
    )
    fingerprint: Mapped[str] = mapped_column(String(32), unique=True)
    expires_at: Mapped[datetime]
    used_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE")
    )

    registration: Mapped[Registration] = relationship(lazy="raise", foreign_keys=[registration_id])


class Outcome(enum.Enum):
    """What came of holding a code up to a guest's own scanner."""

    ASKED = "asked"
    MUTUAL = "mutual"
    OWN = "own"
    NOBODY = "nobody"  # of whom the guest is to learn nothing, or no code of this event
    OVERTAKEN = "overtaken"  # the guest has taken it back since


class CodeScan(Model):
    """A code that a guest's phone has read, under an id that the phone made.

    It may be delivered late and more than once; it does what it does the first time.
    """

    __tablename__ = "code_scan"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), index=True
    )
    exchange_id: Mapped[int | None] = mapped_column(
        ForeignKey("exchange.id", ondelete="SET NULL"), index=True
    )
    outcome: Mapped[Outcome]
    scanned_at: Mapped[datetime]
    received_at: Mapped[datetime] = mapped_column(default=clock.now)

    exchange: Mapped[Exchange | None] = relationship(lazy="raise")
