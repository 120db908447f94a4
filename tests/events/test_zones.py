"""The list of time zones names places, and keeps what an event has."""

from flask import Flask

from eventmatch.db import db
from eventmatch.events.zones import zones_by_region
from tests.factories import an_account, an_event, organiser_browser


def test_the_list_names_places_and_utc():
    zones = zones_by_region()

    assert zones["Europe"]["Europe/Berlin"] == "Berlin"
    assert zones["UTC"] == {"UTC": "UTC"}
    assert not any(name in zones for name in ("Etc", "US", "SystemV"))


def test_an_event_keeps_a_zone_that_the_list_has_not(app: Flask):
    owner = an_account()
    event = an_event(owner)
    event.timezone = "CET"
    db.session.commit()
    browser = organiser_browser(app, owner)
    page = f"/organise/events/{event.slug}/settings"

    shown = browser.get(page).text

    assert '<option selected value="CET">' in shown
    assert "CET" not in browser.get("/organise/events/new").text


def test_an_organiser_who_is_lost_is_led_to_their_events(app: Flask):
    owner = an_account()
    an_event(owner)

    answer = organiser_browser(app, owner).get("/organise/events/not-mine")

    assert answer.status_code == 404
    assert "To my events" in answer.text
    assert "newest letter" not in answer.text
