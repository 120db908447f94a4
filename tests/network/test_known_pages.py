"""Bringing one's own address book: looked at first, taken in once, and forgotten again."""

import re
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from eventmatch import clock
from eventmatch.db import db
from eventmatch.people import imports
from eventmatch.people.jobs import forget_old_lists
from eventmatch.people.models import Acquaintance, AcquaintanceList, Person
from tests.conftest import a_browser
from tests.factories import a_registration, person_browser
from tests.network.test_network_page import owner_of

KNOWN = "/network/known"
FILE = "name,email\nAda,ada@example.org\nBob,bob@example.org\nNobody,\n"


def somebody(app: Flask, language: str = "en") -> tuple[Person, FlaskClient]:
    person = owner_of(a_registration())
    return person, person_browser(app, person, language)


def send(browser: FlaskClient, text: str | bytes = FILE, name: str = "friends.csv") -> TestResponse:
    content = text.encode() if isinstance(text, str) else text
    return browser.post(KNOWN, data={"file": (BytesIO(content), name)})


def taken_in(browser: FlaskClient, text: str = FILE, name: str = "friends.csv") -> str:
    """Send the file and take it in; return where its list is."""
    where = send(browser, text, name).location
    assert browser.post(where).status_code == 303
    return str(where)


def known() -> set[tuple[str, str]]:
    return {(row.email, row.name) for row in db.session.query(Acquaintance)}


def test_a_file_is_shown_before_anybody_is_taken_in(app: Flask):
    _person, browser = somebody(app)

    page = browser.get(send(browser).location).text

    assert "friends.csv" in page
    assert "ada@example.org" in page
    assert "without a mail address" in page
    assert "Note 2 addresses as known" in page
    assert known() == set()


def test_taking_it_in_twice_is_once(app: Flask):
    _person, browser = somebody(app)
    where = send(browser).location

    first = browser.post(where, follow_redirects=True).text
    browser.post(where)

    assert "Noted." in first
    assert known() == {("ada@example.org", "Ada"), ("bob@example.org", "Bob")}
    assert db.session.query(Acquaintance).count() == 2
    assert browser.get(where).location == KNOWN


def test_the_same_file_again_holds_nobody_new(app: Flask):
    _person, browser = somebody(app)
    taken_in(browser)

    page = browser.get(send(browser).location).text

    assert "There is nobody new in this file." in page
    assert "on your list already" in page
    assert "as known" not in page


def test_undoing_forgets_whom_only_this_list_brought(app: Flask):
    _person, browser = somebody(app)
    first = taken_in(browser)
    taken_in(browser, "name,email\nBob,bob@example.org\nCleo,cleo@example.org\n")

    page = browser.post(f"{first}/removal", follow_redirects=True).text

    assert known() == {("bob@example.org", "Bob"), ("cleo@example.org", "Cleo")}
    assert "The list is forgotten" in page
    assert "ada@example.org" not in page


def test_one_can_be_forgotten_alone(app: Flask):
    _person, browser = somebody(app)
    taken_in(browser)

    for _ in range(2):
        page = browser.post(
            f"{KNOWN}/removal", data={"email": "ada@example.org"}, follow_redirects=True
        )

    assert known() == {("bob@example.org", "Bob")}
    assert "ada@example.org" not in page.text


def test_what_is_brought_is_private(app: Flask):
    person, browser = somebody(app)
    where = taken_in(browser)
    waiting = send(browser, "name,email\nEve,eve@example.org\n").location
    _stranger, other = somebody(app)

    answers = [
        answer.status_code
        for path in (where, waiting)
        for answer in (other.get(path), other.post(path), other.post(f"{path}/removal"))
    ]
    other.post(f"{KNOWN}/removal", data={"email": "ada@example.org"})

    assert answers == [404] * 6
    assert "ada@example.org" not in other.get(KNOWN).text
    assert len(known()) == 2
    assert browser.get(waiting).status_code == 200
    assert person.id is not None


def test_the_preview_does_not_tell_who_is_known_to_us(app: Flask):
    guest = a_registration(email="guest@example.org")
    _person, browser = somebody(app)

    page = browser.get(
        send(browser, f"name,email\nX,{guest.email}\nX,stranger@example.org\n").location
    ).text

    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)[1:]
    verdicts = {re.sub(r"<[^>]+>|\s|guest@|stranger@|\d", "", row) for row in rows}
    assert len(verdicts) == 1


def test_whoever_is_not_signed_in_brings_nothing(app: Flask):
    browser = a_browser(app)

    answers = [
        browser.get(KNOWN),
        send(browser),
        browser.post(f"{KNOWN}/removal"),
        browser.post(f"{KNOWN}/{uuid4()}"),
        browser.get(f"{KNOWN}/{uuid4()}"),
    ]

    assert {answer.location[:8] for answer in answers} == {"/sign-in"}
    assert db.session.query(AcquaintanceList).count() == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "We find no column of mail addresses"),
        (b"\xff\xfe\x00", "We find no column of mail addresses"),
    ],
)
def test_a_file_that_we_cannot_read_is_refused_in_words(app: Flask, content: bytes, words: str):
    _person, browser = somebody(app)

    answer = send(browser, content)

    assert answer.status_code == 422
    assert words in answer.text


def test_no_file_is_no_list(app: Flask):
    _person, browser = somebody(app)

    answer = browser.post(KNOWN, data={})

    assert answer.status_code == 422
    assert "Please choose a file." in answer.text


def test_a_name_with_marks_stays_text(app: Flask):
    _person, browser = somebody(app)

    page = browser.get(send(browser, "name,email\n<b>x</b>,x@example.org\n").location).text

    assert "&lt;b&gt;x&lt;/b&gt;" in page


def test_nobody_brings_without_end(app: Flask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(imports, "MOST_ACQUAINTANCES", 2)
    monkeypatch.setattr(imports, "MOST_LISTS", 2)
    _person, browser = somebody(app)
    taken_in(browser)
    where = send(browser, "name,email\nCleo,cleo@example.org\n").location

    too_many = browser.post(where)
    too_long = send(browser, "name,email\nDan,dan@example.org\n")

    assert too_many.status_code == too_long.status_code == 409
    assert "Please forget a list first" in too_many.text
    assert len(known()) == 2


def test_what_nobody_took_in_is_forgotten_after_a_day(app: Flask):
    _person, browser = somebody(app)
    kept = taken_in(browser)
    waiting = send(browser, "name,email\nCleo,cleo@example.org\n").location

    with time_machine.travel(clock.now() + timedelta(hours=25), tick=False):
        forget_old_lists()

    assert browser.get(waiting).status_code == 404
    assert browser.get(kept).location == KNOWN
    assert len(known()) == 2


def test_the_pages_read_german(app: Flask):
    _person, browser = somebody(app, "de")

    preview = browser.get(send(browser).location).text
    taken_in(browser)
    page = browser.get(KNOWN).text

    assert "ohne E-Mail-Adresse" in preview
    assert "Wen ich schon kenne" in page
    assert "2 Adressen" in page


def test_many_come_in_pages_each_once(app: Flask, count_queries):
    _person, browser = somebody(app)
    few = count_queries(lambda: browser.get(KNOWN))
    rows = "".join(f"Name {number:03},n{number}@example.org\n" for number in range(120))
    taken_in(browser, f"name,email\n{rows}")
    taken_in(browser, f"name,email\n{rows}One more,more@example.org\n")

    pages = [browser.get(f"{KNOWN}?cursor={cursor}").text for cursor in (0, 50, 100)]

    shown = [address for page in pages for address in re.findall(r'value="(n\d+@[^"]+)"', page)]
    assert len(shown) == len(set(shown)) == 120
    assert count_queries(lambda: browser.get(KNOWN)) == few
    assert browser.get(f"{KNOWN}?cursor=x").status_code == 422


def test_one_guest_who_sends_too_often_stops_nobody_else(app: Flask):
    _person, browser = somebody(app)
    _other_person, other = somebody(app)

    answers = [browser.post(KNOWN, data={}).status_code for _ in range(21)]

    assert answers == [422] * 20 + [429]
    assert other.post(KNOWN, data={}).status_code == 422


def test_nul_in_a_files_name_or_in_an_address_is_no_failure(either_app: Flask):
    _person, browser = somebody(either_app)

    where = send(browser, FILE, name="fri\x00ends.csv").location
    forgotten = browser.post(f"{KNOWN}/removal", data={"email": "ada\x00@example.org"})

    assert "fri ends.csv" in browser.get(where).text
    assert forgotten.status_code == 303
