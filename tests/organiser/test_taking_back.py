"""An import is taken back: whoever has not come in by themselves is gone as if never there."""

from io import BytesIO
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from eventmatch.checkin.actions import record_scan
from eventmatch.db import db
from eventmatch.events.models import Event, EventState
from eventmatch.jobs import run_due
from eventmatch.mail import Letter, LetterState, deliver_due
from eventmatch.organiser import jobs
from eventmatch.registration.importing import read_rows
from eventmatch.registration.imports import import_rows, start_undo
from eventmatch.registration.jobs import give_free_seats
from eventmatch.registration.models import Badge, GuestList, Registration, Status
from tests.conftest import a_browser
from tests.factories import (
    SECRET,
    a_registration,
    an_account,
    an_event,
    badge_of,
    organiser_browser,
    ticket_of,
)

GUESTS = b"name,email\nAda,ada@example.org\nBen,ben@example.org\nCem,cem@example.org\n"


def imported(organiser: FlaskClient, fair: Event, **form: str) -> str:
    """Import the guests, and return the address of their list."""
    address: str = organiser.post(
        f"/organise/events/{fair.slug}/import",
        data={"file": (BytesIO(GUESTS), "guests.csv")},
        content_type="multipart/form-data",
    ).location
    organiser.post(address, data=form)
    run_due()
    return address


def guests() -> dict[str, Registration]:
    return {one.name: one for one in db.session.scalars(select(Registration))}


def seats_taken(event: Event) -> int:
    return db.session.scalar(select(Event.seats_taken).where(Event.id == event.id)) or 0


def test_an_import_is_taken_back_and_the_list_may_come_again(organiser: FlaskClient, fair: Event):
    a_registration(fair, name="Dora")
    address = imported(organiser, fair)

    asked = organiser.post(f"{address}/undo")
    under_way = organiser.get(address).text
    run_due()
    page = organiser.get(address).text

    assert (asked.status_code, asked.location) == (303, address)
    assert "The import is being taken back" in under_way
    assert "3 guests were removed." in page
    assert "Take the import back" not in page
    assert "got a seat" not in page
    assert list(guests()) == ["Dora"]
    assert seats_taken(fair) == 1
    assert db.session.scalar(select(func.count(Badge.id))) == 1
    imported(organiser, fair)
    assert sorted(guests()) == ["Ada", "Ben", "Cem", "Dora"]


def test_who_has_come_in_by_themselves_stays(app: Flask, organiser: FlaskClient, fair: Event):
    address = imported(organiser, fair)
    ada, ben = guests()["Ada"], guests()["Ben"]
    db.session.refresh(ada, ["event"])
    a_browser(app).post(f"/T/{ticket_of(ada)}")
    record_scan(fair, scan_id=uuid4(), code=badge_of(ben), secret=SECRET)
    db.session.commit()

    organiser.post(f"{address}/undo")
    run_due()
    page = organiser.get(address).text

    assert sorted(guests()) == ["Ada", "Ben"]
    assert "1 guest was removed." in page
    assert "2 stay, who have opened their tickets or were scanned at the door." in page
    assert seats_taken(fair) == 2


def test_a_second_press_and_a_second_run_change_nothing(organiser: FlaskClient, fair: Event):
    address = imported(organiser, fair)

    for _press in range(2):
        organiser.post(f"{address}/undo")
    assert run_due() == 1
    organiser.post(f"{address}/undo")
    assert run_due() == 0

    assert seats_taken(fair) == 0


def test_letters_that_are_not_sent_yet_are_dropped(organiser: FlaskClient, fair: Event):
    address = imported(organiser, fair, write_letters="y")

    organiser.post(f"{address}/undo")
    run_due()
    deliver_due()

    letters = db.session.scalars(select(Letter)).all()
    assert [letter.state for letter in letters] == [LetterState.DROPPED] * 3


def test_seats_go_to_those_who_wait_and_not_to_the_list(
    either_app: Flask, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(jobs, "CHUNK", 1)
    monkeypatch.setattr(jobs, "report_progress", lambda *_done: give_free_seats())
    event = an_event(capacity=2)
    kept = GuestList(event_id=event.id, filename="guests.csv", content=GUESTS)
    db.session.add(kept)
    db.session.flush()
    import_rows(event, read_rows(GUESTS).rows, secret=SECRET, guest_list=kept)
    kept.imported_at = event.created_at
    a_registration(event, name="Dora")
    assert guests()["Cem"].status is guests()["Dora"].status is Status.WAITING

    start_undo(event, kept)
    db.session.commit()
    run_due()

    db.session.expire_all()
    assert {name: one.status for name, one in guests().items()} == {"Dora": Status.CONFIRMED}
    letters = db.session.scalars(select(Letter).where(Letter.address == "cem@example.org")).all()
    assert len(letters) == 1, "nobody on the list is given a seat meanwhile"
    assert seats_taken(event) == 1
    assert kept.report == {"taken_back": 3, "stayed": 0}


def test_what_cannot_be_taken_back_is_said(app: Flask, organiser: FlaskClient, fair: Event):
    address = imported(organiser, fair)
    unread: str = organiser.post(
        f"/organise/events/{fair.slug}/import",
        data={"file": (BytesIO(GUESTS), "guests.csv")},
        content_type="multipart/form-data",
    ).location
    stranger = organiser_browser(app, an_account())

    assert stranger.post(f"{address}/undo").status_code == 404
    assert organiser.post(f"{unread}/undo").status_code == 409
    fair.state = EventState.CLOSED
    db.session.commit()
    assert organiser.post(f"{address}/undo").status_code == 409
    assert "Take the import back" not in organiser.get(address).text
    assert len(guests()) == 3
