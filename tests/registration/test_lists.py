"""The organiser's pages: the list of registrations, one of them, importing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import unescape
from io import BytesIO
from re import search

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, func, select

from eventmatch.accounts.models import Account
from eventmatch.clock import now
from eventmatch.db import db
from eventmatch.events.models import Event, EventState
from eventmatch.jobs import run_due
from eventmatch.mail import Letter
from eventmatch.registration.actions import cancel
from eventmatch.registration.importing import read_rows
from eventmatch.registration.imports import import_rows
from eventmatch.registration.jobs import forget_guest_lists
from eventmatch.registration.models import GuestList, Registration, Status
from eventmatch.registration.queries import current_badges, find_badge, newest_registrations
from tests.factories import (
    SECRET,
    a_registration,
    an_account,
    an_event,
    badge_of,
    organiser_browser,
)


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.fixture
def fair(app: Flask) -> Event:
    return an_event(an_account("olga@example.org"), title="Fair", capacity=1000)


@pytest.fixture
def olga(app: Flask, fair: Event) -> FlaskClient:
    return browser_of(app, "olga@example.org")


def browser_of(app: Flask, email: str, language: str = "en") -> FlaskClient:
    account = db.session.scalars(select(Account).where(Account.email == email)).one()
    return organiser_browser(app, account, language)


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


PAGES = ("registrations", "import", "registrations/{uid}")


@pytest.mark.parametrize("page", PAGES)
def test_who_is_not_signed_in_is_asked_to_sign_in(app, client, fair, page):
    guest = a_registration(fair)

    answer = client.get(f"/organise/events/{fair.slug}/{page.format(uid=guest.uid)}")

    assert answer.status_code == 302
    assert "/account/sign-in" in answer.location


@pytest.mark.parametrize("page", PAGES)
def test_other_organisers_find_nothing(app, fair, page):
    guest = a_registration(fair)
    an_account("other@example.org")

    answer = browser_of(app, "other@example.org").get(
        f"/organise/events/{fair.slug}/{page.format(uid=guest.uid)}"
    )

    assert answer.status_code == 404


def test_a_guest_of_another_event_is_not_found(app, fair, olga):
    elsewhere = a_registration(an_event())

    answers = [
        olga.get(f"/organise/events/{fair.slug}/registrations/{uid}").status_code
        for uid in (elsewhere.uid, "nonsense")
    ]

    assert answers == [404, 404]


def test_an_event_without_guests_says_how_to_get_some(app, fair, olga):
    page = olga.get(f"/organise/events/{fair.slug}/registrations").text

    assert f"http://localhost/e/{fair.slug}" in page
    assert f"/organise/events/{fair.slug}/import" in page


def test_search_finds_names_companies_and_addresses_in_any_spelling(app, fair, olga):
    a_registration(fair, name="Jürgen Groß", company="Holz & Co")
    a_registration(fair, name="Ann Other", email="ann@timber.example.org")
    list_url = f"/organise/events/{fair.slug}/registrations"

    found = {
        search: ["Ann Other" in page, "Jürgen Groß" in page]
        for search in ("juergen gross", "holz", "timber", "xyz", "%")
        if (page := olga.get(list_url, query_string={"q": search}).text)
    }

    assert found == {
        "juergen gross": [False, True],
        "holz": [False, True],
        "timber": [True, False],
        "xyz": [False, False],
        "%": [False, False],
    }


def test_the_list_shows_one_status_at_a_time(app, olga, fair):
    fair.capacity = 2
    a_registration(fair, name="Seated")
    gone = a_registration(fair, name="Gone")
    a_registration(fair, name="Moved up")
    a_registration(fair, name="Patient")
    cancel(gone)
    db.session.commit()
    list_url = f"/organise/events/{fair.slug}/registrations"

    pages = {status.value: olga.get(f"{list_url}?status={status.value}").text for status in Status}

    names = ("Seated", "Moved up", "Patient", "Gone")
    assert {status: [n for n in names if n in page] for status, page in pages.items()} == {
        "confirmed": ["Seated", "Moved up"],
        "waiting": ["Patient"],
        "cancelled": ["Gone"],
    }
    assert "Confirmed (2)" in pages["waiting"]


def test_pages_lead_forth_and_back(app, fair, olga):
    for number in range(120):
        a_registration(fair, name=f"Visitor {number:03}", verified=False)
    address = f"/organise/events/{fair.slug}/registrations?q=visitor"

    forth = []
    while address:
        forth.append(olga.get(address).text)
        address = link_of(forth[-1], "next")
    back = olga.get(link_of(forth[-1], "prev")).text

    assert ["Visitor 119" in forth[0], "Visitor 070" in forth[0]] == [True, True]
    assert ["Visitor 069" in forth[1], "Visitor 020" in forth[1]] == [True, True]
    assert ["Visitor 019" in forth[2], "Visitor 000" in forth[2]] == [True, True]
    assert len(forth) == 3
    assert all(f"Visitor {number:03}" in back for number in range(20, 70))
    assert "Visitor 070" not in back


def link_of(page: str, rel: str) -> str:
    found = search(rf'href="([^"]+)"\s+rel="{rel}"', page)
    return unescape(found[1]) if found else ""


def test_a_cursor_that_is_not_ours_is_refused(app, fair, olga):
    answer = olga.get(f"/organise/events/{fair.slug}/registrations?before=Robert")

    assert answer.status_code == 422


def test_htmx_gets_the_list_alone(app, fair, olga):
    a_registration(fair, name="Somebody")

    part = olga.get(
        f"/organise/events/{fair.slug}/registrations?q=some", headers={"HX-Request": "true"}
    ).text

    assert part.lstrip().startswith('<div class="stack" id="registrations">')
    assert "Somebody" in part
    assert "<html" not in part


def test_more_guests_do_not_mean_more_queries(app, fair, olga):
    list_url = f"/organise/events/{fair.slug}/registrations"
    a_registration(fair)
    with counted_statements() as few:
        olga.get(list_url)
    for _ in range(40):
        a_registration(fair, verified=False)
    db.session.remove()

    with counted_statements() as many:
        olga.get(list_url)

    assert len(few) > 2
    assert len(many) == len(few)


def test_one_registration_shows_what_the_organiser_needs(app, fair, olga):
    guest = a_registration(fair, name="Ada Lovelace", company="Engines", offers="Algorithms")

    page = olga.get(f"/organise/events/{fair.slug}/registrations/{guest.uid}").text

    for text in ("Ada Lovelace", "Engines", "Algorithms", guest.email, "Waiting to be sent"):
        assert text in page


def test_the_organiser_cancels_for_a_guest_and_the_next_moves_up(app, fair, olga):
    fair.capacity = 1
    first, second = a_registration(fair), a_registration(fair)
    address = f"/organise/events/{fair.slug}/registrations/{first.uid}/cancellation"

    answers = [olga.post(address).status_code for _ in range(2)]

    db.session.refresh(first)
    db.session.refresh(second)
    assert answers == [303, 303]
    assert [first.status, second.status] == [Status.CANCELLED, Status.CONFIRMED]


def test_the_ticket_is_sent_again_but_not_to_who_cancelled(app, fair, olga):
    guest, gone = a_registration(fair), a_registration(fair)
    cancel(gone)
    db.session.commit()
    tickets = select(func.count(Letter.id)).where(Letter.kind == "ticket")
    before = db.session.execute(tickets).scalar_one()

    answers = [
        olga.post(f"/organise/events/{fair.slug}/registrations/{uid}/tickets").status_code
        for uid in (guest.uid, gone.uid)
    ]

    assert answers == [303, 409]
    assert db.session.scalar(tickets) == before + 1


def test_a_replaced_badge_withdraws_the_old_code(app, fair, olga):
    guest = a_registration(fair)

    olga.post(f"/organise/events/{fair.slug}/registrations/{guest.uid}/badges")

    old, new = (find_badge(badge_of(guest, version), secret=SECRET) for version in (1, 2))
    assert old is not None
    assert old.withdrawn_at is not None
    assert new is not None
    assert new.withdrawn_at is None
    assert current_badges([guest]) == {guest.id: new}


def test_a_name_is_corrected_and_the_profile_stays(app, fair, olga):
    guest = a_registration(fair, name="Jürgn", company="Hlz", offers="Timber", tags=["wood"])
    address = f"/organise/events/{fair.slug}/registrations/{guest.uid}/name"

    answer = olga.post(address, data={"name": "Jürgen", "first_name": "Jürgi", "company": "Holz"})
    wrong = olga.post(address, data={"name": "  ", "company": "Nobody"})

    db.session.refresh(guest)
    assert (answer.status_code, wrong.status_code) == (303, 422)
    assert (guest.name, guest.first_name, guest.company) == ("Jürgen", "Jürgi", "Holz")
    assert (guest.offers, guest.tags) == ("Timber", ["wood"])
    assert "Jürgen" in olga.get(f"/organise/events/{fair.slug}/registrations?q=jurgen+holz").text


def test_a_look_changes_nothing(app, fair, olga):
    guest = a_registration(fair)
    here = f"/organise/events/{fair.slug}/registrations/{guest.uid}"

    answers = [
        olga.get(f"{here}/{thing}").status_code
        for thing in ("name", "cancellation", "tickets", "badges")
    ]

    assert set(answers) <= {404, 405}


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
    [b"", b"company,email\nA,a@example.org\n", b"PK\x03\x04"],
    ids=["empty", "no name", "xlsx"],
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


def test_a_list_is_forgotten_after_a_day_and_not_before(app, fair, olga):
    address = upload(olga, fair, GUESTS).location

    with time_machine.travel(now() + timedelta(hours=23)):
        forget_guest_lists()
    assert olga.get(address).status_code == 200

    with time_machine.travel(now() + timedelta(days=2)):
        forget_guest_lists()

    assert db.session.scalar(select(func.count(GuestList.id))) == 0


def test_german_organisers_read_german(app, fair):
    page = browser_of(app, "olga@example.org", "de").get(
        f"/organise/events/{fair.slug}/registrations"
    )

    assert '<html lang="de"' in page.text
