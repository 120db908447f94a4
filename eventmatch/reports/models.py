"""Tables of what guests report to the organiser."""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventmatch import clock
from eventmatch.accounts.models import Account
from eventmatch.db import Model
from eventmatch.registration.models import Registration


class Reason(enum.Enum):
    """Why somebody is reported."""

    UNWANTED = "unwanted"
    INSULT = "insult"
    FALSE_NAME = "false_name"
    ADVERTISING = "advertising"
    OTHER = "other"


class Report(Model):
    """What a guest reports of another, with what stood on the other's badge at that moment.

    The snapshot stays as it was, whatever the other changes or deletes afterwards. What was done
    about it is in its steps; a report is never deleted by whom it concerns.
    """

    __tablename__ = "report"
    __table_args__ = (Index("ix_report_event", "event_id", "made_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    reporter_id: Mapped[int | None] = mapped_column(
        ForeignKey("registration.id", ondelete="SET NULL"), index=True
    )
    other_id: Mapped[int | None] = mapped_column(
        ForeignKey("registration.id", ondelete="SET NULL"), index=True
    )
    reason: Mapped[Reason]
    text: Mapped[str] = mapped_column(Text, default="")
    snapshot: Mapped[dict[str, Any]]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    handled_at: Mapped[datetime | None]

    reporter: Mapped[Registration | None] = relationship(lazy="raise", foreign_keys=[reporter_id])
    other: Mapped[Registration | None] = relationship(lazy="raise", foreign_keys=[other_id])


class ReportStep(Model):
    """What an organiser did about a report, and when; nobody changes it afterwards."""

    __tablename__ = "report_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    is_closing: Mapped[bool]
    text: Mapped[str] = mapped_column(Text, default="")
    made_at: Mapped[datetime] = mapped_column(default=clock.now)

    account: Mapped[Account | None] = relationship(lazy="raise")
