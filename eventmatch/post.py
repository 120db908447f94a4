"""The way out for letters: over SMTP when it is configured, else into files.

A file is named like its message's number, so that the same letter sent again is one file.
"""

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask import current_app

SMTP_TIMEOUT_SECONDS = 20


@contextmanager
def post_office() -> Iterator[Callable[[EmailMessage], None]]:
    """Yield what sends a message.

    The connection opens with the first message and closes at the end.
    """
    url: str = current_app.config["MAIL_URL"]
    if not url:
        yield _write_file
        return
    connections: list[smtplib.SMTP] = []

    def send(message: EmailMessage) -> None:
        if not connections:
            connections.append(_connect(url))
        try:
            connections[0].send_message(message)
        except (OSError, smtplib.SMTPException):
            connections.pop().close()  # it may be broken: the next letter gets a fresh one
            raise

    try:
        yield send
    finally:
        for connection in connections:
            _part(connection)


def knock() -> None:
    """See whether the mail server takes us in, without a letter.

    Raises: OSError, smtplib.SMTPException.
    """
    connection = _connect(current_app.config["MAIL_URL"])
    try:
        connection.noop()
    finally:
        _part(connection)


def _part(connection: smtplib.SMTP) -> None:
    with suppress(OSError, smtplib.SMTPException):
        connection.quit()
    connection.close()


def _connect(url: str) -> smtplib.SMTP:
    """Return a connection to the mail server: `smtps://` encrypted, `smtp://` if it offers so."""
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    connection: smtplib.SMTP
    if parts.scheme == "smtps":
        connection = smtplib.SMTP_SSL(
            host,
            parts.port or 465,
            timeout=SMTP_TIMEOUT_SECONDS,
            context=ssl.create_default_context(),
        )
    else:
        connection = smtplib.SMTP(host, parts.port or 25, timeout=SMTP_TIMEOUT_SECONDS)
        connection.ehlo()
        if connection.has_extn("starttls"):
            connection.starttls(context=ssl.create_default_context())
    if parts.username:
        connection.login(unquote(parts.username), unquote(parts.password or ""))
    return connection


def outbox() -> Path:
    """Return the folder that takes letters while no mail server is configured."""
    folder: Path = current_app.config["INSTANCE"] / "outbox"
    folder.mkdir(exist_ok=True)
    return folder


def _write_file(message: EmailMessage) -> None:
    name = str(message["Message-ID"]).strip("<>").partition("@")[0]
    partial = outbox() / f"{name}.part"
    partial.write_bytes(message.as_bytes())
    partial.rename(outbox() / f"{name}.eml")
