"""The address book for phones: who may read it, what is in it, and that nobody writes."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy.exc import OperationalError

from eventmatch import clock
from eventmatch.db import db
from eventmatch.exchange.actions import withdraw
from eventmatch.network import dav
from eventmatch.network.actions import change_note
from eventmatch.network.jobs import follow_up
from eventmatch.people.actions import revoke_app_password
from eventmatch.people.jobs import forget_old_passwords
from eventmatch.people.models import AppPassword
from tests.conftest import a_browser
from tests.exchange.pairs import a_pair, made_mutual
from tests.factories import a_registration, an_event, person_browser
from tests.network.subscribing import Subscriber
from tests.network.test_network_page import contact_of, met, owner_of

WRITING = ("PUT", "DELETE", "POST", "PATCH", "PROPPATCH", "MKCOL", "MKCALENDAR", "MOVE", "LOCK")
READING = ("OPTIONS", "HEAD", "GET", "PROPFIND", "REPORT")
_BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    '<propfind xmlns="DAV:"><prop>&b;</prop></propfind>'
)
_FILE = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    '<propfind xmlns="DAV:"><prop>&a;</prop></propfind>'
)
HOSTILE = [
    "",
    "no xml",
    "<propfind",
    _BOMB,
    _FILE,
    "<a>" * 9000,
    "\x00\x01",
    '<sync-collection xmlns="DAV:"><sync-token>\\x</sync-token></sync-collection>',
    '<C:addressbook-multiget xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav">'
    "<href>../../../etc/passwd</href><href>/dav/</href><href/></C:addressbook-multiget>",
    '<C:addressbook-query xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav">'
    '<C:filter><C:prop-filter name="FN"><C:text-match>(((((</C:text-match></C:prop-filter>'
    "</C:filter></C:addressbook-query>",
    '<expand-property xmlns="DAV:"/>',
]


def test_a_program_that_knows_only_our_name_finds_the_book(app: Flask):
    for method in ("GET", "PROPFIND"):
        answer = a_browser(app).open("/.well-known/carddav", method=method)

        assert (answer.status_code, answer.location) == (301, "/dav/")


def test_the_book_holds_what_is_shared(app: Flask):
    ada, bob = a_pair(name="Bob; Babbage", phone="+44 1", website="bob.example")
    bob.visibility = {"website": "nobody"}
    contact = met(ada, bob)
    phone = Subscriber(app, owner_of(ada))

    (href,) = phone.listed()
    card = phone.fetched(href)

    assert href == f"{phone.book}{contact.uid}.vcf"
    assert "FN:Bob\\; Babbage\r\n" in card
    assert "+44 1" in card
    assert "bob.example" not in card
    assert card == phone.ask("GET", href).text
    assert card == person_browser(app, owner_of(ada)).get(f"/network/{contact.uid}.vcf").text


def test_a_withdrawn_contact_is_gone_at_the_next_sync(app: Flask):
    event = an_event()
    ada, bob = a_pair(event)
    cleo = a_registration(event, name="Cleo")
    exchange = made_mutual(ada, cleo)
    met(ada, bob)
    phone = Subscriber(app, owner_of(ada))
    before, token = phone.listed(), phone.synced()[0]
    withdraw(exchange, cleo)
    db.session.commit()

    after = phone.listed()
    (gone,) = set(before) - set(after)

    assert {href: before[href] for href in after} == after
    assert len(after) == 1
    assert phone.fetched(gone) == ""
    assert phone.ask("GET", gone).status_code == 404
    assert phone.synced()[0] != token


def test_a_token_of_the_present_brings_nothing_and_of_the_past_everything_anew(app: Flask):
    ada, bob = a_pair()
    contact = met(ada, bob)
    phone = Subscriber(app, owner_of(ada))
    token, changed = phone.synced()
    assert len(changed) == 1

    assert phone.synced(token) == (token, [])

    change_note(contact, "new")
    db.session.commit()
    body = (
        f'<sync-collection xmlns="DAV:"><sync-token>{token}</sync-token>'
        "<prop><getetag/></prop></sync-collection>"
    )
    answer = phone.ask("REPORT", body=body)

    assert answer.status_code == 403
    assert "valid-sync-token" in answer.text


def test_whatever_changes_a_card_changes_its_etag(app: Flask):
    event, other_event = an_event(), an_event()
    ada, bob = a_pair(event)
    ada_again = a_registration(other_event, email=ada.email)
    bob_again = a_registration(other_event, email=bob.email, name=bob.name)
    other = made_mutual(ada_again, bob_again)
    met(ada_again, bob_again)
    contact = met(ada, bob)
    phone = Subscriber(app, owner_of(ada))
    seen = [phone.listed()]

    change_note(contact, "a note")
    db.session.commit()
    seen.append(phone.listed())
    event.title = "Another title"
    db.session.commit()
    seen.append(phone.listed())
    withdraw(other, bob_again)
    db.session.commit()
    seen.append(phone.listed())
    seen.append(phone.listed())

    (hrefs,) = {tuple(one) for one in seen}
    assert hrefs == (f"{phone.book}{contact.uid}.vcf",)
    etags = [one[hrefs[0]] for one in seen]
    assert len(set(etags)) == 4
    assert etags[3] == etags[4]


@pytest.mark.parametrize("method", WRITING)
def test_nobody_writes(app: Flask, method: str):
    ada, bob = a_pair()
    met(ada, bob)
    phone = Subscriber(app, owner_of(ada))
    before = phone.listed()
    (href,) = before

    answers = [
        phone.ask(method, path, "BEGIN:VCARD\r\nEND:VCARD\r\n").status_code
        for path in (href, phone.book, f"{phone.book}{uuid4()}.vcf", "/dav/")
    ]

    assert answers == [403] * 4
    assert phone.listed() == before


@pytest.mark.parametrize("method", [*READING, *WRITING])
def test_without_a_password_that_works_everything_is_refused_alike(app: Flask, method: str):
    ada, bob = a_pair()
    met(ada, bob)
    person, stranger = owner_of(ada), owner_of(bob)
    phone = Subscriber(app, person)
    wrong = Subscriber(app, person, code="0" * 26)
    foreign = Subscriber(app, stranger)
    foreign.headers = Subscriber(app, stranger, code="x").headers
    others_name = Subscriber(app, stranger, code="x")
    others_name.headers = {"Authorization": "Basic " + "!!!"}
    revoked = Subscriber(app, person)
    revoke_app_password(revoked.password)
    db.session.commit()

    answers = [
        client.ask(method, phone.book, "<x/>") for client in (wrong, foreign, others_name, revoked)
    ]
    answers.append(a_browser(app).open(phone.book, method=method))
    answers.append(person_browser(app, person).open(phone.book, method=method))

    assert {answer.status_code for answer in answers} == {401}
    assert {answer.headers["WWW-Authenticate"][:5] for answer in answers} == {"Basic"}
    assert {answer.text for answer in answers} == {""}


def test_a_password_opens_the_book_of_its_person_only(app: Flask):
    ada, bob = a_pair()
    met(ada, bob)
    adas, bobs = Subscriber(app, owner_of(ada)), Subscriber(app, owner_of(bob))
    (href,) = bobs.listed()

    assert adas.ask("PROPFIND", bobs.book, depth="1").status_code == 403
    assert adas.ask("GET", href).status_code == 404
    assert adas.ask("GET", bobs.book).status_code == 404
    assert "Lovelace" not in adas.fetched(href)


def test_a_password_that_nobody_uses_for_a_year_stops_working(app: Flask):
    ada, bob = a_pair()
    met(ada, bob)
    person = owner_of(ada)
    phone, forgotten = Subscriber(app, person), Subscriber(app, person)
    now = clock.now()

    with time_machine.travel(now + timedelta(days=364), tick=False):
        assert len(phone.listed()) == 1
        forget_old_passwords()
    with time_machine.travel(now + timedelta(days=366), tick=False):
        assert len(phone.listed()) == 1
        assert forgotten.ask("PROPFIND").status_code == 401
        forget_old_passwords()
        kept = {password.id for password in db.session.query(AppPassword)}
        forget_old_passwords()

    assert kept == {phone.password.id}
    assert {password.id for password in db.session.query(AppPassword)} == kept


def test_use_is_noted_once_an_hour_and_not_by_looking_at_a_card(app: Flask):
    ada, bob = a_pair()
    met(ada, bob)
    phone = Subscriber(app, owner_of(ada))
    now = clock.now()

    with time_machine.travel(now, tick=False):
        phone.ask("GET", f"{phone.book}{contact_of(ada, bob).uid}.vcf")
        assert phone.password.used_at is None
        phone.listed()
        assert phone.password.used_at == now
    with time_machine.travel(now + timedelta(minutes=59), tick=False):
        phone.listed()
        assert phone.password.used_at == now
    with time_machine.travel(now + timedelta(minutes=61), tick=False):
        phone.listed()
        assert phone.password.used_at == now + timedelta(minutes=61)


@pytest.mark.parametrize("method", ["PROPFIND", "REPORT", "PUT"])
def test_a_body_that_is_too_long_is_refused(app: Flask, method: str):
    ada, bob = a_pair()
    met(ada, bob)
    phone = Subscriber(app, owner_of(ada))

    assert phone.ask(method, body="x" * (64 * 1024 + 1)).status_code == 413


@pytest.mark.parametrize("body", HOSTILE)
@pytest.mark.parametrize("method", ["PROPFIND", "REPORT"])
def test_no_body_makes_the_server_fail(app: Flask, method: str, body: str):
    ada, bob = a_pair()
    met(ada, bob)
    phone = Subscriber(app, owner_of(ada))

    for depth in ("0", "1", "infinity", "x"):
        answer = phone.ask(method, body=body, depth=depth)

        assert answer.status_code < 500
        assert "root:" not in answer.text


@pytest.mark.parametrize(
    "path", ["", ".web", ".web/../", ".mobileconfig", ".sharing/v1", "x/y/z/u"]
)
def test_there_is_nothing_to_look_at_above_the_book(app: Flask, path: str):
    phone = Subscriber(app, owner_of(a_registration()))

    assert phone.ask("GET", f"/dav/{path}").status_code == 404


def test_a_database_that_is_away_is_said_to_be_so(app: Flask, monkeypatch: pytest.MonkeyPatch):
    def away(*_args: object, **_options: object) -> None:
        raise OperationalError("SELECT", {}, Exception("locked"))

    phone = Subscriber(app, owner_of(a_registration()))
    monkeypatch.setattr(dav, "contacts_of", away)

    assert phone.ask("PROPFIND", depth="1").status_code == 503


def test_too_many_wrong_passwords_are_too_many(app: Flask):
    person = owner_of(a_registration())
    wrong = Subscriber(app, person, code="0" * 26)

    answers = [wrong.ask("PROPFIND", "/dav/").status_code for _ in range(61)]

    assert answers == [401] * 60 + [429]


def test_the_cards_are_in_the_persons_language(app: Flask):
    event = an_event()
    ada = a_registration(event, language="de")
    bob = a_registration(event)
    made_mutual(ada, bob)
    met(ada, bob)
    phone = Subscriber(app, owner_of(ada))

    assert "persönlichen Kontakt" in phone.fetched(*phone.listed()).replace("\r\n ", "")


def test_the_book_needs_as_many_questions_for_many_as_for_few(app: Flask, count_queries):
    event = an_event()
    ada, bob = a_pair(event)
    others = [a_registration(event) for _ in range(6)]
    met(ada, bob)
    phone = Subscriber(app, owner_of(ada))
    phone.listed()
    few = count_queries(phone.listed), count_queries(lambda: phone.fetched(*phone.listed()))

    for other in others:
        made_mutual(other, ada)
    follow_up()
    many = count_queries(phone.listed), count_queries(lambda: phone.fetched(*phone.listed()))

    assert len(phone.listed()) == 7
    assert many == few
