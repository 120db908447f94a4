"""Tables of rounds: the plan of an event, its rounds, and who sits where."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventmatch import clock
from eventmatch.db import Model
from eventmatch.registration.models import Registration


class TakingPart(enum.Enum):
    """For whom rounds are planned; in any case only for those who agreed to be suggested."""

    INSIDE = "inside"  # who is inside now
    CONFIRMED = "confirmed"  # who has a seat, wherever they are


class RoundPlan(Model):
    """What was planned last for an event, and how good it is.

    `problem` is the code of the refusal when nothing could be planned the last time; what had been
    planned before then still stands.
    """

    __tablename__ = "round_plan"

    event_id: Mapped[int] = mapped_column(
        ForeignKey("event.id", ondelete="CASCADE"), primary_key=True
    )
    rounds: Mapped[int]  # finished ones included
    table_size: Mapped[int]
    taking_part: Mapped[TakingPart]
    people: Mapped[int] = mapped_column(default=0)
    repeats: Mapped[int] = mapped_column(default=0)  # pairs that meet more than once
    least_pauses: Mapped[int] = mapped_column(default=0)
    most_pauses: Mapped[int] = mapped_column(default=0)
    share: Mapped[float] = mapped_column(default=0.0)  # of the upper bound
    problem: Mapped[str] = mapped_column(String(40), default="")
    made_at: Mapped[datetime] = mapped_column(default=clock.now)


class RoundState(enum.Enum):
    """Whether a round is over; what is finished is never planned anew."""

    PLANNED = "planned"
    FINISHED = "finished"


class Round(Model):
    """One timed turn at tables."""

    __tablename__ = "round"
    __table_args__ = (UniqueConstraint("event_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    number: Mapped[int]
    state: Mapped[RoundState] = mapped_column(default=RoundState.PLANNED)
    finished_at: Mapped[datetime | None]

    @property
    def is_finished(self) -> bool:
        """Tell whether it is over."""
        return self.state is RoundState.FINISHED


class Seat(Model):
    """Where somebody sits in a round; without a table they pause."""

    __tablename__ = "round_seat"
    __table_args__ = (
        UniqueConstraint("round_id", "registration_id"),
        Index("ix_round_seat_table", "round_id", "table_number"),
        Index("ix_round_seat_registration", "registration_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    table_number: Mapped[int | None]

    round: Mapped[Round] = relationship(lazy="raise")
    registration: Mapped[Registration] = relationship(lazy="raise")
