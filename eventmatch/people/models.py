"""Tables of people across events."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventmatch import clock
from eventmatch.db import Model


class Person(Model):
    """A human across events, known by a mail address that they have shown to be theirs."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(5))
    session_version: Mapped[int] = mapped_column(default=1)  # a new one signs out everywhere
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class SignInLink(Model):
    """A link that was mailed to open a person's network: short-lived, good once.

    It works in the browser that asked for it; elsewhere only with the six digits that the
    asking page shows, so that a link that somebody else opens is worth nothing.
    """

    __tablename__ = "sign_in_link"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    fingerprint: Mapped[str] = mapped_column(String(32), unique=True)
    browser: Mapped[str] = mapped_column(String(32))  # fingerprint of the asking browser's cookie
    digits: Mapped[str] = mapped_column(String(32))  # fingerprint of the six digits
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise")


class AppPassword(Model):
    """The right of one phone or program to fetch a person's contacts; shown once, and not kept.

    `id` is also the program's name in the addresses that it asks for, where no mail address may be.
    """

    __tablename__ = "app_password"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(100))
    fingerprint: Mapped[str] = mapped_column(String(32), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    used_at: Mapped[datetime | None]  # to the hour
    revoked_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise")


class AcquaintanceList(Model):
    """A file of people whom somebody knows already, of their own address book.

    `found` is what was read, with a verdict for each line, until it is taken in; a day at most.
    """

    __tablename__ = "acquaintance_list"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    filename: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(20))
    found: Mapped[list[Any]] = mapped_column(default=list, deferred=True)
    count: Mapped[int] = mapped_column(default=0)  # of people, once they are taken in
    created_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    taken_in_at: Mapped[datetime | None]


class Acquaintance(Model):
    """Somebody whom a person knows by their own address book: private to them.

    The others are neither told nor written to, and need not be known to us. Somebody on two lists
    is here twice, so that either can be forgotten. `becomes_contact` is the owner's own word that
    the two may be contacts, if the other has brought them and says the same.
    """

    __tablename__ = "acquaintance"
    __table_args__ = (
        UniqueConstraint("list_id", "email"),
        Index("ix_acquaintance_owner_id_email", "owner_id", "email"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    list_id: Mapped[UUID] = mapped_column(ForeignKey("acquaintance_list.id", ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(String(254), index=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    becomes_contact: Mapped[bool] = mapped_column(default=False, server_default=false())
    taken_in_at: Mapped[datetime] = mapped_column(default=clock.now)
