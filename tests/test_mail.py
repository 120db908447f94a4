"""The way of a letter: from its row through the worker to the mail server or into a file."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from socket import socket
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select

from eventmatch import clock, mail, post
from eventmatch.db import db
from eventmatch.mail import Letter, LetterState, deliver_due, file_of, letters_about
from eventmatch.post import outbox
from tests.factories import a_registration, an_event


@dataclass
class Sink:
    """A mail server that keeps what it gets, or answers with a refusal."""

    refuses: str = ""
    messages: list[Any] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.refuses:
            return self.refuses
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.messages.append(envelope)
        return "250 OK"


@contextmanager
def _served(app: Flask, sink: Sink) -> Iterator[None]:
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    app.config["MAIL_URL"] = f"smtp://127.0.0.1:{port}"
    try:
        yield
    finally:
        app.config["MAIL_URL"] = ""
        controller.stop()


@pytest.fixture
def no_server(app: Flask) -> Iterator[None]:
    app.config["MAIL_URL"] = "smtp://127.0.0.1:1"
    yield
    app.config["MAIL_URL"] = ""


def _letter() -> Letter:
    letter = db.session.scalars(select(Letter)).one()
    db.session.refresh(letter)
    return letter


def test_a_letter_goes_through_a_mail_server(app: Flask):
    a_registration(email="ada@example.org", name="Ada Größe")
    sink = Sink()

    with _served(app, sink):
        deliver_due()
        deliver_due()

    (envelope,) = sink.messages
    assert envelope.rcpt_tos == ["ada@example.org"]
    message = message_from_bytes(envelope.content, policy=policy.default)
    assert str(message["To"]) == "Ada Größe <ada@example.org>"
    assert envelope.content.isascii()
    assert _letter().state is LetterState.SENT
    assert not list(outbox().iterdir())


def test_without_a_mail_server_letters_are_files(app: Flask):
    a_registration(email="ada@example.org")

    deliver_due()

    letter = _letter()
    assert letter.state is LetterState.SENT
    assert [path.name for path in outbox().iterdir()] == [f"{letter.id.hex}.eml"]
    message = message_from_bytes(file_of(letter).read_bytes(), policy=policy.default)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"] is not None


def test_one_letter_has_one_recipient(app: Flask):
    event = an_event()
    a_registration(event)
    a_registration(event)
    sink = Sink()

    with _served(app, sink):
        deliver_due()

    assert [len(envelope.rcpt_tos) for envelope in sink.messages] == [1, 1]


def test_a_letter_that_cannot_be_sent_is_tried_again_after_growing_pauses(
    app: Flask, no_server: None
):
    a_registration()
    moment = clock.now()
    pauses = []

    for _ in range(mail.MOST_TRIES):
        with time_machine.travel(moment, tick=False):
            deliver_due()
            deliver_due()  # it is not due again before its pause is over
        pauses.append(_letter().due_at - moment)
        moment = _letter().due_at

    assert pauses == [timedelta(minutes=2**number) for number in range(1, mail.MOST_TRIES + 1)]
    assert _letter().state is LetterState.FAILED
    assert _letter().tries == mail.MOST_TRIES
    assert _letter().error == "ConnectionRefusedError"


def test_a_letter_arrives_once_the_server_is_back(app: Flask, no_server: None):
    a_registration()
    deliver_due()
    sink = Sink()

    with _served(app, sink), time_machine.travel(_letter().due_at, tick=False):
        deliver_due()

    assert len(sink.messages) == 1
    assert (_letter().state, _letter().error) == (LetterState.SENT, "")


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("450 4.2.0 Greylisted, come again", LetterState.WAITING),
        ("550 5.1.1 No such mailbox", LetterState.FAILED),
    ],
)
def test_only_a_final_no_of_the_server_is_final(app: Flask, answer: str, state: LetterState):
    a_registration()

    with _served(app, Sink(refuses=answer)):
        deliver_due()

    assert _letter().state is state


def test_a_broken_connection_takes_down_one_letter_and_not_the_next(
    app: Flask, monkeypatch: pytest.MonkeyPatch
):
    event = an_event()
    a_registration(event)
    a_registration(event)
    sink, sent = Sink(), smtplib.SMTP.send_message
    calls: list[int] = []

    def break_first(connection: smtplib.SMTP, *args: Any, **kwargs: Any) -> Any:
        calls.append(1)
        if len(calls) == 1:
            connection.close()
            raise smtplib.SMTPServerDisconnected("gone")
        return sent(connection, *args, **kwargs)

    monkeypatch.setattr(smtplib.SMTP, "send_message", break_first)

    with _served(app, sink):
        deliver_due()

    states = sorted(letter.state.value for letter in letters_about(event.slug))
    assert states == ["sent", "waiting"]


def test_a_letter_sent_again_after_a_crash_has_the_same_number(
    app: Flask, monkeypatch: pytest.MonkeyPatch
):
    a_registration()
    sink = Sink()

    def lose_power(*args: Any) -> None:
        raise KeyboardInterrupt

    with _served(app, sink):
        with monkeypatch.context() as patched:
            patched.setattr(mail.log, "warning", lambda *_args, **_kwargs: None)
            patched.setattr(db.session, "commit", _crashing_after_post(sink, db.session.commit))
            with pytest.raises(KeyboardInterrupt):
                deliver_due()
        db.session.rollback()
        assert _letter().state is LetterState.WAITING
        with time_machine.travel(_letter().due_at, tick=False):
            deliver_due()

    assert _letter().state is LetterState.SENT
    numbers = [message_from_bytes(envelope.content)["Message-ID"] for envelope in sink.messages]
    assert len(numbers) == 2
    assert len(set(numbers)) == 1


def _crashing_after_post(sink: Sink, commit: Any) -> Any:
    def commit_unless_posted() -> None:
        if sink.messages:
            raise KeyboardInterrupt  # as if the power went
        commit()

    return commit_unless_posted


def test_no_transaction_is_open_while_a_letter_is_being_sent(
    app: Flask, monkeypatch: pytest.MonkeyPatch
):
    a_registration()
    open_ones: list[bool] = []
    monkeypatch.setattr(
        post, "_write_file", lambda _message: open_ones.append(db.session().in_transaction())
    )

    deliver_due()

    assert open_ones == [False]


def test_a_letter_that_cannot_be_composed_holds_up_no_other(app: Flask):
    event = an_event()
    a_registration(event)
    mail.send_later("no_such_kind", address="a@example.org", name="A", language="en")
    db.session.commit()

    deliver_due()

    states = {letter.kind: letter.state for letter in db.session.scalars(select(Letter))}
    assert states == {"no_such_kind": LetterState.WAITING, "ticket": LetterState.SENT}


def test_the_same_letter_is_written_once(either_app: Flask):
    first, second = (
        mail.send_later("x", address="a@b.example", name="A", language="en", key="1")
        for _ in range(2)
    )
    other = mail.send_later("x", address="a@b.example", name="A", language="en", key="2")
    db.session.commit()

    assert first is not None
    assert second is None
    assert other is not None
    assert len(db.session.scalars(select(Letter)).all()) == 2
