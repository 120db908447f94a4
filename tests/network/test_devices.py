"""Phones and programs: each gets a password of its own, shown once, and can be removed."""

import plistlib
import re
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventmatch import app as wiring
from eventmatch.db import db
from eventmatch.network.apple import profile
from eventmatch.people.actions import MOST_APP_PASSWORDS
from eventmatch.people.models import AppPassword, Person
from tests.conftest import a_browser, make_app
from tests.exchange.pairs import a_pair
from tests.factories import a_registration, person_browser
from tests.network.subscribing import Subscriber
from tests.network.test_network_page import met, owner_of

DEVICES = "/network/devices"
_CODE = re.compile(r'value="((?:[0-9A-Z]{5}-){5}[0-9A-Z])"')


def somebody(app: Flask, language: str = "en") -> tuple[Person, FlaskClient]:
    """Return a person and the browser in which their network is open."""
    ada, bob = a_pair()
    met(ada, bob)
    person = owner_of(ada)
    return person, person_browser(app, person, language)


def only_password() -> AppPassword:
    return db.session.query(AppPassword).one()


def test_a_new_phone_gets_a_password_that_is_shown_once_and_works(app: Flask):
    person, browser = somebody(app)

    page = browser.post(DEVICES, data={"label": "My iPhone"}).text
    later = browser.get(DEVICES).text

    (code,) = _CODE.findall(page)
    assert f'value="{person.email}"' in page
    assert 'value="http://localhost/dav/"' in page
    assert "My iPhone" in later
    assert "has not fetched anything yet" in later
    assert not _CODE.findall(later)
    assert code.replace("-", "") not in later
    phone = Subscriber(app, person, code=code)
    phone.book = f"/dav/{only_password().id.hex}/contacts/"
    assert len(phone.listed()) == 1
    assert "Last fetched on" in browser.get(DEVICES).text


def test_typing_it_in_small_letters_or_without_hyphens_is_the_same(app: Flask):
    person, browser = somebody(app)
    (code,) = _CODE.findall(browser.post(DEVICES, data={"label": "Tablet"}).text)

    answers = [
        Subscriber(app, person, code=typed).ask("PROPFIND", "/dav/").status_code
        for typed in (code.lower(), code.replace("-", ""), f" {code} ")
    ]

    assert answers == [207] * 3


def test_a_removed_phone_fetches_nothing_and_removing_twice_is_once(app: Flask):
    person, browser = somebody(app)
    phone = Subscriber(app, person, label="Old phone")
    assert len(phone.listed()) == 1
    where = f"{DEVICES}/{phone.password.id}/removal"

    first = browser.post(where, follow_redirects=True)
    again = browser.post(where, follow_redirects=True)

    assert "“Old phone” can fetch nothing more" in first.text.replace("&#34;", '"')
    assert again.status_code == 200
    assert phone.ask("PROPFIND").status_code == 401
    assert "Connected" not in again.text


def test_somebody_elses_phone_is_nowhere(app: Flask):
    person, browser = somebody(app)
    phone = Subscriber(app, person, label="Adas own")
    assert "Adas own" in browser.get(DEVICES).text
    stranger = person_browser(app, owner_of(a_registration()))

    answers = [
        stranger.post(f"{DEVICES}/{phone.password.id}/removal").status_code,
        stranger.get(f"{DEVICES}/{phone.password.id}.mobileconfig").status_code,
        stranger.post(f"{DEVICES}/{uuid4()}/removal").status_code,
    ]

    assert answers == [404] * 3
    assert "Adas own" not in stranger.get(DEVICES).text
    assert len(phone.listed()) == 1


@pytest.mark.parametrize("label", ["", "   ", "x" * 101])
def test_a_phone_needs_a_name_of_a_fitting_length(app: Flask, label: str):
    _person, browser = somebody(app)

    answer = browser.post(DEVICES, data={"label": label})

    assert answer.status_code == 422
    assert db.session.query(AppPassword).count() == 0


def test_nobody_connects_without_end(app: Flask):
    person, browser = somebody(app)
    for _ in range(MOST_APP_PASSWORDS):
        Subscriber(app, person)

    answer = browser.post(DEVICES, data={"label": "One more"})

    assert answer.status_code == 409
    assert "Please remove one of them first" in answer.text


def test_whoever_is_not_signed_in_connects_nothing(app: Flask):
    browser = a_browser(app)

    assert browser.get(DEVICES).location.startswith("/sign-in")
    assert browser.post(DEVICES, data={"label": "x"}).location.startswith("/sign-in")
    assert db.session.query(AppPassword).count() == 0


def test_the_page_reads_german(app: Flask):
    _person, browser = somebody(app, "de")

    page = browser.post(DEVICES, data={"label": "Handy"}).text

    assert "Das Passwort wird nur dieses eine Mal gezeigt" in page


def test_a_profile_sets_up_an_iphone_without_holding_the_password(app: Flask):
    person, browser = somebody(app)
    page = browser.post(DEVICES, data={"label": "iPhone"}).text
    (code,) = _CODE.findall(page)
    (path,) = re.findall(r'href="(/network/devices/[^"]+\.mobileconfig)"', page)

    answer = browser.get(path)

    assert answer.content_type == "application/x-apple-aspen-config"
    (account,) = plistlib.loads(answer.data)["PayloadContent"]
    assert account["PayloadType"] == "com.apple.carddav.account"
    assert account["CardDAVUsername"] == person.email
    assert (account["CardDAVHostName"], account["CardDAVPort"]) == ("localhost", 80)
    assert account["CardDAVUseSSL"] is False
    phone = Subscriber(app, person, code=code)
    assert phone.ask("PROPFIND", account["CardDAVPrincipalURL"]).status_code == 207
    assert code.replace("-", "").encode() not in answer.data
    assert "CardDAVPassword" not in account
    assert browser.get(path).data == answer.data


def test_the_profile_names_a_safe_server_by_its_name_and_port():
    uid = uuid4()

    content = profile(uid, base_url="https://fair.example.org:8443", user="ada@x.de", title="Fair")

    settings = plistlib.loads(content)
    (account,) = settings["PayloadContent"]
    assert settings["PayloadIdentifier"] == f"org.example.fair.eventmatch.{uid.hex}"
    assert (account["CardDAVHostName"], account["CardDAVPort"]) == ("fair.example.org", 8443)
    assert account["CardDAVUseSSL"] is True


def test_without_radicale_nothing_promises_an_address_book(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(wiring, "find_spec", lambda _name: None)
    app = make_app(tmp_path)
    with app.app_context():
        _person, browser = somebody(app)

        home = browser.get("/network/home")
        answers = [
            browser.get(DEVICES).status_code,
            browser.post(DEVICES, data={"label": "x"}).status_code,
            browser.open("/dav/", method="PROPFIND").status_code,
            browser.get("/.well-known/carddav").status_code,
        ]

        assert home.status_code == 200
        assert "/network/devices" not in home.text
        assert answers == [404] * 4
        db.session.remove()
        db.engine.dispose()
