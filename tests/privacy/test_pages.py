"""Everything of mine: the pages, the two files, and what is not in them."""

import csv
import io
import json
import zipfile
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventmatch.db import db
from eventmatch.exchange.actions import decline
from eventmatch.exchange.remarks import write_remark
from eventmatch.matching.actions import refresh_suggestions
from eventmatch.people.visibility import Relation
from eventmatch.privacy.queries import previews
from tests.exchange.pairs import asked
from tests.factories import a_registration, an_event, guest_browser, person_browser
from tests.network.test_network_page import met, owner_of


def file_of(browser: FlaskClient, path: str) -> Any:
    answer = browser.get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "no-store"
    return json.loads(answer.data)


def tables_of(browser: FlaskClient, path: str) -> dict[str, list[dict[str, str]]]:
    archive = zipfile.ZipFile(io.BytesIO(browser.get(path).data))
    return {
        name: list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))
        for name in archive.namelist()
    }


def test_the_file_holds_what_was_said_written_and_met(app: Flask):
    event = an_event(title="Mill days")
    ada = a_registration(event, name="Ada", offers="=gears and mills", seeks="wind")
    bob = a_registration(event, name="Bob", offers="wind", seeks="gears mills")
    refresh_suggestions(event)
    write_remark(ada, bob, text="knows wind", chips=["follow_up"])
    met(ada, bob)

    mine = file_of(person_browser(app, owner_of(ada)), "/network/mine.json")

    assert mine["person"]["email"] == ada.email
    assert [contact["name"] for contact in mine["contacts"]] == ["Bob"]
    [day] = mine["events"]
    assert day["event"] == "Mill days"
    assert day["profile"]["offers"] == "=gears and mills"
    assert {one["purpose"] for one in day["consent_record"]} >= {"may_be_suggested"}
    assert day["remark"][0]["text"] == "knows wind"
    assert [one["name"] for one in day["exchanged"]] == ["Bob"]
    assert mine["letters"]


def test_the_tables_hold_the_same_and_no_formula(app: Flask):
    ada = a_registration(an_event(title="Mill days"), name="Ada", offers="=gears and mills")

    tables = tables_of(person_browser(app, owner_of(ada)), "/network/mine.zip")

    assert tables["about-me.csv"][0]["email"] == ada.email
    assert tables["events.csv"][0]["offers"] == "'=gears and mills"
    assert {row["purpose"] for row in tables["consent-record.csv"]} >= {"may_be_suggested"}
    assert all(row["event"] == "Mill days" for row in tables["consent-record.csv"])


def test_a_silent_no_is_not_in_the_file_of_who_asked(app: Flask):
    event = an_event()
    ada, bob = a_registration(event, name="Ada"), a_registration(event, name="Bob")
    exchange = asked(ada, bob)
    path = f"/my/{event.slug}/data.json"
    waiting = file_of(guest_browser(app, ada), path)
    decline(exchange, bob)
    db.session.commit()

    refused = file_of(guest_browser(app, ada), path)

    assert waiting == refused
    assert [one["name"] for one in refused["asked"]] == ["Bob"]


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_pages_say_who_has_it_and_how_to_take_it(app: Flask, language: str):
    event = an_event(title="Mill days")
    ada, bob = a_registration(event, name="Ada"), a_registration(event, name="Bob")
    met(ada, bob)

    at_home = person_browser(app, owner_of(ada), language).get("/network/mine").text
    at_event = guest_browser(app, ada).get(f"/my/{event.slug}/data").text

    assert "Mill days" in at_home
    assert "Bob" in at_home
    assert "/network/mine.zip" in at_home
    assert f"/my/{event.slug}/data.zip" in at_event


@pytest.mark.parametrize("path", ["/network/mine", "/network/mine.json", "/network/mine.zip"])
def test_strangers_get_nothing(client: FlaskClient, path: str):
    answer = client.get(path)

    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")


def test_one_sees_what_others_see(app: Flask):
    event = an_event()
    ada = a_registration(
        event, name="Ada", phone="0555 1", website="https://a.example", offers="mills"
    )
    ada.visibility = {"phone": "suggested", "website": "nobody"}
    ada.may_be_found = False
    db.session.commit()

    shown = {one.relation: set(one.fields) for one in previews(ada)}
    page = guest_browser(app, ada).get(f"/my/{event.slug}/data").text

    assert shown == {
        Relation.FINDABLE: set(),
        Relation.AT_THE_EVENT: {"name"},
        Relation.SUGGESTED: {"name", "phone", "offers"},
        Relation.MUTUAL: {"name", "phone", "offers", "email"},
    }
    assert "you do not want to be found" in page
    assert "https://a.example" not in page
