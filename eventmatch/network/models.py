"""Tables of a person's own network."""

import enum
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventmatch import clock
from eventmatch.db import Model
from eventmatch.events.models import Event
from eventmatch.exchange.models import Exchange
from eventmatch.people.models import Person


class Contact(Model):
    """An entry in a person's network, private to its owner.

    What the owner may see of the other is decided anew each time; here are only the owner's own
    words and plans. `uid` names the contact in every export, for ever.
    """

    __tablename__ = "contact"
    __table_args__ = (
        UniqueConstraint("owner_id", "other_id"),
        CheckConstraint("owner_id <> other_id", name="not_oneself"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    other_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    note: Mapped[str] = mapped_column(Text, default="")
    note_changed_at: Mapped[datetime | None]
    tags: Mapped[list[str]] = mapped_column(default=list)
    chips: Mapped[list[str]] = mapped_column(default=list)  # see Chip
    follow_up_on: Mapped[date | None]
    rhythm_days: Mapped[int | None]  # so long after a sign of life the next is due
    in_touch_at: Mapped[datetime | None]  # when the owner last said that they were
    archived_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    owner: Mapped[Person] = relationship(lazy="raise", foreign_keys=[owner_id])
    other: Mapped[Person] = relationship(lazy="raise", foreign_keys=[other_id])


class Meeting(Model):
    """Where and when a contact was met: one for each event."""

    __tablename__ = "meeting"
    __table_args__ = (UniqueConstraint("contact_id", "exchange_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"))
    exchange_id: Mapped[int] = mapped_column(
        ForeignKey("exchange.id", ondelete="CASCADE"), index=True
    )
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    met_at: Mapped[datetime]

    contact: Mapped[Contact] = relationship(lazy="raise")
    exchange: Mapped[Exchange] = relationship(lazy="raise")
    event: Mapped[Event] = relationship(lazy="raise")


class Upkeep(Model):
    """How a person wants to be reminded of those whom they chose, and when that last happened."""

    __tablename__ = "upkeep"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    wants_digest: Mapped[bool] = mapped_column(default=True)
    paused_until: Mapped[date | None]
    last_digest_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise")


class Connector(Model):
    """A person who may be asked for introductions, or whom we have asked whether they would be.

    Only their own yes makes them one. `groups` is how many circles meet in them that hardly know
    each other otherwise; it is told to themselves alone.
    """

    __tablename__ = "connector"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    is_willing: Mapped[bool] = mapped_column(default=False)
    groups: Mapped[int] = mapped_column(default=0)
    proposed_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise")


class IntroductionState(enum.Enum):
    """How far a warm introduction is; the asker learns of an accepted one only."""

    ASKED = "asked"  # the connector has not said anything
    NOT_PASSED = "not_passed"
    PASSED = "passed"  # the target has not said anything
    DECLINED = "declined"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"  # by either of the two, or taken back by the asker


class WarmIntroduction(Model):
    """One person asks a contact of theirs to be introduced to a contact of that contact.

    A pair has one row in each direction. `is_refused` stays once the target has said no: whatever
    is asked later goes nowhere, and looks the same to the asker.
    """

    __tablename__ = "warm_introduction"
    __table_args__ = (
        UniqueConstraint("asker_id", "target_id"),
        CheckConstraint(
            "asker_id <> target_id AND asker_id <> connector_id AND target_id <> connector_id",
            name="three_people",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    asker_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    connector_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True
    )
    target_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[IntroductionState] = mapped_column(default=IntroductionState.ASKED)
    is_refused: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    answered_at: Mapped[datetime | None]

    asker: Mapped[Person] = relationship(lazy="raise", foreign_keys=[asker_id])
    connector: Mapped[Person] = relationship(lazy="raise", foreign_keys=[connector_id])
    target: Mapped[Person] = relationship(lazy="raise", foreign_keys=[target_id])
