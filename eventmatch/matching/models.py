"""Tables of suggestions."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventmatch import clock
from eventmatch.db import Model
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

    `reasons` holds what `eventmatch.matching.ranking` gives, as plain data.
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

    registration: Mapped[Registration] = relationship(lazy="raise", foreign_keys=[registration_id])
    other: Mapped[Registration] = relationship(lazy="raise", foreign_keys=[other_id])


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
