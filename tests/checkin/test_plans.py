"""What the organiser prepares: how many lanes, and the list on paper."""

from datetime import timedelta
from uuid import uuid4

from flask import Flask

from eventmatch.checkin.actions import record_scan
from eventmatch.clock import now
from eventmatch.db import db
from eventmatch.events.models import Event
from eventmatch.registration.actions import cancel
from tests.checkin.desks import lead_browser
from tests.factories import (
    SECRET,
    a_registration,
    an_account,
    an_event,
    badge_of,
    organiser_browser,
)


def address_of(event: Event, page: str) -> str:
    return f"/organise/events/{event.slug}/door/{page}"


def test_lanes_follow_from_guests_and_seconds(app: Flask):
    owner = an_account()
    event = an_event(owner)
    a_registration(event)
    organiser = organiser_browser(app, owner)

    few = organiser.get(address_of(event, "lanes")).text
    many = organiser.get(address_of(event, "lanes?guests=2000&seconds=25&minutes=2")).text
    nonsense = organiser.get(address_of(event, "lanes?guests=-5&seconds=x&minutes=99999999999"))

    assert "lane in the busiest ten minutes" in few
    assert "lanes in the busiest ten minutes" in many
    assert "an assumption" in few
    assert nonsense.status_code == 200


def test_lanes_follow_the_arrivals_of_the_event_before(app: Flask):
    owner = an_account()
    began = now() - timedelta(days=300)
    before = an_event(owner, title="Last year", starts_at=began, ends_at=began + timedelta(hours=8))
    for minute in range(30):
        record_scan(
            before,
            scan_id=uuid4(),
            code=badge_of(a_registration(before)),
            scanned_at=began + timedelta(minutes=minute % 10),
            secret=SECRET,
        )
    event = an_event(owner)
    other = an_event(an_account())
    db.session.commit()

    page = organiser_browser(app, owner).get(address_of(event, "lanes?guests=600")).text

    assert "as they came to “Last year”" in page
    assert page.count('<th scope="row">') == 1  # all of them in the same ten minutes
    assert ">600<" in page
    foreign = organiser_browser(app, owner).get(address_of(other, "lanes"))
    assert foreign.status_code == 404


def test_the_paper_list_holds_everybody_with_a_seat_once_by_family_name(app: Flask):
    owner = an_account()
    event = an_event(owner, capacity=4)
    inside = a_registration(event, name="Ada Zuse", company="Rechner")
    a_registration(event, name="Özlem Ångström")
    a_registration(event, name="Bert Müller")
    cancel(a_registration(event, name="Gone Away"))
    record_scan(event, scan_id=uuid4(), code=badge_of(inside), secret=SECRET)
    db.session.commit()

    page = organiser_browser(app, owner).get(address_of(event, "paper?lanes=3")).text

    places = [
        page.index(name) for name in ("<b>Ångström</b>, Özlem", "<b>Müller</b>", "<b>Zuse</b>")
    ]
    assert places == sorted(places)
    assert page.count("paper-list__letters") == 3
    assert page.count("☐") == 2
    assert "Gone" not in page
    assert "example.org" not in page


def test_the_lead_prints_the_list_too_and_strangers_do_not(app: Flask):
    event = an_event(an_account())
    a_registration(event, name="Ada Lovelace")

    assert "Lovelace" in lead_browser(app, event).get("/door/paper?lanes=2").text
    stranger = organiser_browser(app, an_account())
    assert stranger.get(address_of(event, "paper")).status_code == 404
    assert stranger.get(address_of(event, "test-code")).status_code == 404


def test_an_empty_list_says_so(app: Flask):
    owner = an_account()
    event = an_event(owner)

    assert (
        "Nobody has a seat yet."
        in organiser_browser(app, owner).get(address_of(event, "paper")).text
    )
