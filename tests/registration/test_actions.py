"""Seats, waiting list, tickets."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask
from sqlalchemy import func, select

from eventmatch.db import db
from eventmatch.events.models import Event
from eventmatch.mail import Letter
from eventmatch.registration.actions import cancel, register
from eventmatch.registration.models import Registration, Status
from eventmatch.registration.profile import Profile
from eventmatch.registration.queries import count_registrations
from tests.factories import SECRET, a_registration, an_event


def test_fifty_guests_reach_for_five_seats_and_five_get_one(either_app: Flask):
    slug = an_event(capacity=5).slug
    barrier = Barrier(50)

    def sign_up(number: int) -> Status:
        barrier.wait()
        with either_app.app_context():
            event = db.session.scalars(select(Event).where(Event.slug == slug)).one()
            registration = register(
                event,
                email=f"runner{number}@example.org",
                profile=Profile(name=f"Runner {number}"),
                language="en",
                secret=SECRET,
            )
            db.session.commit()
            return registration.status

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(sign_up, range(50)))

    assert answers.count(Status.CONFIRMED) == 5
    assert answers.count(Status.WAITING) == 45
    event = db.session.scalars(select(Event)).one()
    assert event.seats_taken == 5
    assert count_registrations(event).waiting == 45


def test_ten_clicks_with_one_address_make_one_registration(either_app: Flask):
    slug = an_event().slug
    barrier = Barrier(10)

    def click(_number: int) -> int:
        barrier.wait()
        with either_app.app_context():
            event = db.session.scalars(select(Event).where(Event.slug == slug)).one()
            registration = register(
                event,
                email="twice@example.org",
                profile=Profile(name="Twice"),
                language="en",
                secret=SECRET,
            )
            db.session.commit()
            return registration.id

    with ThreadPoolExecutor(10) as pool:
        ids = set(pool.map(click, range(10)))

    assert len(ids) == 1
    assert db.session.scalar(select(func.count(Registration.id))) == 1
    assert db.session.scalars(select(Event)).one().seats_taken == 1


def test_a_seat_that_is_given_up_goes_to_who_waits_the_longest(app: Flask):
    event = an_event(capacity=1)
    first, second, third = (a_registration(event) for _ in range(3))

    cancel(first)
    cancel(first)
    db.session.commit()

    assert [first.status, second.status, third.status] == [
        Status.CANCELLED,
        Status.CONFIRMED,
        Status.WAITING,
    ]
    assert event.seats_taken == 1


def test_the_letter_is_written_in_the_same_transaction(app: Flask):
    event = an_event()
    register(event, email="a@example.org", profile=Profile(name="A"), language="de", secret=SECRET)

    db.session.rollback()

    assert db.session.scalar(select(func.count(Letter.id))) == 0
    assert db.session.scalar(select(func.count(Registration.id))) == 0
