"""Tables of a person's own network."""

from datetime import datetime
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
    words. `uid` names the contact in every export, for ever.
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
