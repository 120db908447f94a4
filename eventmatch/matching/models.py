"""Tables of suggestions."""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventmatch import clock
from eventmatch.db import Model
from eventmatch.exchange.models import AboutAnother
from eventmatch.registration.models import Registration


class MatchRun(Model):
    """When the suggestions of an event were last made, and from which profiles."""

    __tablename__ = "match_run"

    event_id: Mapped[int] = mapped_column(
        ForeignKey("event.id", ondelete="CASCADE"), primary_key=True
    )
    profiles_until: Mapped[datetime]  # changes of profiles up to this moment are in
    registrations: Mapped[int]  # how many there were, with or without consent
    profiles: Mapped[int]  # how many people took part
    without: Mapped[dict[str, Any]] = mapped_column(default=dict)  # no list, how many by Why
    seconds: Mapped[float]
    finished_at: Mapped[datetime] = mapped_column(default=clock.now)


class MatchRules(Model):
    """What an organiser wants of an event's suggestions, as `matching.rules` writes it.

    `tried` are other rules that the organiser thinks about, `found` what they would do; both are
    empty as long as nobody asked, and `found` as long as nobody knows.
    """

    __tablename__ = "match_rules"

    event_id: Mapped[int] = mapped_column(
        ForeignKey("event.id", ondelete="CASCADE"), primary_key=True
    )
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict)
    tried: Mapped[dict[str, Any]] = mapped_column(default=dict)
    found: Mapped[dict[str, Any]] = mapped_column(default=dict)


class KeptApart(Model):
    """Two guests whom the organiser keeps apart; `low` and `high` in the order of their ids."""

    __tablename__ = "kept_apart"
    __table_args__ = (
        UniqueConstraint("low_id", "high_id"),
        CheckConstraint("low_id < high_id", name="pair_in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    low_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    high_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), index=True
    )

    low: Mapped[Registration] = relationship(lazy="raise", foreign_keys=[low_id])
    high: Mapped[Registration] = relationship(lazy="raise", foreign_keys=[high_id])


class Suggestion(Model):
    """A ranked, explained proposal: you should meet.

    `reasons` holds what `eventmatch.matching.ranking` gives, as plain data. Ranks above the length
    of a list are its reserve, who move up for those whom the reader sets aside.
    """

    __tablename__ = "suggestion"
    __table_args__ = (
        UniqueConstraint("registration_id", "other_id"),
        Index("ix_suggestion_event", "event_id"),
        Index("ix_suggestion_other", "other_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    other_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    rank: Mapped[int]
    score: Mapped[float]
    reasons: Mapped[list[Any]]
    # Hidden when the lists were made last, and kept so that undoing brings the person back at once.
    is_kept_back: Mapped[bool] = mapped_column(default=False)

    registration: Mapped[Registration] = relationship(lazy="raise", foreign_keys=[registration_id])
    other: Mapped[Registration] = relationship(lazy="raise", foreign_keys=[other_id])


class SetAside(enum.Enum):
    """Why somebody is not to be suggested to the one who says it."""

    NOT_NOW = "not_now"  # for a day, or until the other's profile changes
    KNOWN = "known"  # never again, at any event: the two know each other


class Feedback(enum.Enum):
    """What came of meeting somebody, as one of the two says."""

    USEFUL = "useful"
    KNOWN = "known"
    NOT_USEFUL = "not_useful"
    NOT_MET = "not_met"


class Mark(AboutAnother, Model):
    """What a guest says of another: set aside, and afterwards what came of meeting them.

    One row for the two, which a second answer changes; the other never learns of it.
    """

    __tablename__ = "mark"
    __table_args__ = (
        UniqueConstraint("registration_id", "other_id"),
        CheckConstraint("registration_id <> other_id", name="not_oneself"),
        Index("ix_mark_event", "event_id", "feedback"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    set_aside: Mapped[SetAside | None]
    set_aside_at: Mapped[datetime | None]
    feedback: Mapped[Feedback | None]
    feedback_at: Mapped[datetime | None]


class IntroductionState(enum.Enum):
    """What became of a request to meet; whether it has expired, the clock says."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    NOT_NOW = "not_now"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Introduction(Model):
    """One guest would like to meet another.

    A pair has one row, whoever asks: `low` and `high` are the two in the order of their ids, and
    `asker` is the one who asked last. Only a yes and taking back change what the asker sees; while
    `expires_at` is to come they wait, whatever the other has said. `refuser` is the one who said
    no or not now and has not asked since: until `refused_until`, or for good, the same question
    does not reach them again.
    """

    __tablename__ = "introduction"
    __table_args__ = (
        UniqueConstraint("low_id", "high_id"),
        CheckConstraint("low_id < high_id", name="pair_in_order"),
        CheckConstraint("asker_id IN (low_id, high_id)", name="asker_of_pair"),
        CheckConstraint("refuser_id IN (low_id, high_id)", name="refuser_of_pair"),
        Index("ix_introduction_event", "event_id", "state"),
        Index("ix_introduction_high", "high_id"),
        Index("ix_introduction_asker", "asker_id", "asked_at"),
        Index("ix_introduction_untold", "state", "told_at"),
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
    refused_until: Mapped[datetime | None]
    state: Mapped[IntroductionState]
    reason: Mapped[str] = mapped_column(String(300))  # as the asker wrote it
    reasons: Mapped[list[Any]]  # of the suggestion that it came from, as the asker read them
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]  # when we wrote to the other
    yes_told_at: Mapped[datetime | None]  # when we wrote to the asker

    low: Mapped[Registration] = relationship(lazy="raise", foreign_keys=[low_id])
    high: Mapped[Registration] = relationship(lazy="raise", foreign_keys=[high_id])

    def other_id_of(self, registration: Registration) -> int:
        """Return the id of the other of the two."""
        return self.high_id if registration.id == self.low_id else self.low_id

    def other_of(self, registration: Registration) -> Registration:
        """Return the other of the two."""
        return self.high if registration.id == self.low_id else self.low

    @property
    def asker(self) -> Registration:
        """Return the one who asked last."""
        return self.low if self.asker_id == self.low_id else self.high

    @property
    def asked(self) -> Registration:
        """Return the one who was asked last."""
        return self.high if self.asker_id == self.low_id else self.low

    def is_waiting(self, *, at: datetime) -> bool:
        """Tell whether the asker waits: a silent no looks like no answer."""
        over = {IntroductionState.ACCEPTED, IntroductionState.WITHDRAWN}
        return self.state not in over and at < self.expires_at

    def is_refused_by(self, registration: Registration, *, at: datetime) -> bool:
        """Tell whether this one of the two does not want to be asked by the other."""
        if self.refuser_id != registration.id:
            return False
        return self.refused_until is None or at < self.refused_until


class LetterStop(Model):
    """A guest wants no letters about requests to meet; it holds at all events of their address."""

    __tablename__ = "letter_stop"

    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True
    )
    stopped_at: Mapped[datetime] = mapped_column(default=clock.now)


class WordCount(Model):
    """How many guests of an event use a word where it is answered; never who.

    `stem` is the word as the engine reads it, so that all its forms are one.
    """

    __tablename__ = "word_count"

    event_id: Mapped[int] = mapped_column(
        ForeignKey("event.id", ondelete="CASCADE"), primary_key=True
    )
    stem: Mapped[str] = mapped_column(String(200), primary_key=True)
    offers: Mapped[int] = mapped_column(default=0)
    seeks: Mapped[int] = mapped_column(default=0)
    interests: Mapped[int] = mapped_column(default=0)  # with topics and role
