"""Signing organisers in and out, through Flask-Security."""

import unicodedata
from datetime import timedelta
from typing import Any
from uuid import uuid4

from flask import Flask, flash, session
from flask_security import (
    MailUtil,
    SQLAlchemyUserDatastore,
    current_user,
    hash_password,
    login_user,
    verify_password,
)
from sqlalchemy import select

from eventmatch import clock
from eventmatch.accounts.models import Account
from eventmatch.db import db
from eventmatch.errors import NotSignedIn
from eventmatch.i18n import _
from eventmatch.mail import LetterState, send_later
from eventmatch.web.language import language_of_visitor

SIGNED_IN_FOR = timedelta(hours=12)


class Accounts(SQLAlchemyUserDatastore):
    """Where Flask-Security finds accounts; roles belong to events and are not its concern."""

    def __init__(self) -> None:
        super().__init__(db, Account, None)  # type: ignore[arg-type]

    def find_user(
        self,
        case_insensitive: bool = False,  # noqa: FBT001, FBT002
        registration_info: Any = None,
        **keys: Any,
    ) -> Account | None:
        """Return the account with this id, address or session key, or None."""
        (name, value), *_ = keys.items()
        if name == "email":
            value = str(value).lower()
        return db.session.scalar(select(Account).where(getattr(Account, name) == value))


class OutboxMail(MailUtil):
    """Hands the library's letters to our outbox, so that there is one way out."""

    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: str | tuple[str, str],
        sender: Any,
        body: str | None,
        html: str | None,
        **kwargs: Any,
    ) -> None:
        """Write the letter; the link is all that it needs of what the library composed.

        One to nobody is stored, too, but never sent.
        """
        account: Account = kwargs["user"]
        letter = send_later(
            template.rpartition("/")[2],
            address=account.email,
            name=account.name,
            language=language_of_visitor(),
            account_id=account.id,
        )
        if letter is not None and not account.email:
            letter.state = LetterState.DROPPED
        db.session.commit()  # the library commits only what it changed itself


def signed_in_account() -> Account:
    """Return who is signed in.

    Raises: NotSignedIn.
    """
    account = find_signed_in_account()
    if account is None:
        raise NotSignedIn
    return account


def find_signed_in_account() -> Account | None:
    """Return who is signed in, or None."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def end_old_session() -> None:
    """Forget who gave the password more than twelve hours ago, or has not in this session."""
    if session.get("fs_paa", 0) < clock.now().timestamp() - SIGNED_IN_FOR.total_seconds():
        session.pop("_user_id", None)


def sign_out_everywhere(_app: Flask, *, user: Account) -> None:
    """Make every session of the account worthless, also one whose cookie somebody has kept."""
    user.fs_uniquifier = uuid4().hex
    db.session.commit()
    flash(_("You are signed out on all your devices."))


def sign_in(account: Account) -> None:
    """Let this browser in as the account."""
    login_user(account, authn_via=["password"])


def _normalized(password: str) -> str:
    """Return the password as the library compares it, whatever keyboard it was typed on."""
    return unicodedata.normalize("NFKD", password)


def password_hash(password: str) -> str:
    """Return what the database keeps of a password (Argon2id)."""
    hashed: str = hash_password(_normalized(password))
    return hashed


def is_password_of(account: Account, password: str) -> bool:
    """Tell whether this is the account's password."""
    return bool(verify_password(_normalized(password), account.password))
