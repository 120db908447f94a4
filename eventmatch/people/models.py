"""Tables of people across events."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String
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
