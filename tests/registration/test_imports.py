"""Importing a list: what it would do, doing it, and forgetting the file."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select

from eventmatch.clock import now
from eventmatch.db import db
from eventmatch.events.models import Event, EventState
from eventmatch.jobs import run_due
from eventmatch.mail import Letter
from eventmatch.registration.importing import read_rows
from eventmatch.registration.imports import import_rows
from eventmatch.registration.jobs import forget_guest_lists
from eventmatch.registration.models import GuestList, Registration, Status
from eventmatch.registration.queries import newest_registrations
from tests.factories import (
    SECRET,
    a_registration,
    an_account,
    an_event,
    organiser_browser,
)
from tests.registration.conftest import browser_of
from tests.registration.workbooks import a_workbook


def upload(browser: FlaskClient, fair: Event, data: bytes, name: str = "guests.csv"):
    return browser.post(
        f"/organise/events/{fair.slug}/import",
        data={"file": (BytesIO(data), name)},
        content_type="multipart/form-data",
    )


def import_all(browser: FlaskClient, fair: Event, data: bytes, **form: str) -> str:
    """Upload, press the button, let the worker work; return the text of the last page."""
    address = upload(browser, fair, data).location
    assert browser.post(address, data={"write_letters": "y", **form}).status_code == 303
    run_due()
    return browser.get(address).text


def held(page: str) -> list[str]:
    """Return what each column is understood to hold."""
    selects = re.findall(r'<select[^>]*name="field".*?</select>', page, re.DOTALL)
    chosen = [re.search(r'value="(\w+)"\s+selected', select) for select in selects]
    return [found[1] if found else "" for found in chosen]


GUESTS = (
    b"name,email,company,offers\n"
    b"Ada,ada@example.org,Engines,Algorithms\n"
    b"Ada again,ADA@example.org,Elsewhere,\n"
    b",nobody@example.org,,\n"
    b"Ben,ben@example.org,,\n"
)


def test_the_dry_run_says_what_would_happen_and_does_nothing(app, fair, olga):
    a_registration(fair, name="Ben of old", email="ben@example.org")

    page = olga.get(upload(olga, fair, GUESTS).location).text

    assert "Import 1 person" in page
    assert "The name is missing." in page
    assert "Read as UTF-8, divided by commas." in page
    assert db.session.scalar(select(func.count(Registration.id))) == 1


@pytest.mark.parametrize(
    ("seats", "waiting", "sentence"),
    [
        (2, "0", None),
        (1, "1", "Only 1 seat is left; the others come on the waiting list."),
        (0, "2", "No seat is left: whoever is new comes on the waiting list."),
    ],
)
def test_the_dry_run_says_how_many_would_wait(app, fair, olga, seats, waiting, sentence):
    fair.capacity = seats
    db.session.commit()

    page = olga.get(upload(olga, fair, GUESTS).location).text

    found = re.search(r"of them on the waiting list</dt>\s*<dd class=\"stat__value\">(\d+)", page)
    assert (found[1] if found else "0") == waiting
    assert sentence is None or sentence in page
    assert ("waiting list" in page) == (sentence is not None)


def test_an_import_registers_who_is_new_without_any_consent(app, fair, olga):
    page = import_all(olga, fair, GUESTS)

    ada, ben = db.session.scalars(select(Registration).order_by(Registration.email))
    assert "The list is imported." in page
    assert (ada.name, ada.company, ada.offers, ada.source) == (
        "Ada",
        "Engines",
        "Algorithms",
        "import",
    )
    assert [ada.may_be_suggested, ada.may_be_listed, ada.may_be_scanned, ada.may_be_found] == [
        False
    ] * 4
    assert ben.language == "de"  # the first language of the event
    letters = db.session.scalars(select(Letter.address).order_by(Letter.address)).all()
    assert letters == ["ada@example.org", "ben@example.org"]


def test_both_databases_import_and_list_the_same(either_app):
    fair = an_event(capacity=150)
    rows = read_rows(
        ("name,email\n" + "".join(f"G{n:03},g{n}@example.org\n" for n in range(220))).encode()
    ).rows
    heard = []

    report = import_rows(fair, rows, secret=SECRET, on_progress=lambda *done: heard.append(done))
    again = import_rows(fair, rows, secret=SECRET)

    assert (report.confirmed, report.waiting, report.known) == (150, 70, 0)
    assert (again.confirmed, again.waiting, again.known) == (0, 0, 220)
    assert heard == [(100, 220), (200, 220), (220, 220)]
    assert newest_registrations(fair).items[0].name == "G219"
    assert [found.name for found in newest_registrations(fair, search="g007").items] == ["G007"]


def test_the_same_file_again_changes_nothing(app, fair, olga):
    import_all(olga, fair, GUESTS)
    ada = db.session.scalars(select(Registration).where(Registration.name == "Ada")).one()
    cancel_url = f"/organise/events/{fair.slug}/registrations/{ada.uid}/cancellation"
    olga.post(cancel_url)
    letters = db.session.scalar(select(func.count(Letter.id)))

    page = olga.get(upload(olga, fair, GUESTS).location).text
    import_all(olga, fair, GUESTS)

    db.session.refresh(ada)
    assert "There is nobody new in this file." in page
    assert ada.status is Status.CANCELLED
    assert db.session.scalar(select(func.count(Registration.id))) == 2
    assert db.session.scalar(select(func.count(Letter.id))) == letters


def test_letters_can_wait(app, fair, olga):
    address = upload(olga, fair, GUESTS).location
    olga.post(address, data={"csrf_token": ""})  # an empty form would be no form
    run_due()

    assert db.session.scalar(select(func.count(Registration.id))) == 2
    assert db.session.scalar(select(func.count(Letter.id))) == 0


def test_two_presses_import_once(app, fair, olga):
    address = upload(olga, fair, GUESTS).location

    for _ in range(2):
        olga.post(address, data={"write_letters": "y"})
    assert "Guests are being imported" in olga.get(address).text
    run_due()
    olga.post(address, data={"write_letters": "y"})
    run_due()

    assert "The list is imported." in olga.get(address, headers={"HX-Request": "true"}).text
    assert db.session.scalar(select(func.count(Registration.id))) == 2


def test_who_finds_no_seat_waits_in_the_order_of_the_file(app, fair, olga):
    fair.capacity = 2
    db.session.commit()
    guests = "".join(f"G{number},g{number}@example.org\n" for number in range(5))

    preview = olga.get(upload(olga, fair, f"name,email\n{guests}".encode()).location).text
    import_all(olga, fair, f"name,email\n{guests}".encode())

    statuses = db.session.scalars(select(Registration.status).order_by(Registration.name)).all()
    assert "Only 2 seats are left" in preview
    assert statuses == [Status.CONFIRMED] * 2 + [Status.WAITING] * 3


def test_a_formula_is_shown_as_text(app, fair, olga):
    data = b'name,email\n"=1+1<script>alert(1)</script>",a@example.org\n'

    page = olga.get(upload(olga, fair, data).location).text

    assert "=1+1&lt;script&gt;" in page


@pytest.mark.parametrize(
    "data",
    [b"", b"PK\x03\x04", a_workbook(("A", []))],
    ids=["empty", "no zip", "empty sheet"],
)
def test_a_file_that_cannot_be_read_comes_back_with_a_reason(app, fair, olga, data):
    answer = upload(olga, fair, data)

    assert answer.status_code == 422
    assert 'class="field__error"' in answer.text


def test_no_file_at_all_is_told(app, fair, olga):
    answer = olga.post(f"/organise/events/{fair.slug}/import", data={})

    assert answer.status_code == 422
    assert "Please choose a file." in answer.text


def test_nobody_is_imported_into_a_closed_event(app, fair, olga):
    fair.state = EventState.CLOSED
    db.session.commit()

    assert upload(olga, fair, GUESTS).status_code == 409


def test_a_list_is_seen_by_the_organisers_of_its_event_only(app, fair, olga):
    address = upload(olga, fair, GUESTS).location
    other = an_account("other@example.org")
    their_event = an_event(other)
    stranger = browser_of(app, "other@example.org")
    list_id = address.rsplit("/", 1)[-1]

    answers = [
        stranger.get(address).status_code,
        stranger.post(address).status_code,
        stranger.get(f"/organise/events/{their_event.slug}/import/{list_id}").status_code,
        stranger.post(f"{address}/removal").status_code,
    ]

    assert answers == [404, 404, 404, 404]


def test_the_file_is_forgotten_once_it_is_imported(app, fair, olga):
    import_all(olga, fair, GUESTS)

    kept = db.session.scalars(select(GuestList)).one()
    assert (kept.content, kept.preview) == (None, {})


def test_a_file_can_be_forgotten_but_not_while_it_is_imported(app, fair, olga):
    first, second = (upload(olga, fair, GUESTS).location for _ in range(2))
    olga.post(second, data={"write_letters": "y"})

    answers = [olga.post(f"{address}/removal").status_code for address in (first, second)]

    assert answers == [303, 409]
    assert olga.get(first).status_code == 404


def test_a_list_that_was_imported_is_not_removed_as_if_nobody_was(app, fair, olga):
    address = upload(olga, fair, GUESTS).location
    olga.post(address, data={"write_letters": "y"})
    run_due()

    answer = olga.post(f"{address}/removal")

    assert answer.status_code == 409
    assert "nobody was imported" not in olga.get(address).text


def test_a_list_is_forgotten_after_a_day_and_not_before(app, fair, olga):
    address = upload(olga, fair, GUESTS).location

    with time_machine.travel(now() + timedelta(hours=23)):
        forget_guest_lists()
    assert olga.get(address).status_code == 200

    with time_machine.travel(now() + timedelta(days=2)):
        forget_guest_lists()

    assert db.session.scalar(select(func.count(GuestList.id))) == 0


def test_a_list_from_another_program_says_so_and_how_it_is_understood(app, fair, olga):
    text = (
        "Order code,Status,Email,Product,Attendee name,Attendee email\n"
        "A1,paid,a@example.org,Exhibitor,Ada,ada@example.org\n"
        "A2,canceled,b@example.org,Visitor,Ben,\n"
    )

    page = olga.get(upload(olga, fair, text.encode()).location).text

    assert "This is a list from pretix." in page
    assert "Cancelled, or not yet paid or confirmed." in page
    assert held(page) == ["", "status", "email", "group", "name", "email"]
    import_all(olga, fair, text.encode())
    ada = db.session.scalars(select(Registration)).one()
    assert (ada.email, ada.group) == ("ada@example.org", "Exhibitor")


def test_a_spreadsheet_is_imported_as_it_is(app, fair, olga):
    rows: list[list[object]] = [["Name", "E-Mail"], ["Änne Groß", "aenne@example.org"]]
    data = a_workbook(("Gäste", rows))
    address = upload(olga, fair, data, "Gäste.xlsx").location

    page = olga.get(address).text
    olga.post(address, data={})
    run_due()

    assert "Read from the sheet “Gäste”." in page
    assert db.session.scalars(select(Registration.name)).one() == "Änne Groß"


UNKNOWN = b"Wer;Wo;Will\nAda Lind;ada@example.org;Leim\nBo;kein;\n"


def test_the_organiser_says_what_unknown_columns_hold(app, fair, olga):
    address = upload(olga, fair, UNKNOWN).location
    before = olga.get(address).text

    chosen = olga.post(f"{address}/columns", data={"field": ["name", "email", "seeks"]})
    after = olga.get(address).text
    olga.post(address, data={})
    run_due()

    assert "Say which column holds the name" in before
    assert ">Ada Lind<" in before.replace("\n", "").replace("  ", ""), "an example of each"
    assert "Import " not in before.split("</h1>")[1].split("<footer")[0]
    assert (chosen.status_code, chosen.location) == (303, address)
    assert held(after) == ["name", "email", "seeks"]
    assert "Import 1 person" in after
    assert "This is not a mail address." in after
    ada = db.session.scalars(select(Registration)).one()
    assert (ada.name, ada.email, ada.seeks) == ("Ada Lind", "ada@example.org", "Leim")


def test_nobody_is_imported_while_it_is_unknown_where_the_names_are(app, fair, olga):
    address = upload(olga, fair, UNKNOWN).location

    refused = olga.post(address, data={})
    run_due()

    assert refused.status_code == 409
    assert "Say first which column holds the name" in refused.text
    assert db.session.scalar(select(func.count(Registration.id))) == 0
    olga.post(f"{address}/columns", data={"field": ["name", "email", ""]})
    assert "Import 1 person" in olga.get(address).text, "nothing was lost"


def test_columns_are_chosen_by_the_organisers_of_the_event_and_for_this_file_only(app, fair, olga):
    address = upload(olga, fair, UNKNOWN).location
    other = organiser_browser(app, an_account())

    assert other.post(f"{address}/columns", data={"field": ["name"] * 3}).status_code == 404
    for wrong in (["name", "email"], ["name", "email", "password"], []):
        assert olga.post(f"{address}/columns", data={"field": wrong}).status_code == 422
    assert held(olga.get(address).text) == ["", "", ""]


def test_columns_of_a_list_that_was_imported_stay(app, fair, olga):
    address = upload(olga, fair, GUESTS).location
    olga.post(address, data={})
    fields = {"field": ["name", "email", "", ""]}

    while_it_waits = olga.post(f"{address}/columns", data=fields)
    run_due()
    afterwards = olga.post(f"{address}/columns", data=fields)

    assert (while_it_waits.status_code, afterwards.status_code) == (409, 409)


def test_a_repeated_address_is_shown_with_the_line_it_repeats(app, fair, olga):
    csv = b"name,email\nAda,ada@example.org\nBen,ben@example.org\nAda L,ADA@example.org\n"
    where = olga.post(
        f"/organise/events/{fair.slug}/import", data={"file": (BytesIO(csv), "guests.csv")}
    ).location

    page = olga.get(where).text

    assert "same address as line 2" in page
    assert "a second time in the list" in page
    assert "known, unchanged" not in page[page.index("What the file says") :]
