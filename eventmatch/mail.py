"""Letters: rows in the same transaction as their reason, written and sent by the worker.

A row keeps whom and what about, never the text: tickets and other secrets are derived anew when
the letter is composed. Each room names its letters with `@letter`.
"""

import enum
import smtplib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UniqueUnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime, parseaddr
from functools import cache
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

import structlog
from flask import current_app, render_template
from flask_babel import LazyString
from sqlalchemy import ColumnElement, Index, Select, String, UniqueConstraint, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from eventmatch import clock
from eventmatch.db import Model, db, only_reading
from eventmatch.i18n import force_locale
from eventmatch.jobs import every
from eventmatch.post import outbox, post_office

log = structlog.get_logger()

MOST_TRIES = 8


class _OnOneLine(UniqueUnstructuredHeader):
    """A header with a link; the standard library would encode one that is longer than a line."""

    name: str

    def fold(self, *, policy: Policy) -> str:
        """Return it as it is sent."""
        return f"{self.name}: {self}{policy.linesep}"


_headers = HeaderRegistry()
_headers.map_to_type("List-Unsubscribe", cast("type[BaseHeader]", _OnOneLine))
# Some servers still refuse bytes beyond ASCII.
_POLICY = SMTP.clone(cte_type="7bit", header_factory=_headers)


class LetterState(enum.Enum):
    """How far a letter is."""

    WAITING = "waiting"
    SENT = "sent"
    DROPPED = "dropped"  # what it was about no longer exists
    FAILED = "failed"


class Letter(Model):
    """One letter to one address.

    `about` is the slug of the event it belongs to, or empty; `key` tells apart letters of one
    kind, so that the same letter is written once.
    """

    __tablename__ = "letter"
    __table_args__ = (
        UniqueConstraint("kind", "key"),
        Index("ix_letter_due", "state", "due_at"),
        Index("ix_letter_about", "about", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(120))
    address: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(5))
    about: Mapped[str] = mapped_column(String(80), default="")
    arguments: Mapped[dict[str, Any]]
    state: Mapped[LetterState] = mapped_column(default=LetterState.WAITING)
    tries: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    due_at: Mapped[datetime] = mapped_column(default=clock.now)
    sent_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Attachment:
    """A file in a letter; one with a `content_id` is shown inside the text."""

    name: str
    media_type: str
    content: bytes
    content_id: str = ""


@dataclass(frozen=True)
class Content:
    """What the templates of a letter need, and the files that go with it.

    `stop_url` is where one POST ends letters of this kind, without signing in (RFC 8058).
    """

    context: Mapping[str, Any]
    attachments: tuple[Attachment, ...] = field(default=())
    stop_url: str = ""


NOBODY = "@deleted.invalid"  # RFC 2606: no letter can go there; the end of a deleted one's address

Composer = Callable[..., Content | None]
_composers: dict[str, Composer] = {}
_names: dict[str, LazyString] = {}


def letter(kind: str, *, called: LazyString | None = None) -> Callable[[Composer], Composer]:
    """Name the function that composes letters of this kind from their arguments.

    It returns None when the letter has lost its reason. The words are in
    `templates/mail/<kind>/{subject.txt,body.txt,body.html}`. Organisers find the letters of
    their event by what the kind is `called`. A kind without such a name is personal: that it
    was written would tell whom a guest has met or asked, so organisers see nothing of it.
    """

    def register(composer: Composer) -> Composer:
        _composers[kind] = composer
        if called is not None:
            _names[kind] = called
        return composer

    return register


def all_kinds() -> list[str]:
    """Return every kind of letter there is."""
    return sorted(_composers)


def names_of_letters() -> Mapping[str, LazyString]:
    """Return what the kinds that organisers see are called."""
    return _names


def is_for_organisers() -> ColumnElement[bool]:
    """Return the condition that a letter is of no personal kind."""
    return Letter.kind.in_(_names)


def send_later(
    kind: str,
    *,
    address: str,
    name: str,
    language: str,
    about: str = "",
    key: str | None = None,
    **arguments: Any,
) -> Letter | None:
    """Write the letter into the outbox; None if it is there already, or for who was deleted."""
    if address.endswith(NOBODY):
        return None
    written = Letter(
        kind=kind,
        key=key or uuid4().hex,
        address=address,
        name=name,
        language=language,
        about=about,
        arguments=arguments,
    )
    if key is not None:
        return _first(written)
    db.session.add(written)
    return written


def _first(written: Letter) -> Letter | None:
    """Add the letter if it is the first of its key, also when two write it at the same time."""
    same = select(Letter.id).where(Letter.kind == written.kind, Letter.key == written.key)
    if db.session.scalar(same) is not None:
        return None
    try:
        with db.session.begin_nested():
            db.session.add(written)
    except IntegrityError:
        return None
    return written


def letters_about(about: str, *, limit: int = 200) -> list[Letter]:
    """Return the newest letters of an event first, those that organisers may see."""
    statement = (
        select(Letter)
        .where(Letter.about == about, is_for_organisers())
        .order_by(Letter.created_at.desc())
        .limit(limit)
    )
    return list(db.session.scalars(statement))


def compose(written: Letter) -> EmailMessage | None:
    """Return the letter as it is sent, or None when it has lost its reason."""
    base_url: str = current_app.config["BASE_URL"]
    with (
        current_app.test_request_context("/", base_url=base_url),
        force_locale(written.language),
    ):
        content = _composers[written.kind](**written.arguments)
        if content is None:
            return None
        context = {"letter": written, "language": written.language, **content.context}
        subject, text, html = (
            render_template(f"mail/{written.kind}/{part}", **context)
            for part in ("subject.txt", "body.txt", "body.html")
        )
    message = _message(written, subject=subject, text=text, html=html, files=content.attachments)
    if content.stop_url:
        message["List-Unsubscribe"] = f"<{content.stop_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return message


def _message(
    written: Letter, *, subject: str, text: str, html: str, files: tuple[Attachment, ...]
) -> EmailMessage:
    sender_name, sender = parseaddr(current_app.config["MAIL_FROM"])
    message = EmailMessage(policy=_POLICY)
    message["Subject"] = _header(subject)
    message["From"] = Address(sender_name, addr_spec=sender)
    message["To"] = Address(_header(written.name), addr_spec=written.address)
    message["Date"] = format_datetime(written.created_at)
    # The same letter sent again after a crash has the same number, so that it is seen once.
    message["Message-ID"] = f"<{written.id.hex}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    message.add_alternative(_inliner().inline(html), subtype="html")
    _attach(message, files)
    message["Content-Language"] = written.language  # last: what has no content yet loses it
    return message


def _header(text: str) -> str:
    """Return the text on one line, and with nothing in it that a mail program would decode.

    The standard library decodes `=?…?=` before it checks for line breaks, so that a name written
    in this way could bring headers of its own.
    """
    shown = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(shown.replace("=?", "= ?").split())


def _attach(message: EmailMessage, files: tuple[Attachment, ...]) -> None:
    html: Any = message.get_body(("html",))  # there is one: we have just written it
    for file in files:
        main, sub = file.media_type.split("/")
        if file.content_id:
            html.add_related(
                file.content, main, sub, cid=f"<{file.content_id}>", filename=file.name
            )
    for file in files:
        main, sub = file.media_type.split("/")
        if not file.content_id:
            message.add_attachment(file.content, main, sub, filename=file.name)


@cache
def _inliner() -> Any:
    import css_inline

    return css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)


@every(1)
def deliver_due() -> None:
    """Send the letters that are due, each in a transaction of its own."""
    with post_office() as post:
        while _is_due() and (written := _next_due()) is not None:
            _deliver(written, post)


def _due() -> Select[Letter]:
    is_due = (Letter.state == LetterState.WAITING) & (Letter.due_at <= clock.now())
    return select(Letter).where(is_due).order_by(Letter.due_at).limit(1)


def _is_due() -> bool:
    """Look without taking the write lock, since mostly there is nothing to send."""
    with only_reading():
        due = db.session.scalar(_due())
    return due is not None


def _next_due() -> Letter | None:
    """Take the next letter; while it is being sent it is not due for others."""
    due = db.session.scalar(_due().with_for_update(skip_locked=True))
    if due is None:
        db.session.commit()
        return None
    due.tries += 1
    due.due_at = clock.now() + timedelta(minutes=2**due.tries)
    db.session.commit()
    return due


def _deliver(written: Letter, post: Callable[[EmailMessage], None]) -> None:
    try:
        message = _composed(written)
        if message is None:
            written.state = LetterState.DROPPED
        else:
            post(message)
            written.state, written.sent_at, written.error = LetterState.SENT, clock.now(), ""
    except (OSError, smtplib.SMTPException) as failure:
        log.warning("letter not sent", kind=written.kind, reason=type(failure).__name__)
        _note_failure(written, failure)
    except Exception as failure:
        db.session.rollback()
        log.exception("letter not composed", kind=written.kind)
        _note_failure(written, failure)
    db.session.commit()


def _composed(written: Letter) -> EmailMessage | None:
    """Compose the letter, and hold no transaction while it is sent."""
    with only_reading():
        return compose(written)


def _note_failure(written: Letter, failure: Exception) -> None:
    written.error = type(failure).__name__
    if _is_refused_for_good(failure) or written.tries >= MOST_TRIES:
        written.state = LetterState.FAILED


def _is_refused_for_good(failure: Exception) -> bool:
    """Tell a mailbox that does not exist (5xx) from one that asks us to come again (4xx)."""
    return isinstance(failure, smtplib.SMTPRecipientsRefused) and all(
        code >= 500 for code, _reason in failure.recipients.values()
    )


def file_of(written: Letter) -> Path:
    """Return where the letter lies, or would lie, as a file."""
    return outbox() / f"{written.id.hex}.eml"
