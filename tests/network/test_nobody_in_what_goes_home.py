"""Who is not a mutual contact is in no file, no address book and no picture that leaves us."""

from io import BytesIO

from flask import Flask

from eventmatch.db import db
from eventmatch.exchange.actions import block, decline, withdraw
from eventmatch.network.actions import close_event
from eventmatch.network.jobs import follow_up
from eventmatch.people.models import Person
from eventmatch.registration.models import Registration
from tests.exchange.pairs import asked, made_mutual
from tests.factories import a_registration, an_event, person_browser
from tests.network.subscribing import Subscriber
from tests.network.test_network_page import contact_of
from tests.network.test_nobody_else_appears import found, somebody

FILES = (
    "contacts.vcf", "contacts-google.csv", "contacts-outlook-de.csv", "contacts-outlook-en.csv",
    "contacts.json", "picture", "picture?by=circle", "picture.svg", "picture.svg?by=circle",
)  # fmt: skip


def every_way_home(app: Flask, guest: Registration) -> dict[str, str]:
    """Return all that leaves this guest's network, by the way it takes."""
    person = db.session.get_one(Person, guest.person_id)
    browser = person_browser(app, person)
    ways = {name: browser.get(f"/network/{name}").text for name in FILES}
    phone = Subscriber(app, person)
    listing = phone.ask("PROPFIND", depth="1").text
    ways["a phone's list"] = listing
    ways["a phone's cards"] = phone.fetched(*phone.listed()).replace("\r\n ", "")
    ways["a phone's search"] = phone.ask(
        "REPORT",
        body=(
            '<C:addressbook-query xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"><prop>'
            '<C:address-data/></prop><C:filter><C:prop-filter name="FN"/></C:filter>'
            "</C:addressbook-query>"
        ),
        depth="1",
    ).text.replace("\r\n ", "")
    return ways


def test_who_is_not_mutual_goes_nowhere(app: Flask):
    event = an_event()
    ada = somebody(event, "aaa")
    stranger, refused, took_back, gone, left, blocked = (
        somebody(event, mark) for mark in ("bbb", "ccc", "ddd", "eee", "fff", "jjj")
    )
    friend, third = somebody(event, "ggg"), somebody(event, "iii")
    for guest in (stranger, refused, took_back, gone, left, blocked, friend, third):
        guest.may_be_found = True
    decline(asked(refused, ada), ada)
    withdraw(asked(took_back, ada), took_back)
    withdraw(made_mutual(ada, gone), ada)
    made_mutual(ada, left)
    made_mutual(ada, blocked)
    made_mutual(third, friend)
    made_mutual(stranger, friend)
    made_mutual(left, friend)
    made_mutual(ada, friend)
    close_event(event)
    db.session.commit()
    follow_up()
    lefts_card = contact_of(ada, left).uid
    withdraw(made_mutual(ada, left), left)
    block(blocked, ada)
    db.session.commit()

    ways = every_way_home(app, ada)

    for guest in (stranger, refused, took_back, gone, left, blocked, third):
        assert found(ways, guest) == set()
    assert not [way for way, text in ways.items() if str(lefts_card) in text]
    assert found(ways, friend) >= set(FILES) | {"a phone's cards", "a phone's search"}


def test_what_nobody_may_see_goes_nowhere(app: Flask):
    event = an_event()
    ada, friend = somebody(event, "aaa"), somebody(event, "bbb")
    friend.visibility = dict.fromkeys(("email", "phone", "website"), "nobody")
    made_mutual(ada, friend)
    close_event(event)
    db.session.commit()
    follow_up()

    ways = every_way_home(app, ada)

    for text in (friend.email, friend.phone, friend.website, friend.offers, friend.seeks):
        assert not [way for way, said in ways.items() if text in said]
    assert "contacts.vcf" in found(ways, friend)


def test_whom_one_brought_goes_nowhere(app: Flask):
    """One's own address book is only for not being suggested whom one knows."""
    ada = a_registration()
    browser = person_browser(app, db.session.get_one(Person, ada.person_id))
    file = (BytesIO(b"name,email\nSecret Friend,secret@example.org\n"), "x.csv")
    browser.post(browser.post("/network/known", data={"file": file}).location)

    ways = every_way_home(app, ada)

    assert not [way for way, text in ways.items() if "ecret" in text]
