"""Opening one's network: a link by letter, good once, in the browser that asked for it."""

import re
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from eventmatch import clock
from eventmatch.db import db
from eventmatch.mail import Letter, LetterState, deliver_due, file_of
from eventmatch.people.actions import MOST_LINKS, MOST_TRIES
from eventmatch.people.models import Person, SignInLink
from tests.conftest import a_browser
from tests.factories import a_registration, guest_browser


def _ask(browser: FlaskClient, email: str) -> str:
    """Ask for a link, and return the page that follows."""
    answer = browser.post("/sign-in", data={"email": email}, follow_redirects=True)
    assert answer.status_code == 200
    return answer.text


def _letter() -> EmailMessage:
    deliver_due()
    written = db.session.scalars(
        select(Letter)
        .where(Letter.kind == "sign_in", Letter.state == LetterState.SENT)
        .order_by(Letter.created_at.desc())
        .limit(1)
    ).one()
    message = message_from_bytes(file_of(written).read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def _path_in_letter() -> str:
    body = _letter().get_body(("plain",))
    assert body is not None
    found = re.search(r"http://localhost(/sign-in/\S+)", body.get_content())
    assert found is not None
    return found[1]


def _digits_on(page: str) -> str:
    found = re.search(r"<span>(\d{3})</span> <span>(\d{3})</span>", page)
    assert found is not None
    return found[1] + found[2]


def _is_signed_in(browser: FlaskClient) -> bool:
    with browser.session_transaction() as session:
        return "person" in session


def _wrong(digits: str) -> str:
    return f"{(int(digits) + 1) % 1_000_000:06d}"


def test_the_link_opens_the_network_in_the_browser_that_asked(app: Flask, client: FlaskClient):
    guest = a_registration(email="ada@example.org")
    _ask(client, " Ada@Example.org ")
    path = _path_in_letter()

    page = client.get(path)
    answer = client.post(path)

    assert 'name="digits"' not in page.text
    assert answer.status_code == 303
    assert answer.location.endswith("/network")
    with client.session_transaction() as session:
        assert session["person"] == [guest.person_id, 1]


def test_known_and_unknown_addresses_get_the_same_page(app: Flask):
    a_registration(email="ada@example.org")
    known, unknown = a_browser(app), a_browser(app)

    pages = [_ask(known, "ada@example.org"), _ask(unknown, "nobody@example.org")]

    assert re.sub(r"\d", "0", pages[0]) == re.sub(r"\d", "0", pages[1])
    assert db.session.scalar(select(func.count(SignInLink.id))) == 1
    deliver_due()
    letters = db.session.execute(select(Letter.address, Letter.state)).all()
    assert ("nobody@example.org", LetterState.SENT) not in letters
    assert "nobody@example.org" not in {address for address, _state in letters}


def test_an_unknown_address_writes_as_many_rows_as_a_known_one(app: Flask, client: FlaskClient):
    a_registration(email="ada@example.org")

    written = []
    for email in ("ada@example.org", "nobody@example.org"):
        before = db.session.scalar(select(func.count(Letter.id))) or 0
        client.post("/sign-in", data={"email": email})
        written.append((db.session.scalar(select(func.count(Letter.id))) or 0) - before)

    assert written == [1, 1]


def test_an_address_that_was_never_proven_opens_nothing(app: Flask, client: FlaskClient):
    a_registration(email="typed@example.org", verified=False)

    _ask(client, "typed@example.org")

    assert db.session.scalar(select(func.count(SignInLink.id))) == 0


def test_a_mail_scanner_that_follows_the_link_does_not_use_it_up(app: Flask, client: FlaskClient):
    a_registration(email="ada@example.org", name="Ada Lovelace")
    _ask(client, "ada@example.org")
    path = _path_in_letter()
    scanner = a_browser(app)
    before = [list(db.session.execute(table.select())) for table in db.metadata.sorted_tables]

    page = scanner.get(path)
    head = scanner.head(path)
    posted = scanner.post(path)

    assert (page.status_code, head.status_code) == (200, 200)
    assert "Lovelace" not in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert posted.status_code == 422
    assert not _is_signed_in(scanner)
    db.session.rollback()
    tries = db.session.scalars(select(SignInLink.tries)).one()
    assert tries == 0  # a post without digits is no try
    after = [list(db.session.execute(table.select())) for table in db.metadata.sorted_tables]
    assert after == before
    assert client.post(path).status_code == 303


def test_a_link_is_good_once(app: Flask, client: FlaskClient):
    a_registration(email="ada@example.org")
    _ask(client, "ada@example.org")
    path = _path_in_letter()
    client.post(path)
    client.post("/sign-out")

    again = client.post(path)

    assert again.status_code == 404
    assert client.get(path).status_code == 404
    assert "no longer opens" in again.text
    assert not _is_signed_in(client)


def test_a_second_press_lands_where_the_first_did(app: Flask, client: FlaskClient):
    a_registration(email="ada@example.org")
    _ask(client, "ada@example.org")
    path = _path_in_letter()
    impatient, patient = a_browser(app), client
    asked = client.get_cookie("sign_in", path="/sign-in")
    assert asked is not None
    impatient.set_cookie("sign_in", asked.value, path="/sign-in")

    answers = [patient.post(path), patient.post(path), impatient.post(path)]

    assert [answer.status_code for answer in answers] == [303] * 3
    assert {answer.location for answer in answers} == {"/network"}


def test_a_second_press_counts_for_a_minute_and_in_the_asking_browser_only(
    app: Flask, client: FlaskClient
):
    a_registration(email="ada@example.org")
    _ask(client, "ada@example.org")
    path = _path_in_letter()
    late, elsewhere = a_browser(app), a_browser(app)
    asked = client.get_cookie("sign_in", path="/sign-in")
    assert asked is not None
    late.set_cookie("sign_in", asked.value, path="/sign-in")
    client.post(path)

    assert elsewhere.post(path).status_code == 404
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        assert late.post(path).status_code == 404


def test_another_browser_needs_the_digits_of_the_asking_one(app: Flask, client: FlaskClient):
    a_registration(email="ada@example.org")
    digits = _digits_on(_ask(client, "ada@example.org"))
    path = _path_in_letter()
    other = a_browser(app)

    page = other.get(path)
    refused = other.post(path, data={"digits": _wrong(digits)})
    let_in = other.post(path, data={"digits": f"{digits[:3]} {digits[3:]}"})

    assert 'name="digits"' in page.text
    assert refused.status_code == 422
    assert "These are not the digits" in refused.text
    assert let_in.status_code == 303
    assert _is_signed_in(other)


def test_after_five_wrong_tries_even_the_right_digits_are_refused(app: Flask, client: FlaskClient):
    a_registration(email="ada@example.org")
    digits = _digits_on(_ask(client, "ada@example.org"))
    path = _path_in_letter()
    other = a_browser(app)

    statuses = [
        other.post(path, data={"digits": _wrong(digits)}).status_code for _ in range(MOST_TRIES)
    ]

    assert statuses == [422] * (MOST_TRIES - 1) + [404]
    assert other.post(path, data={"digits": digits}).status_code == 404
    assert not _is_signed_in(other)


def test_a_link_is_good_for_ten_minutes(app: Flask, client: FlaskClient):
    a_registration(email="ada@example.org")
    began = clock.now()
    with time_machine.travel(began, tick=False):
        _ask(client, "ada@example.org")
        path = _path_in_letter()

    with time_machine.travel(began + timedelta(minutes=9, seconds=59), tick=False):
        assert client.get(path).status_code == 200
    with time_machine.travel(began + timedelta(minutes=10), tick=False):
        assert client.get(path).status_code == 404
        assert client.post(path).status_code == 404
    assert not _is_signed_in(client)


def test_a_letter_that_comes_too_late_is_not_sent(app: Flask, client: FlaskClient):
    a_registration(email="ada@example.org")
    _ask(client, "ada@example.org")

    with time_machine.travel(clock.now() + timedelta(minutes=11), tick=False):
        deliver_due()

    (written,) = db.session.scalars(select(Letter).where(Letter.kind == "sign_in"))
    assert written.state is LetterState.DROPPED


def test_nobody_floods_a_mailbox_with_links(app: Flask, client: FlaskClient):
    a_registration(email="ada@example.org")

    pages = {re.sub(r"\d", "0", _ask(client, "ada@example.org")) for _ in range(MOST_LINKS + 3)}

    assert len(pages) == 1
    assert db.session.scalar(select(func.count(SignInLink.id))) == MOST_LINKS


def test_the_database_alone_opens_no_network(app: Flask, client: FlaskClient):
    a_registration(email="ada@example.org")
    digits = _digits_on(_ask(client, "ada@example.org"))
    code = _path_in_letter().rsplit("/", 1)[1]

    stored = str([db.session.execute(table.select()).all() for table in db.metadata.sorted_tables])

    assert len(code) == 52
    assert code not in stored
    assert digits not in re.sub(r"datetime\([^)]*\)", "", stored)


def test_signing_in_keeps_the_tickets_of_this_device(app: Flask):
    guest = a_registration(email="ada@example.org")
    browser = guest_browser(app, guest)
    _ask(browser, "ada@example.org")

    browser.post(_path_in_letter())

    with browser.session_transaction() as session:
        assert guest.event.slug in session["tickets"]
        assert "person" in session


def test_signing_out_empties_the_browser(app: Flask, client: FlaskClient):
    a_registration(email="ada@example.org")
    _ask(client, "ada@example.org")
    client.post(_path_in_letter())

    answer = client.post("/sign-out")

    assert answer.status_code == 303
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert not _is_signed_in(client)


def test_after_signing_out_a_kept_cookie_opens_no_network(app: Flask, client: FlaskClient):
    a_registration(email="ada@example.org")
    _ask(client, "ada@example.org")
    client.post(_path_in_letter())
    cookie = client.get_cookie("session")
    assert cookie is not None
    thief = a_browser(app)
    thief.set_cookie("session", cookie.value)
    assert thief.get("/network").status_code == 200

    page = client.post("/sign-out", follow_redirects=True).text

    assert "Your network is closed on all your devices." in page
    assert thief.get("/network").status_code == 302


def test_a_new_session_version_signs_out_everywhere(app: Flask, client: FlaskClient):
    a_registration(email="ada@example.org")
    _ask(client, "ada@example.org")
    client.post(_path_in_letter())
    assert client.get("/network").status_code == 200

    db.session.scalars(select(Person)).one().session_version = 2

    answer = client.get("/network")
    assert answer.status_code in {302, 303}
    assert "/sign-in" in answer.location
    assert "/account/" not in answer.location


def test_the_cookie_of_the_asking_browser_is_for_this_purpose_only(app: Flask, client: FlaskClient):
    answer = client.post("/sign-in", data={"email": "ada@example.org"})

    (cookie,) = (c for c in answer.headers.getlist("Set-Cookie") if c.startswith("sign_in="))
    assert "HttpOnly" in cookie
    assert "Path=/sign-in" in cookie
    assert "SameSite=Lax" in cookie
    assert "Max-Age=600" in cookie


@pytest.mark.parametrize("email", ["", "ada", "ada@", "a" * 300 + "@example.org"])
def test_what_is_no_address_is_refused(app: Flask, client: FlaskClient, email: str):
    answer = client.post("/sign-in", data={"email": email})

    assert answer.status_code == 422


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_pages_read_in_german_and_english(app: Flask, language: str):
    browser = a_browser(app, language)

    assert f'<html lang="{language}"' in browser.get("/sign-in").text
    assert f'<html lang="{language}"' in _ask(browser, "nobody@example.org")


def test_the_page_with_digits_is_for_who_asked(app: Flask, client: FlaskClient):
    answer = client.get("/sign-in/sent")

    assert answer.status_code == 303
    assert answer.location.endswith("/sign-in")
