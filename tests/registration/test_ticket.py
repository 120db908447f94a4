"""The ticket's link: a secret that opens one registration, once its button is pressed."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import delete, func, select

from eventmatch.codes import fresh_code
from eventmatch.db import db
from eventmatch.events.models import EventState
from eventmatch.mail import Letter
from eventmatch.people.models import Person
from eventmatch.registration.models import ConsentRecord, Status
from eventmatch.registration.queries import find_badge
from tests.conftest import a_browser
from tests.factories import (
    SECRET,
    a_registration,
    an_account,
    an_event,
    badge_of,
    guest_browser,
    organiser_browser,
    ticket_of,
)


def _rows() -> dict[str, list[Any]]:
    tables = db.metadata.sorted_tables
    return {table.name: list(db.session.execute(table.select())) for table in tables}


def test_the_button_opens_my_event_and_proves_the_address(app: Flask, client: FlaskClient):
    guest = a_registration(verified=False)

    answer = client.post(f"/T/{ticket_of(guest)}")

    assert answer.status_code == 303
    assert answer.location.endswith(f"/my/{guest.event.slug}")
    assert guest.verified_at is not None
    assert db.session.scalars(select(Person.email)).all() == [guest.email]
    assert client.get(f"/my/{guest.event.slug}/profile").status_code == 200


def test_a_mail_scanner_that_follows_the_link_changes_and_learns_nothing(
    app: Flask, client: FlaskClient
):
    guest = a_registration(name="Ada Lovelace", company="Analytical Engines", verified=False)
    before = _rows()

    page = client.get(f"/T/{ticket_of(guest)}")
    head = client.head(f"/T/{ticket_of(guest)}")

    assert (page.status_code, head.status_code) == (200, 200)
    assert _rows() == before
    assert guest.event.title in page.text
    for secret in ("Ada", "Lovelace", "Analytical", guest.email):
        assert secret not in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert client.get(f"/my/{guest.event.slug}/profile").status_code == 404


def test_pressing_the_button_twice_is_once(app: Flask, client: FlaskClient):
    guest = a_registration(verified=False)

    first = client.post(f"/T/{ticket_of(guest)}")
    verified_at = guest.verified_at
    second = a_browser(app).post(f"/T/{ticket_of(guest)}")

    assert (first.status_code, second.status_code) == (303, 303)
    assert guest.verified_at == verified_at
    assert db.session.scalar(select(func.count(Person.id))) == 1


def test_a_link_in_lower_case_or_with_misread_letters_still_opens(app: Flask, client: FlaskClient):
    guest = a_registration()
    misread = ticket_of(guest).lower().replace("0", "o").replace("1", "l")

    assert client.post(f"/T/{misread}").status_code == 303


@pytest.mark.parametrize("code", ["x", "0" * 26, "../../etc", "%00", "A" * 5000])
def test_an_unknown_code_says_what_to_do(app: Flask, client: FlaskClient, code: str):
    for answer in (client.get(f"/T/{code}"), client.post(f"/T/{code}")):
        assert answer.status_code == 404
        if "/" not in code:
            assert "newest letter" in answer.text
            assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_nobody_guesses_a_ticket(app: Flask, client: FlaskClient):
    a_registration()

    answers = {client.post(f"/T/{fresh_code()}").status_code for _ in range(50)}

    assert answers == {404}


def test_a_replaced_ticket_closes_every_phone_that_had_it(app: Flask):
    guest = a_registration()
    phone = guest_browser(app, guest)
    assert phone.get(f"/my/{guest.event.slug}/profile").status_code == 200

    guest.ticket_version = 2

    assert phone.get(f"/my/{guest.event.slug}/profile").status_code == 404


def test_my_pages_without_a_ticket_say_where_it_is(app: Flask, client: FlaskClient):
    event = an_event()
    other = guest_browser(app, a_registration(an_event()))

    for browser in (client, other):
        for path in ("profile", "cancellation", "event.ics"):
            answer = browser.get(f"/my/{event.slug}/{path}")
            assert answer.status_code == 404
            assert "Your ticket opens this page" in answer.text
            assert f'action="/e/{event.slug}/ticket-letter"' in answer.text


def test_a_draft_is_not_betrayed_by_its_my_pages(app: Flask, client: FlaskClient):
    draft = an_event(title="Secret fair", state=EventState.DRAFT)

    for slug in (draft.slug, "no-such-event"):
        answer = client.get(f"/my/{slug}/profile")
        assert answer.status_code == 404
        assert "Secret fair" not in answer.text
        assert "ticket-letter" not in answer.text


def test_a_guest_changes_all_of_the_profile(app: Flask):
    guest = a_registration(consents={})
    phone = guest_browser(app, guest)

    answer = phone.post(
        f"/my/{guest.event.slug}/profile",
        data={
            "name": "Augusta Ada King",
            "first_name": "Ada",
            "company": "Engines",
            "role": "Countess",
            "phone": "+44 (0)20 7946-0000",
            "website": "Ada.example.org/notes",
            "offers": "Programs",
            "seeks": "Machines",
            "interests": "Music",
            "tags": "looms, Looms;  numbers ,",
            "languages": ["en", "fr"],
            "language": "de",
            "may_be_suggested": "y",
            "email_release": "nobody",
            "phone_release": "suggested",
            "website_release": "mutual",
        },
    )

    assert answer.status_code == 303
    assert (guest.name, guest.first_name) == ("Augusta Ada King", "Ada")
    assert (guest.phone, guest.website) == ("+44 (0)20 7946-0000", "https://Ada.example.org/notes")
    assert guest.tags == ["Looms", "numbers"]
    assert guest.languages == ["en", "fr"]
    assert guest.language == "de"
    assert guest.may_be_suggested
    assert not guest.may_be_scanned
    assert guest.visibility == {"email": "nobody", "phone": "suggested", "website": "mutual"}
    assert db.session.scalars(select(ConsentRecord.way)).all() == ["profile"]
    page = phone.get(f"/my/{guest.event.slug}/profile").text
    assert "Your profile is saved." in page
    assert 'value="Looms, numbers"' in page


@pytest.mark.parametrize(
    "website",
    ["javascript:alert(1)", "ftp://example.org", "a b.example.org", "user:pw@example.org", "nodot"],
)
def test_a_website_is_on_the_web(app: Flask, website: str):
    guest = a_registration()

    answer = guest_browser(app, guest).post(
        f"/my/{guest.event.slug}/profile", data={"name": "Ada", "website": website}
    )

    assert answer.status_code == 422
    assert "Please enter a web address" in answer.text
    assert guest.website == ""


def test_hostile_words_come_out_harmless(app: Flask):
    guest = a_registration()
    phone = guest_browser(app, guest)

    phone.post(
        f"/my/{guest.event.slug}/profile",
        data={"name": 'Bobby"><script>alert(1)</script>\r\nBcc: all', "offers": "</textarea><i>"},
    )

    page = phone.get(f"/my/{guest.event.slug}/profile").text
    assert "<script>alert" not in page
    assert "</textarea><i>" not in page
    assert "\n" not in guest.name


def test_after_the_event_a_guest_still_decides_who_sees_what(app: Flask):
    guest = a_registration(name="Ada")
    guest.event.state = EventState.CLOSED
    phone = guest_browser(app, guest)

    page = phone.get(f"/my/{guest.event.slug}/profile").text
    phone.post(f"/my/{guest.event.slug}/profile", data={"name": "Eve", "email_release": "nobody"})

    assert 'name="name"' not in page
    assert 'name="email_release"' in page
    assert guest.name == "Ada"
    assert guest.visibility["email"] == "nobody"
    assert not guest.may_be_found


def test_a_guest_gives_up_the_place_once_and_comes_back(app: Flask):
    event = an_event(capacity=1)
    guest, next_in_line = a_registration(event), a_registration(event)
    phone = guest_browser(app, guest)

    question = phone.get(f"/my/{event.slug}/cancellation").text
    phone.post(f"/my/{event.slug}/cancellation")
    phone.post(f"/my/{event.slug}/cancellation")

    assert "Give up my place" in question
    assert [guest.status, next_in_line.status] == [Status.CANCELLED, Status.CONFIRMED]
    letters = db.session.execute(select(Letter.kind, Letter.address)).all()
    assert letters.count(("cancelled", guest.email)) == 1
    page = phone.get(f"/my/{event.slug}/cancellation").text
    assert "You are no longer registered" in page

    answer = phone.post(f"/my/{event.slug}/return")

    assert answer.status_code == 303
    assert guest.status is Status.WAITING  # the seat is somebody else's by now
    assert event.seats_taken == 1


def test_coming_back_takes_one_press_once_and_leaves_profile_and_consents(app: Flask):
    guest = a_registration(name="Ada", offers="Timber", consents={"may_be_scanned": True})
    slug = guest.event.slug
    phone = guest_browser(app, guest)
    phone.post(f"/my/{slug}/cancellation")
    page = phone.get(f"/my/{slug}").text

    for _ in range(2):
        phone.post(f"/my/{slug}/return")

    assert f'action="/my/{slug}/return"' in page
    assert guest.status is Status.CONFIRMED
    assert guest.event.seats_taken == 1
    assert (guest.name, guest.offers) == ("Ada", "Timber")
    assert (guest.may_be_scanned, guest.may_be_suggested) == (True, False)
    kinds = list(db.session.scalars(select(Letter.kind).order_by(Letter.created_at)))
    assert kinds == ["ticket", "cancelled", "ticket"]


def test_who_comes_back_waits_behind_those_who_waited_before(app: Flask):
    event = an_event(capacity=1)
    guest, second, third = (a_registration(event) for _ in range(3))
    phone = guest_browser(app, guest)
    phone.post(f"/my/{event.slug}/cancellation")
    phone.post(f"/my/{event.slug}/return")

    guest_browser(app, second).post(f"/my/{event.slug}/cancellation")

    assert [third.status, guest.status] == [Status.CONFIRMED, Status.WAITING]


def test_nobody_comes_back_to_an_event_that_is_over(app: Flask):
    guest = a_registration()
    phone = guest_browser(app, guest)
    phone.post(f"/my/{guest.event.slug}/cancellation")
    guest.event.state = EventState.CLOSED

    answer = phone.post(f"/my/{guest.event.slug}/return")

    assert answer.status_code == 409
    assert guest.status is Status.CANCELLED


def test_a_closed_event_cannot_be_cancelled_any_more(app: Flask):
    guest = a_registration()
    guest.event.state = EventState.CLOSED
    phone = guest_browser(app, guest)

    assert "nothing left to cancel" in phone.get(f"/my/{guest.event.slug}/cancellation").text
    assert phone.post(f"/my/{guest.event.slug}/cancellation").status_code == 409
    assert guest.status is Status.CONFIRMED


def test_leaving_closes_my_pages_on_every_device_until_the_ticket_opens_them(app: Flask):
    guest, other = a_registration(), a_registration()
    phone, laptop = guest_browser(app, guest), guest_browser(app, guest)
    others = guest_browser(app, other)
    cookie = phone.get_cookie("session")
    assert cookie is not None

    answer = phone.post(f"/my/{guest.event.slug}/leave")
    phone.set_cookie("session", cookie.value)

    assert answer.status_code == 303
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert phone.get(f"/my/{guest.event.slug}/profile").status_code == 404
    assert laptop.get(f"/my/{guest.event.slug}/profile").status_code == 404
    assert others.get(f"/my/{other.event.slug}/profile").status_code == 200
    laptop.post(f"/T/{ticket_of(guest)}")
    assert laptop.get(f"/my/{guest.event.slug}/profile").status_code == 200


def test_who_has_left_signs_nobody_out_by_leaving_again(app: Flask):
    guest = a_registration()
    old = guest_browser(app, guest)
    guest_browser(app, guest).post(f"/my/{guest.event.slug}/leave")
    phone = a_browser(app)
    phone.post(f"/T/{ticket_of(guest)}")

    old.post(f"/my/{guest.event.slug}/leave")

    assert phone.get(f"/my/{guest.event.slug}/profile").status_code == 200


def test_the_event_goes_into_the_guests_calendar(app: Flask):
    guest = a_registration(an_event(title="Holz; Messe, Ä", timezone="Asia/Tokyo"))

    answer = guest_browser(app, guest).get(f"/my/{guest.event.slug}/event.ics")

    assert answer.mimetype == "text/calendar"
    entry = Calendar.from_ical(answer.data).events[0]
    assert str(entry["summary"]) == "Holz; Messe, Ä"
    assert entry["dtstart"].params["TZID"] == "Asia/Tokyo"
    assert entry.start == guest.event.starts_at.replace(microsecond=0)
    assert ticket_of(guest) not in answer.text.replace("\r\n ", "")
    assert guest.email not in answer.text.replace("\r\n ", "")


NOTHING_SHARED = {f"{field}_release": "nobody" for field in ("email", "phone", "website")}


def test_a_consent_is_taken_back_also_when_the_words_cannot_be_kept(app: Flask):
    guest = a_registration(offers="x" * 3000, phone="call me", tags=list("abcdefghijklmn"))
    phone = guest_browser(app, guest)
    words = {"name": guest.name, "offers": guest.offers, "phone": guest.phone, "language": "en"}

    answer = phone.post(f"/my/{guest.event.slug}/profile", data=words | NOTHING_SHARED)

    assert answer.status_code == 422
    assert "What others may see is saved." in answer.text
    assert (guest.may_be_suggested, guest.may_be_listed, guest.may_be_scanned) == (False,) * 3
    assert guest.visibility["phone"] == "nobody"
    assert len(guest.offers) == 3000


def test_who_sees_what_is_refused_as_a_whole(app: Flask):
    guest = a_registration()
    phone = guest_browser(app, guest)

    answer = phone.post(
        f"/my/{guest.event.slug}/profile",
        data=NOTHING_SHARED | {"name": "Ada", "email_release": "everybody"},
    )

    assert answer.status_code == 422
    assert "is saved" not in answer.text
    assert guest.may_be_suggested


@pytest.mark.parametrize("state", [EventState.OPEN, EventState.CLOSED])
def test_who_cancelled_still_decides_who_sees_what(app: Flask, state: EventState):
    guest = a_registration(name="Ada Lovelace")
    phone = guest_browser(app, guest)
    slug = guest.event.slug
    phone.post(f"/my/{slug}/cancellation")
    guest.event.state = state
    db.session.commit()

    for page in (f"/my/{slug}", f"/my/{slug}/cancellation"):
        assert f'href="/my/{slug}/profile"' in phone.get(page).text
    form = phone.get(f"/my/{slug}/profile").text
    answer = phone.post(f"/my/{slug}/profile", data=NOTHING_SHARED | {"name": "Somebody else"})

    assert 'name="may_be_found"' in form
    assert 'name="offers"' not in form
    assert answer.status_code == 303
    assert not guest.may_be_scanned
    assert guest.visibility == {"email": "nobody", "phone": "nobody", "website": "nobody"}
    assert guest.name == "Ada Lovelace"
    assert guest.status is Status.CANCELLED


def test_a_guest_replaces_a_ticket_link_that_went_astray(app: Flask):
    guest = a_registration()
    slug, old, badge = guest.event.slug, ticket_of(guest), badge_of(guest)
    phone, thief = guest_browser(app, guest), a_browser(app)
    thief.post(f"/T/{old}")
    assert thief.get(f"/my/{slug}/profile").status_code == 200
    db.session.execute(delete(Letter))

    answer = phone.post(f"/my/{slug}/ticket", follow_redirects=True)

    assert "A new ticket link is on its way to you." in answer.text
    assert thief.get(f"/my/{slug}/profile").status_code == 404
    assert (thief.get(f"/T/{old}").status_code, thief.post(f"/T/{old}").status_code) == (404, 404)
    assert phone.get(f"/T/{ticket_of(guest)}").status_code == 200
    assert find_badge(badge, secret=SECRET) is not None
    assert db.session.scalars(select(Letter.kind)).all() == ["ticket"]


def test_an_organiser_replaces_a_ticket_link_once_however_often_they_press(app: Flask):
    owner = an_account()
    guest = a_registration(an_event(owner))
    organiser, stranger = organiser_browser(app, owner), organiser_browser(app, an_account())
    phone = guest_browser(app, guest)
    address = f"/organise/events/{guest.event.slug}/registrations/{guest.uid}/ticket"

    assert stranger.post(address, data={"replaced": 1}).status_code == 404
    answers = [organiser.post(address, data={"replaced": 1}).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert guest.ticket_version == 2
    assert phone.get(f"/my/{guest.event.slug}/profile").status_code == 404


def test_who_cancelled_gets_no_new_ticket(app: Flask):
    guest = a_registration()
    phone = guest_browser(app, guest)
    phone.post(f"/my/{guest.event.slug}/cancellation")

    assert phone.post(f"/my/{guest.event.slug}/ticket").status_code == 409
    assert guest.ticket_version == 1
