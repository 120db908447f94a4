"""No page asks the database more often because there is more to show."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from eventmatch.checkin.actions import create_device, pair_device
from eventmatch.checkin.models import DeviceRole
from eventmatch.db import db
from eventmatch.events.actions import create_token
from eventmatch.events.models import Event, Scope
from eventmatch.exchange.actions import accept, ask
from eventmatch.matching.actions import refresh_suggestions, set_aside
from eventmatch.matching.models import SetAside
from eventmatch.people.models import Person
from eventmatch.registration.models import Registration
from tests.conftest import a_browser
from tests.factories import (
    SECRET,
    a_registration,
    an_account,
    an_event,
    guest_browser,
    move_contacts,
    organiser_browser,
    person_browser,
)
from tests.matching.wishes import let_expire, wished

MOST_FOR_ONE_PAGE = 16


def a_busy_event(event: Event, guest: Registration, count: int) -> None:
    """Let so many more come, be suggested, exchange contacts with the guest, and be scanned."""
    for number in range(count):
        other = a_registration(event, offers=f"sawdust {number}", seeks="hydraulic presses")
        accept(ask(other, guest), guest)
        asker = a_registration(event, offers="sawdust", seeks="presses")
        ask(asker, guest)
        set_aside(guest, asker, SetAside.KNOWN)
        wished(a_registration(event, offers="sawdust"), guest, was_shown=True)
        wished(guest, a_registration(event), was_shown=True, most_waiting=99)
        create_device(event, name=f"Door {number}", gate="North", secret=SECRET)
    db.session.commit()
    move_contacts(event)
    db.session.commit()
    refresh_suggestions(event)


def test_no_page_asks_more_often_when_there_is_more(
    app: Flask, count_queries: Callable[[Callable[[], object]], int]
):
    owner = an_account()
    event = an_event(owner)
    guest = a_registration(event, offers="hydraulic presses", seeks="sawdust")
    person = db.session.get_one(Person, guest.person_id)
    other = a_registration(event, company="O", offers="sawdust", seeks="hydraulic presses")
    let_expire(wished(guest, other, was_shown=True))
    _device, key = _paired(event)
    token = create_token(event, Scope.ORGANISER, secret=SECRET)
    db.session.commit()
    program = {"Authorization": f"Bearer {token}"}
    organise, api, my = (
        f"{start}/{event.slug}" for start in ("/organise/events", "/api/v1/events", "/my")
    )
    door = a_browser(app)
    door.set_cookie("door", key, domain="localhost")
    door.post("/door/pin", data={"pin": "2468"})
    pages: list[tuple[FlaskClient, str, dict[str, str]]] = [
        (a_browser(app), f"/e/{event.slug}", {}),
        (guest_browser(app, guest), my, {}),
        (guest_browser(app, guest), f"{my}/contacts", {}),
        (guest_browser(app, guest), f"{my}/profile", {}),
        (guest_browser(app, guest), f"{my}/news", {}),
        (guest_browser(app, guest), f"{my}/marks", {}),
        (guest_browser(app, guest), f"{my}/feedback", {}),
        (guest_browser(app, guest), f"{my}/letters", {}),
        (guest_browser(app, guest), f"{my}/data", {}),
        (guest_browser(app, guest), f"{my}/people/{other.uid}/introduction", {}),
        (person_browser(app, person), "/network", {}),
        *(
            (person_browser(app, person), f"/network/{page}", {})
            for page in ("contacts.vcf", "home", "devices", "known", "picture", "mine")
        ),
        (door, "/door", {}),
        (door, "/door/guests?q=guest", {}),
        (door, "/door/paper", {}),
        (door, "/door/walk-in", {}),
        (organiser_browser(app, owner), "/organise", {}),
        (organiser_browser(app, owner), organise, {}),
        *(
            (organiser_browser(app, owner), f"{organise}/{page}", {})
            for page in (
                "registrations", "registrations?q=guest", "registrations.csv", "questions", "team",
                "import", "badges", "door", "matching",
                "figures", "letters", "letters?state=failed", "settings", "tokens", "closing",
                "door/guests?q=guest", "door/lanes", "door/paper",
            )
        ),
        *(
            (a_browser(app), f"{api}/{page}", program)
            for page in ("registrations", "suggestions", "scans")
        ),
    ]  # fmt: skip

    def counts() -> list[int]:
        asked = []
        for browser, path, headers in pages:

            def look(browser=browser, path=path, headers=headers) -> None:
                assert browser.get(path, headers=headers).status_code == 200, path

            look()  # once, to warm what is kept
            asked.append(count_queries(look))
        return asked

    a_busy_event(event, guest, 2)
    few = counts()
    a_busy_event(event, guest, 12)
    many = counts()

    paths = [path for _browser, path, _headers in pages]
    asked = zip(paths, few, many, strict=True)
    # A search that finds enough by itself does not also look for what is spelled alike.
    assert [row for row in asked if row[2] > row[1]] == []
    assert max(many) <= MOST_FOR_ONE_PAGE


def test_the_count_sees_a_page_that_asks_for_each_row(
    app: Flask, count_queries: Callable[[Callable[[], object]], int]
):
    event = an_event()
    for _ in range(3):
        a_registration(event)
    ids = [row.id for row in db.session.query(Registration)]

    def ask_for_each() -> None:
        db.session.expunge_all()
        for number in ids:
            db.session.get(Registration, number)

    assert count_queries(ask_for_each) == 3


def _paired(event: Event) -> tuple[object, str]:
    _device, code = create_device(
        event, name="Door", gate="Main", role=DeviceRole.LEAD, secret=SECRET
    )
    return pair_device(code, secret=SECRET)
