"""Somebody stands at the door and has not registered."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventmatch.clock import now
from eventmatch.db import db
from eventmatch.events.models import Event, EventState
from eventmatch.mail import Letter
from eventmatch.registration.actions import cancel
from eventmatch.registration.consents import CONSENT_NAMES
from eventmatch.registration.models import Badge, ConsentRecord, Registration, Status
from tests.checkin.conftest import all_scans
from tests.checkin.desks import device_of, fields_of, lead_browser
from tests.conftest import Browser
from tests.factories import a_registration, an_event

NORA = {"name": "Nora Späth", "email": "nora@example.org"}


def registrations() -> list[Registration]:
    return list(db.session.scalars(db.select(Registration).order_by(Registration.id)))


def put(browser: FlaskClient, walk_in_id: UUID | str | None = None, **body: Any) -> Any:
    address = f"/door/walk-ins/{walk_in_id or uuid4()}"
    return browser.put(address, json=NORA | body, headers={"Accept": "application/json"})


def test_a_walk_in_has_a_seat_a_ticket_and_is_in_at_once(app: Flask):
    event = an_event()
    lead = lead_browser(app, event)
    fields = fields_of(lead.get("/door/walk-in").text) | NORA | {"language": "de"}

    answers = [lead.post("/door/walk-in", data=fields) for _press in range(2)]

    for answer in answers:
        assert answer.status_code == 200
        assert 'data-verdict="admitted"' in answer.text
        assert "Nora Späth" in answer.text
    [nora] = registrations()
    assert (nora.status, nora.source, nora.language) == (Status.CONFIRMED, "walk-in", "de")
    assert [scan.registration_id for scan in all_scans()] == [nora.id]
    [letter] = db.session.scalars(db.select(Letter))
    assert (letter.kind, letter.address) == ("ticket", "nora@example.org")
    assert nora.person_id is None  # an address that was typed proves nothing
    assert "Nora Späth" in lead.get("/door/guests?q=nora").text


def test_a_walk_in_agrees_to_nothing_unless_it_is_ticked(app: Flask):
    lead = lead_browser(app, an_event())
    page = lead.get("/door/walk-in").text
    fields = fields_of(page) | NORA | {"language": "en"}

    lead.post("/door/walk-in", data=fields)
    put(lead, email="zoe@example.org", may_be_suggested=True)

    assert " checked" not in page
    nora, zoe = registrations()
    assert [getattr(nora, name) for name in CONSENT_NAMES] == [False] * 4
    assert [getattr(zoe, name) for name in CONSENT_NAMES] == [True, False, False, False]
    assert [record.way for record in db.session.scalars(db.select(ConsentRecord))] == ["walk-in"]


def test_the_badge_of_a_walk_in_is_printed_in_the_same_step(app: Flask):
    lead = lead_browser(app, an_event())
    fields = fields_of(lead.get("/door/walk-in").text) | NORA | {"language": "en", "print": "1"}

    answers = [lead.post("/door/walk-in", data=fields) for _press in range(2)]

    [nora] = registrations()
    assert {answer.location for answer in answers} == {f"/door/guests/{nora.uid}/badge"}
    assert 'class="badge-paper badge-paper--label-62"' in lead.get(answers[0].location).text
    [badge] = db.session.scalars(db.select(Badge))
    assert badge.printed_at is not None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": " "}, "Please enter a name."),
        ({"email": "nora@"}, "mail address"),
        ({"email": ""}, "Please enter a mail address."),
        ({"language": "xx"}, "Not a valid choice"),
        ({"walk_in_id": "5"}, "Please reload the page"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_stored(app: Flask, changed, said):
    lead = lead_browser(app, an_event())
    fields = fields_of(lead.get("/door/walk-in").text) | NORA | {"language": "en"} | changed

    answer = lead.post("/door/walk-in", data=fields)

    assert answer.status_code == 422
    assert said in answer.text
    assert registrations() == []


def test_a_full_house_lets_nobody_more_in_and_says_so(app: Flask):
    event = an_event(capacity=1)
    a_registration(event)
    lead = lead_browser(app, event)
    fields = fields_of(lead.get("/door/walk-in").text) | NORA | {"language": "en"}

    page = lead.post("/door/walk-in", data=fields)
    sent = put(lead)

    assert (page.status_code, sent.status_code) == (409, 409)
    assert "Every seat is taken" in page.text
    assert 'value="Nora Späth"' in page.text  # nothing has to be typed again
    assert sent.json["error"]["code"] == "event_full"
    assert len(registrations()) == 1
    event.capacity = 2
    db.session.commit()
    assert lead.post("/door/walk-in", data=fields).status_code == 200


def test_a_closed_event_lets_nobody_in(app: Flask):
    event = an_event()
    lead = lead_browser(app, event)
    event.state = EventState.CLOSED
    db.session.commit()

    assert put(lead).status_code == 409
    assert "is closed" in lead.get("/door/walk-in").text
    assert registrations() == []


def test_an_address_that_is_registered_is_that_guest_and_takes_no_second_seat(app: Flask):
    event = an_event()
    known = a_registration(event, name="Nora Spaeth", email="nora@example.org")
    lead = lead_browser(app, event)

    answer = put(lead, name="Somebody Else", may_be_listed=True)

    assert (answer.json["verdict"], answer.json["name"]) == ("admitted", "Nora Spaeth")
    assert [guest.id for guest in registrations()] == [known.id]
    assert event.seats_taken == 1


def test_who_has_cancelled_or_waits_is_not_let_in_by_it(app: Flask):
    event = an_event(capacity=1)
    a_registration(event)
    waiting = a_registration(event, email="waits@example.org")
    gone = a_registration(event, email="nora@example.org")
    cancel(gone)
    db.session.commit()
    lead = lead_browser(app, event)

    assert put(lead).json["verdict"] == "cancelled"
    assert put(lead, email=waiting.email).json["verdict"] == "waiting"


def test_what_a_device_kept_without_network_is_judged_when_it_arrives(app: Flask):
    event = an_event()
    lead, walk_in_id = lead_browser(app, event), uuid4()
    lead.post("/door/lock")  # the queue goes on while the lists are closed
    at = now() - timedelta(minutes=20)

    answers = [put(lead, walk_in_id, scanned_at=at.isoformat()) for _try in range(3)]

    for answer in answers:
        assert answer.status_code == 200
        assert answer.json["scan"] == str(walk_in_id)
        assert (answer.json["verdict"], answer.json["name"]) == ("admitted", "Nora Späth")
    [scan] = all_scans()
    assert (scan.id, scan.scanned_at) == (walk_in_id, at)
    assert scan.device_id == device_of(event).id
    assert len(registrations()) == 1


def test_a_language_that_the_event_does_not_speak_becomes_one_that_it_does(app: Flask):
    lead = lead_browser(app, an_event(languages=["de"]))

    assert put(lead, language="en").status_code == 200
    assert [guest.language for guest in registrations()] == ["de"]


def test_one_id_is_one_person(app: Flask):
    event, other = an_event(), an_event()
    lead, walk_in_id = lead_browser(app, event), uuid4()
    put(lead, walk_in_id)

    another = put(lead, walk_in_id, email="zoe@example.org")
    elsewhere = put(lead_browser(app, other), walk_in_id)

    assert another.json["error"]["code"] == "scan_id_reused"
    assert (elsewhere.status_code, "Nora" in elsewhere.text) == (409, False)
    assert len(registrations()) == 1


@pytest.mark.parametrize(
    "body",
    [{"name": ""}, {"email": "x"}, {"scanned_at": "yesterday"}, {"scanned_at": "2026-06-01T10:00"},
     {"surprise": 1}, {"name": 5}],
)  # fmt: skip
def test_a_body_that_does_not_fit_is_refused(app: Flask, body):
    lead = lead_browser(app, an_event())

    assert put(lead, **body).status_code == 422
    assert lead.put(f"/door/walk-ins/{uuid4()}", data="x").status_code == 422
    assert lead.put("/door/walk-ins/nonsense", json=NORA).status_code == 404
    assert registrations() == []


def test_the_last_seat_is_taken_once_and_the_same_walk_in_counts_once(either_app: Flask):
    event = an_event(capacity=1)
    app = either_app
    app.test_client_class = Browser
    leads = [lead_browser(app, event) for _each in range(4)]
    walk_in_id = uuid4()

    def send(number: int) -> int:
        email = "nora@example.org" if number < 2 else f"guest{number}@example.org"
        answer = put(leads[number], walk_in_id if number < 2 else None, email=email)
        return int(answer.status_code)

    with app.app_context(), ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(_in_a_context(app, send), range(4)))

    assert set(answers) <= {200, 409}
    assert 200 in answers
    assert len(registrations()) == 1
    assert len(all_scans()) == 1
    assert db.session.get_one(Event, event.id).seats_taken == 1


def _in_a_context(app: Flask, do: Callable[[int], int]) -> Callable[[int], int]:
    def run(number: int) -> int:
        with app.app_context():
            return do(number)

    return run
