"""An address with an id that is none is an address of nothing, also for those who are signed in."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventmatch.db import db
from eventmatch.people.models import Person
from tests.checkin.conftest import door_browser
from tests.factories import (
    a_registration,
    an_account,
    an_event,
    guest_browser,
    organiser_browser,
    person_browser,
)

STRANGE = ["nonsense", "1", "9" * 40, "%00", "é", "0" * 32, "{" + "0" * 32 + "}"]
_ID = re.compile(r"<(?:\w+:)?(\w+)>")


def addresses(app: Flask, start: str, strange: str) -> list[tuple[str, str]]:
    """Return method and path of all pages that begin so and take an id beside the event's."""
    found = []
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith(start) or not set(_ID.findall(rule.rule)) - {"slug"}:
            continue
        path = _ID.sub(lambda name: "fair" if name[1] == "slug" else strange, rule.rule)
        found += [(method, path) for method in rule.methods or () if method in {"GET", "POST"}]
    return found


@pytest.mark.parametrize("strange", STRANGE)
def test_an_id_that_is_none_is_nothing(app: Flask, strange: str):
    owner = an_account()
    event = an_event(owner, title="Fair")
    guest = a_registration(event)
    person = db.session.get_one(Person, guest.person_id)
    visitors: list[tuple[FlaskClient, str]] = [
        (organiser_browser(app, owner), "/organise/"),
        (guest_browser(app, guest), "/my/"),
        (person_browser(app, person), "/network/"),
        (door_browser(app, event), "/door/scans/"),
    ]
    assert event.slug == "fair"

    answers = {
        (method, path): browser.open(path, method=method).status_code
        for browser, start in visitors
        for method, path in addresses(app, start, strange)
    }

    assert len(answers) >= 15
    assert {request: status for request, status in answers.items() if status != 404} == {}
