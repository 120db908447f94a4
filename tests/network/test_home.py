"""A network goes home: the page that says how, and each file."""

import csv
import json
from io import StringIO

import pydantic_core
import pytest
import vobject
from flask import Flask
from flask.testing import FlaskClient

from eventmatch.db import db
from eventmatch.exchange.actions import withdraw
from eventmatch.network.actions import change_note
from eventmatch.network.jobs import follow_up
from eventmatch.registration.models import Registration
from tests.conftest import a_browser
from tests.exchange.pairs import a_pair, made_mutual
from tests.factories import a_registration, an_event, person_browser
from tests.network.test_network_page import contact_of, met, owner_of

FILES = (
    "contacts.vcf",
    "contacts-google.csv",
    "contacts-outlook-de.csv",
    "contacts-outlook-en.csv",
    "contacts.json",
)


def browser_of(app: Flask, registration: Registration, language: str = "en") -> FlaskClient:
    return person_browser(app, owner_of(registration), language)


def table(browser: FlaskClient, name: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file by their headings."""
    text = browser.get(f"/network/{name}").data.decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text, newline=""), strict=True))


@pytest.mark.parametrize("name", ["home", *FILES])
def test_whoever_is_not_signed_in_is_asked_to_do_so(app: Flask, name: str):
    answer = a_browser(app).get(f"/network/{name}")

    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_page_says_which_file_is_for_what(app: Flask, language: str):
    ada, bob = a_pair()
    met(ada, bob)

    page = browser_of(app, ada, language).get("/network/home").text

    assert not [name for name in FILES if f"/network/{name}" not in page]
    assert {"en": "1 contact, with", "de": "1 Kontakt, mit"}[language] in page
    assert "Thunderbird" in page


def test_an_empty_network_says_what_the_page_is_for(app: Flask):
    browser = browser_of(app, a_registration())

    assert "Nobody here yet" in browser.get("/network/home").text
    assert table(browser, "contacts-google.csv") == []
    assert browser.get("/network/contacts.json").get_json()["contacts"] == []
    assert browser.get("/network/contacts.vcf").text == ""


def test_each_file_holds_what_is_shared_and_nothing_else(app: Flask):
    event = an_event(title="Energy fair; Berlin", place="Hall 4")
    ada, bob = a_pair(event, name="Bob Babbage", first_name="Bob", phone="+44 1", role="=Miller()")
    bob.visibility = {"email": "nobody"}
    contact = met(ada, bob)
    change_note(contact, "knows mills;\nreally")
    contact.tags = ["Turbines, steam"]
    db.session.commit()
    browser = browser_of(app, ada)

    (google,) = table(browser, "contacts-google.csv")
    (german,) = table(browser, "contacts-outlook-de.csv")
    (english,) = table(browser, "contacts-outlook-en.csv")
    (described,) = browser.get("/network/contacts.json").get_json()["contacts"]

    assert google["First Name"] == german["Vorname"] == english["First Name"] == "Bob"
    assert google["Last Name"] == german["Nachname"] == english["Last Name"] == "Babbage"
    assert google["Organization Title"] == german["Position"] == "'=Miller()"
    assert described["role"] == "=Miller()"
    assert google["Phone 1 - Value"] == english["Mobile Phone"] == "(+44) 1"
    assert described["phone"] == "+44 1"
    assert google["Labels"] == "* myContacts ::: Energy fair Berlin ::: Turbines steam"
    assert german["Kategorien"] == "Energy fair Berlin;Turbines steam"
    assert described["tags"] == ["Turbines, steam"]
    assert "Met at Energy fair; Berlin on" in german["Notizen"]
    assert "knows mills;\nreally" in english["Notes"]
    assert described["meetings"][0]["event"] == "Energy fair; Berlin"
    assert described["uid"] == str(contact_of(ada, bob).uid)
    for name in FILES:
        assert bob.email not in browser.get(f"/network/{name}").text


def test_the_file_is_in_the_readers_language(app: Flask):
    ada, bob = a_pair(an_event(title="Messe"))
    met(ada, bob)

    (row,) = table(browser_of(app, ada, "de"), "contacts-outlook-de.csv")

    assert "Für den persönlichen Kontakt gegeben" in row["Notizen"]


def test_two_readers_of_json_and_two_of_cards_agree(app: Flask):
    event = an_event()
    ada = a_registration(event)
    for name in ('a"\\b', "Κλεοπάτρα 😀", "שלום", "e\u2028f"):
        made_mutual(ada, a_registration(event, name=name))
    met(ada, a_registration(event, name="Last"))
    browser = browser_of(app, ada)

    text = browser.get("/network/contacts.json").text
    cards = browser.get("/network/contacts.vcf").text

    assert json.loads(text) == pydantic_core.from_json(text)
    names = [contact["name"] for contact in json.loads(text)["contacts"]]
    assert len(names) == 5
    assert [card.fn.value for card in vobject.readComponents(cards)] == [
        " ".join(name.split()) for name in names
    ]


@pytest.mark.parametrize("name", FILES)
def test_exporting_twice_gives_the_same_file(app: Flask, name: str):
    event = an_event()
    ada, bob = a_pair(event)
    made_mutual(ada, a_registration(event))
    met(ada, bob)
    browser = browser_of(app, ada)

    first = browser.get(f"/network/{name}")
    second = browser.get(f"/network/{name}")

    assert first.data == second.data
    assert "attachment" in first.headers["Content-Disposition"]
    assert first.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", FILES)
def test_withdrawing_empties_every_file_at_once(app: Flask, name: str):
    ada, bob = a_pair(role="Miller", phone="+44 1")
    met(ada, bob)
    browser = browser_of(app, ada)
    assert "Babbage" in browser.get(f"/network/{name}").text

    withdraw(made_mutual(ada, bob), bob)
    db.session.commit()

    assert "Babbage" not in browser.get(f"/network/{name}").text


def test_an_unknown_language_is_an_unknown_file(app: Flask):
    browser = browser_of(app, a_registration())

    assert browser.get("/network/contacts-outlook-fr.csv").status_code == 404


@pytest.mark.parametrize("name", FILES)
def test_a_file_needs_as_many_questions_for_many_as_for_few(app: Flask, count_queries, name: str):
    event = an_event()
    ada, bob = a_pair(event)
    others = [a_registration(event) for _ in range(6)]
    met(ada, bob)
    browser = browser_of(app, ada)
    few = count_queries(lambda: browser.get(f"/network/{name}").data)

    for other in others:
        made_mutual(other, ada)
    follow_up()

    assert count_queries(lambda: browser.get(f"/network/{name}").data) == few
