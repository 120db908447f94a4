"""The table of an event's own questions."""

import enum
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventmatch.db import Model
from eventmatch.events.models import Event

LONGEST_TEXT, LONGEST_HINT, LONGEST_CHOICE = 200, 300, 80  # signs
MOST_QUESTIONS, MOST_CHOICES = 30, 40


class Kind(enum.Enum):
    """How a question is answered."""

    TEXT = "text"
    CHOICE = "choice"
    SEVERAL = "several"
    NUMBER = "number"
    DATE = "date"
    AGREEMENT = "agreement"


class Purpose(enum.Enum):
    """What an answer is for, which decides who sees it and how long it is kept."""

    LOGISTICS = "logistics"  # organisers plan with it
    BADGE = "badge"  # it is printed on the badge
    MATCHING = "matching"  # it becomes a topic of the profile
    PRIVATE = "private"  # such as diet or access: organisers alone, in no list, soon deleted


class Question(Model):
    """A question to the guests of an event.

    It is asked only where the guest answered `asked_if` with `asked_if_value`, if there is one.
    One that was taken out keeps its answers until they are deleted, `kept_days` after the event.
    """

    __tablename__ = "question"
    __table_args__ = (Index("ix_question_event", "event_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    position: Mapped[int]
    kind: Mapped[Kind]
    purpose: Mapped[Purpose]
    text: Mapped[str] = mapped_column(String(LONGEST_TEXT))
    hint: Mapped[str] = mapped_column(String(LONGEST_HINT), default="")
    choices: Mapped[list[str]] = mapped_column(default=list)
    is_required: Mapped[bool] = mapped_column(default=False)
    makes_group: Mapped[bool] = mapped_column(default=False)
    asked_if_id: Mapped[int | None] = mapped_column(ForeignKey("question.id", ondelete="SET NULL"))
    asked_if_value: Mapped[str] = mapped_column(String(LONGEST_CHOICE), default="")
    kept_days: Mapped[int]
    retired_at: Mapped[datetime | None]
    forgotten_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship(lazy="raise")
    asked_if: Mapped["Question | None"] = relationship(lazy="raise", remote_side=[id])

    @property
    def key(self) -> str:
        """Return the name under which answers are kept."""
        return self.uid.hex
