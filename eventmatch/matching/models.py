"""Tables of suggestions."""

import enum
from datetime import datetime
from typing import Any

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
    seconds: Mapped[float]
    finished_at: Mapped[datetime] = mapped_column(default=clock.now)


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
