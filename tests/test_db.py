"""What the database layer promises on both databases."""

from datetime import UTC, datetime, timedelta, timezone
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from eventmatch.clock import now
from eventmatch.db import db, hold, only_reading, set_reading
from eventmatch.events.models import Event
from eventmatch.mail import Letter
from tests.factories import a_registration, an_event


def test_a_moment_comes_back_in_utc(either_app: Flask):
    summer = datetime(2026, 7, 1, 12, 30, tzinfo=timezone(timedelta(hours=2)))
    event = an_event(starts_at=summer, ends_at=summer + timedelta(hours=1))
    db.session.expunge_all()

    stored = db.session.scalars(select(Event).where(Event.id == event.id)).one()

    assert stored.starts_at == datetime(2026, 7, 1, 10, 30, tzinfo=UTC)
    assert stored.starts_at.tzinfo is UTC


def test_a_moment_without_zone_is_refused(app: Flask):
    event = an_event()
    event.closed_at = datetime(2026, 7, 1, 12, 30)  # noqa: DTZ001

    with pytest.raises(Exception, match="time zone"):
        db.session.flush()


def test_what_is_held_is_read_afresh(either_app: Flask):
    event = an_event(title="Before")
    with either_app.app_context():
        other = db.session.get_one(Event, event.id)
        other.title = "After"
        db.session.commit()

    hold(event)

    assert event.title == "After"


def test_a_page_that_is_read_cannot_write(either_app: Flask):
    event = an_event()

    event.title = "Changed by a look"

    with pytest.raises(DBAPIError), only_reading():
        db.session.commit()

    db.session.rollback()


def test_the_database_counts_no_seat_beyond_the_capacity(either_app: Flask):
    event = an_event(capacity=1)
    event.seats_taken = 2

    with pytest.raises(IntegrityError):
        db.session.commit()


def test_the_counter_of_seats_equals_the_rows(either_app: Flask):
    event = an_event(capacity=3)
    for _ in range(5):
        a_registration(event)

    count = db.session.scalar(text("SELECT count(*) FROM registration WHERE status = 'confirmed'"))

    assert event.seats_taken == count == 3


def test_nothing_written_stays_when_the_transaction_is_given_up(either_app: Flask):
    event = an_event()
    db.session.add(
        Letter(
            kind="x", key="1", address="a@example.org", name="A", language="en", arguments={},
            due_at=now(),
        )
    )  # fmt: skip
    event.title = "Given up"
    db.session.flush()

    db.session.rollback()

    assert db.session.scalar(select(Letter)) is None
    assert db.session.scalar(select(Event.title)) != "Given up"


def test_writers_take_turns_and_whoever_waits_too_long_hears_so(app: Flask, monkeypatch):
    monkeypatch.setattr("eventmatch.db.BUSY_TIMEOUT_SECONDS", 0.2)
    event = an_event()
    event.title = "Held"
    db.session.flush()  # from here on we hold the lock
    heard: list[str] = []

    def write() -> None:
        with app.app_context():
            set_reading(reading=False)
            try:
                db.session.execute(text("UPDATE event SET title = 'Late'"))
                db.session.commit()
                heard.append("written")
            except OperationalError as problem:
                heard.append(str(problem.orig))

    threads = [Thread(target=write) for _each in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.commit()
    after = Thread(target=write)
    after.start()
    after.join()

    assert heard == ["database is locked"] * 3 + ["written"]
