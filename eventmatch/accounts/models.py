"""Tables of those who sign in to organise."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from flask_security import UserMixin, verify_password
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from eventmatch import clock
from eventmatch.db import Model


class Account(Model, UserMixin):
    """Somebody who signs in with a password; what they may do is a matter of each event."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password: Mapped[str] = mapped_column(String(255))
    language: Mapped[str] = mapped_column(String(5), default="en")
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(
        String(64), unique=True, default=lambda: uuid4().hex
    )  # in every session: a new one signs the account out everywhere
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    def verify_and_update_password(self, password: str) -> bool:
        """Tell whether this is the password, and leave its hash as it is.

        The library would renew an outdated hash here, where nothing may be written.
        """
        return bool(verify_password(password, self.password))

    @property
    def roles(self) -> list[Any]:  # type: ignore[override]
        """Return nothing: roles belong to an event, not to the whole site."""
        return []


def nobody() -> Account:
    """Return an account that is nobody's and never stored; as much work as one that is."""
    in_place_of_a_hash = "-" * 97  # as long as one by Argon2: the time to work on it depends on it
    return Account(
        email="", name="", password=in_place_of_a_hash, active=True, fs_uniquifier="-" * 32
    )


class Invitation(Model):
    """A link by which one person may make an account."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(32), unique=True)
    email: Mapped[str] = mapped_column(String(254))
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
