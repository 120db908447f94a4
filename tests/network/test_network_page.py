"""A person's own network: pages, notes, and the file for the address book."""

from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from eventmatch.db import db
from eventmatch.exchange.actions import withdraw
from eventmatch.network.actions import change_note, close_event
from eventmatch.network.jobs import follow_up
from eventmatch.network.models import Contact
from eventmatch.people.models import Person
from eventmatch.registration.models import Registration
from tests.conftest import a_browser
from tests.exchange.pairs import a_pair, made_mutual
from tests.factories import a_registration, an_event, person_browser
from tests.network.test_vcard import parts, read_cards, read_text


def owner_of(registration: Registration) -> Person:
    return db.session.get_one(Person, registration.person_id)


def contact_of(owner: Registration, other: Registration) -> Contact:
    return db.session.scalars(
        select(Contact).where(
            Contact.owner_id == owner.person_id, Contact.other_id == other.person_id
        )
    ).one()


def met(one: Registration, other: Registration) -> Contact:
    """Let the two have met at an event that is closed; return what the one has of the other."""
    made_mutual(one, other)
    close_event(one.event)
    db.session.commit()
    follow_up()
    return contact_of(one, other)


@pytest.mark.parametrize("path", ["", "/contacts.vcf", f"/{uuid4()}", f"/{uuid4()}.vcf"])
def test_whoever_is_not_signed_in_is_asked_to_do_so(app: Flask, path: str):
    answer = a_browser(app).get(f"/network{path}")

    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")


def test_the_network_shows_whom_one_met_and_where(app: Flask):
    event = an_event(title="Energy fair", place="Hall 4")
    ada, bob = a_pair(event, role="Miller", phone="+44 1")
    met(ada, bob)

    page = person_browser(app, owner_of(ada)).get("/network").text

    assert "Bob Babbage" in page
    assert "Miller · Mills" in page
    assert "Energy fair" in page
    assert "Hall 4" in page
    assert "+44 1" not in page, "ways to reach somebody are on their own page"
    assert "/network/contacts.vcf" in page


def test_an_empty_network_says_what_will_be_here(app: Flask):
    page = person_browser(app, owner_of(a_registration())).get("/network").text

    assert "Nobody here yet" in page
    assert "contacts.vcf" not in page


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("babbage", True),
        ("Bábbage MILLS", True),
        ("energy", True),
        ("turbines", True),
        ("+44 1", True),
        ("lovelace", False),
        ("secret", False),
        ("bob@example", False),
    ],
)
def test_search_finds_what_may_be_seen_and_ones_own_note(app: Flask, words: str, is_found: bool):
    event = an_event(title="Energy fair")
    ada, bob = a_pair(event, phone="+44 1", website="secret.example", email="bob@example.org")
    bob.visibility = {"website": "nobody", "email": "nobody"}
    change_note(met(ada, bob), "asked about turbines")
    db.session.commit()

    page = person_browser(app, owner_of(ada)).get("/network", query_string={"q": words}).text

    assert ("Bob Babbage" in page) is is_found
    assert ("Nobody found" in page) is not is_found


def test_a_contact_has_a_page_with_ways_to_reach_them(app: Flask):
    event = an_event(title="Energy fair")
    ada, bob = a_pair(event, phone="+44 (1) 2", website="bob.example/mill")
    contact = met(ada, bob)

    page = person_browser(app, owner_of(ada)).get(f"/network/{contact.uid}").text

    assert 'href="tel:+4412"' in page
    assert 'href="https://bob.example/mill"' in page
    assert "Energy fair" in page


@pytest.mark.parametrize("name", ["-", "Ada-Wilhelmine", "Donaudampfschifffahrt", "😀"])
def test_a_contact_has_a_page_whatever_their_name_is(app: Flask, name: str):
    ada, bob = a_pair(name=name)
    contact = met(ada, bob)

    page = person_browser(app, owner_of(ada)).get(f"/network/{contact.uid}")

    assert page.status_code == 200
    assert f">{name}</h1>" in page.text


def test_a_note_is_kept_and_only_for_its_owner(app: Flask):
    ada, bob = a_pair()
    contact = met(ada, bob)
    browser = person_browser(app, owner_of(ada))

    answer = browser.post(f"/network/{contact.uid}", data={"note": "knows mills\r\n and wheels "})

    assert answer.status_code == 303
    assert "knows mills\nand wheels" in browser.get(f"/network/{contact.uid}").text
    assert "knows mills" not in person_browser(app, owner_of(bob)).get("/network").text


def test_a_note_that_is_too_long_is_given_back(app: Flask):
    ada, bob = a_pair()
    contact = met(ada, bob)

    answer = person_browser(app, owner_of(ada)).post(
        f"/network/{contact.uid}", data={"note": "x" * 10_001}
    )

    assert answer.status_code == 422
    assert "x" * 10_001 in answer.text
    db.session.refresh(contact)
    assert contact.note == ""


def test_other_peoples_contacts_do_not_exist(app: Flask):
    ada, bob = a_pair()
    contact = met(ada, bob)
    bobs = person_browser(app, owner_of(bob))

    answers = [
        bobs.get(f"/network/{contact.uid}").status_code,
        bobs.post(f"/network/{contact.uid}", data={"note": "mine"}).status_code,
        bobs.get(f"/network/{contact.uid}.vcf").status_code,
        bobs.get("/network/not-a-uid").status_code,
    ]

    assert answers == [404] * 4
    db.session.refresh(contact)
    assert contact.note == ""


def test_all_contacts_come_as_one_file(app: Flask):
    event = an_event(title="Energy fair; Berlin")
    ada, bob = a_pair(event, phone="+44 1", role="Miller, chief")
    cleo = a_registration(event, name="Κλεοπάτρα 😀", first_name="Κλεοπάτρα")
    made_mutual(ada, cleo)
    change_note(met(ada, bob), "knows mills;\nreally")
    db.session.commit()

    answer = person_browser(app, owner_of(ada)).get("/network/contacts.vcf")

    assert answer.content_type == "text/vcard; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    bobs, cleos = read_cards(answer.get_data(as_text=True))
    assert read_text(bobs["FN"]) == "Bob Babbage"
    assert bobs["TEL"] == "+44 1"
    assert bobs["EMAIL"] == bob.email
    assert read_text(bobs["TITLE"]) == "Miller, chief"
    assert parts(bobs["CATEGORIES"], ",") == ["Energy fair; Berlin"]
    note = read_text(bobs["NOTE"])
    assert note.startswith("Met at Energy fair; Berlin on ")
    assert "knows mills;\nreally" in note
    assert parts(cleos["N"], ";")[:2] == ["😀", "Κλεοπάτρα"]
    assert bobs["UID"] == contact_of(ada, bob).uid.urn


def test_the_same_contacts_give_the_same_file(app: Flask):
    ada, bob = a_pair()
    met(ada, bob)
    browser = person_browser(app, owner_of(ada))

    assert browser.get("/network/contacts.vcf").data == browser.get("/network/contacts.vcf").data


def test_one_contact_comes_as_a_file_with_its_name(app: Flask):
    ada, bob = a_pair(name="Jürgen Müller/../x")
    contact = met(ada, bob)

    answer = person_browser(app, owner_of(ada)).get(f"/network/{contact.uid}.vcf")

    assert 'filename="jurgen-muller-x.vcf"' in answer.headers["Content-Disposition"]
    assert len(read_cards(answer.get_data(as_text=True))) == 1


def test_withdrawing_takes_effect_at_once_in_every_channel(app: Flask):
    ada, bob = a_pair(phone="+44 1", role="Miller")
    exchange = made_mutual(ada, bob)
    contact = met(ada, bob)
    change_note(contact, "about wheels")
    withdraw(exchange, bob)
    db.session.commit()
    browser = person_browser(app, owner_of(ada))

    pages = [
        browser.get(path).text
        for path in (
            "/network",
            f"/network/{contact.uid}",
            "/network/contacts.vcf",
            "/network?q=miller",
        )
    ]
    card = browser.get(f"/network/{contact.uid}.vcf")

    assert not [
        text
        for text in ("Bob", "Babbage", "Mills", "Miller", "+44 1", bob.email)
        for page in pages
        if text in page
    ]
    assert "about wheels" in pages[0]
    assert "about wheels" in pages[1]
    assert card.status_code == 404


def test_a_long_network_comes_in_pages(app: Flask):
    event = an_event()
    ada = a_registration(event)
    others = [a_registration(event, name=f"Other {number:03}") for number in range(52)]
    for other in others:
        made_mutual(other, ada)
    met(ada, others[0])
    browser = person_browser(app, owner_of(ada))

    first, second = browser.get("/network").text, browser.get("/network?cursor=50").text

    assert first.count("Other 0") - first.count("Other 050") == 50
    assert "cursor=50" in first
    assert "Other 051" in second
    assert "cursor=" not in second.replace("?cursor=50&amp;lang", "")
    assert browser.get("/network?cursor=x").status_code == 422


def test_the_network_needs_as_many_questions_for_many_as_for_few(app: Flask, count_queries):
    event = an_event()
    ada, bob = a_pair(event)
    others = [a_registration(event) for _ in range(8)]
    met(ada, bob)
    browser = person_browser(app, owner_of(ada))
    few = count_queries(lambda: browser.get("/network"))
    card = count_queries(lambda: browser.get("/network/contacts.vcf"))

    for other in others:
        made_mutual(other, ada)
    follow_up()

    assert count_queries(lambda: browser.get("/network")) == few
    assert count_queries(lambda: browser.get("/network/contacts.vcf")) == card
