from eventmatch.db import db
from eventmatch.events.actions import change_event
from eventmatch.events.models import EventState
from eventmatch.registration.jobs import give_free_seats
from eventmatch.registration.models import Status
from tests.factories import a_registration, an_event


def test_new_seats_go_to_those_who_have_waited_longest(either_app):
    event = an_event(capacity=1)
    seated, first, second, third = (a_registration(event) for _ in range(4))
    change_event(event, capacity=3)
    db.session.commit()

    give_free_seats()

    assert [guest.status for guest in (seated, first, second, third)] == [
        Status.CONFIRMED,
        Status.CONFIRMED,
        Status.CONFIRMED,
        Status.WAITING,
    ]
    assert event.seats_taken == 3


def test_a_closed_event_gives_no_seats(app):
    event = an_event(capacity=1)
    _seated, waiting = a_registration(event), a_registration(event)
    change_event(event, capacity=2)
    event.state = EventState.CLOSED
    db.session.commit()

    give_free_seats()

    assert waiting.status is Status.WAITING
