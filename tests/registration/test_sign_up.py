"""The public page of an event: registering in a minute, and telling nobody who is registered."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from eventmatch.db import db
from eventmatch.events.models import EventState
from eventmatch.mail import Letter, deliver_due
from eventmatch.registration.models import ConsentRecord, Registration, Status
from eventmatch.web import cleaning
from tests.conftest import a_browser
from tests.factories import a_registration, an_event, guest_browser


def _form(**changes: Any) -> dict[str, Any]:
    return {"name": "Ada Lovelace", "email": "ada@example.org", "language": "en", **changes}


def _only_registration() -> Registration:
    return db.session.scalars(select(Registration)).one()


def test_a_guest_registers_with_name_and_address_alone(app: Flask, client: FlaskClient):
    slug = an_event().slug

    answer = client.post(f"/e/{slug}", data={"name": " Ada  Lovelace ", "email": "Ada@Example.org"})

    assert answer.status_code == 303
    assert answer.location.endswith(f"/e/{slug}/thanks")
    registration = _only_registration()
    assert (registration.name, registration.email) == ("Ada Lovelace", "ada@example.org")
    assert registration.status is Status.CONFIRMED
    assert not any(
        (
            registration.may_be_suggested,
            registration.may_be_listed,
            registration.may_be_scanned,
            registration.may_be_found,
        )
    )


def test_all_that_was_typed_and_ticked_is_kept(app: Flask, client: FlaskClient):
    slug = an_event().slug
    said = {
        "company": "Analytical Engines",
        "role": "Countess",
        "offers": "Programs\nfor looms",
        "seeks": "A machine",
        "interests": "Bernoulli numbers",
    }

    client.post(f"/e/{slug}", data=_form(**said, may_be_suggested="y", may_be_found="y"))

    registration = _only_registration()
    assert {name: getattr(registration, name) for name in said} == said
    assert registration.may_be_suggested
    assert registration.may_be_found
    assert not registration.may_be_listed
    purposes = set(db.session.scalars(select(ConsentRecord.purpose)))
    assert purposes == {"may_be_suggested", "may_be_found"}


def test_new_known_waiting_and_cancelled_addresses_get_the_same_answer(
    app: Flask, client: FlaskClient
):
    event = an_event(capacity=1)
    known = a_registration(event)
    waiting = a_registration(event)
    pages = []

    for address in (known.email, waiting.email, "new@example.org", "also-new@example.org"):
        answer = client.post(f"/e/{event.slug}", data=_form(email=address), follow_redirects=True)
        pages.append((answer.status_code, answer.text.replace(address, "ADDRESS")))

    assert len(set(pages)) == 1
    assert pages[0][0] == 200
    assert "We have written to" in pages[0][1]


def test_a_known_address_asks_the_database_as_often_as_a_new_one(
    app: Flask, client: FlaskClient, count_queries: Callable[[Callable[[], object]], int]
):
    event = an_event(capacity=1000)
    known = a_registration(event).email

    asked = [
        count_queries(partial(client.post, f"/e/{event.slug}", data=_form(email=address)))
        for address in (known, "new@example.org")
    ]

    assert asked[0] == asked[1] > 0


def test_a_double_click_makes_one_registration_and_one_letter(app: Flask, client: FlaskClient):
    slug = an_event().slug

    for _ in range(3):
        client.post(f"/e/{slug}", data=_form())

    assert db.session.scalar(select(func.count(Registration.id))) == 1
    assert db.session.scalar(select(func.count(Letter.id))) == 1


def test_who_types_anothers_address_again_and_again_cannot_flood_their_mailbox(
    app: Flask, client: FlaskClient
):
    slug = an_event().slug

    for _ in range(12):
        client.post(f"/e/{slug}", data=_form())
        deliver_due()

    assert db.session.scalar(select(func.count(Letter.id))) == 5


def test_who_registers_with_a_known_address_does_not_change_the_profile(
    app: Flask, client: FlaskClient
):
    event = an_event()
    known = a_registration(event, name="Grace Hopper", offers="Compilers")

    client.post(f"/e/{event.slug}", data=_form(email=known.email, name="Mallory", offers="Spam"))

    assert (_only_registration().name, _only_registration().offers) == ("Grace Hopper", "Compilers")


def test_typing_the_address_of_who_cancelled_takes_no_seat_and_only_writes_to_them(
    app: Flask, client: FlaskClient
):
    event = an_event(capacity=3)
    gone, known = a_registration(event), a_registration(event)
    guest_browser(app, gone).post(f"/my/{event.slug}/cancellation")
    deliver_due()
    pages = []

    for address in (gone.email, known.email, "new@example.org"):
        form = _form(email=address, name="Mallory", offers="Spam")
        answer = client.post(f"/e/{event.slug}", data=form, follow_redirects=True)
        pages.append((answer.status_code, answer.text.replace(address, "ADDRESS")))

    assert len(set(pages)) == 1
    assert gone.status is Status.CANCELLED
    assert (gone.name, gone.offers) != ("Mallory", "Spam")
    assert event.seats_taken == 2
    letters = select(Letter.kind).where(Letter.address == gone.email).order_by(Letter.created_at)
    assert list(db.session.scalars(letters)) == ["ticket", "cancelled", "register_again"]


def test_who_cancelled_asks_for_the_ticket_and_gets_the_way_back_a_few_times(
    app: Flask, client: FlaskClient
):
    event = an_event()
    gone = a_registration(event)
    guest_browser(app, gone).post(f"/my/{event.slug}/cancellation")

    for _ in range(8):
        client.post(f"/e/{event.slug}/ticket-letter", data={"email": gone.email})
        deliver_due()

    kinds = list(db.session.scalars(select(Letter.kind)))
    assert (kinds.count("register_again"), kinds.count("ticket")) == (5, 1)
    assert gone.status is Status.CANCELLED


def test_a_full_event_says_so_before_anybody_fills_in_the_form(app: Flask, client: FlaskClient):
    event = an_event(capacity=1)
    assert "All seats are taken" not in client.get(f"/e/{event.slug}").text
    a_registration(event)

    page = client.get(f"/e/{event.slug}").text

    assert "All seats are taken" in page
    assert page.index("All seats are taken") < page.index("<form")


def test_nothing_typed_is_lost_when_something_is_wrong(app: Flask, client: FlaskClient):
    slug = an_event().slug
    said = "Ein Rundgang, wer mag — <b>und</b> „Daten“"

    answer = client.post(
        f"/e/{slug}",
        data=_form(email="ada@", offers=said, company="Möbelwerkstatt", may_be_scanned="y"),
    )

    assert answer.status_code == 422
    assert "Please enter a mail address such as name@example.org." in answer.text
    assert "Ein Rundgang, wer mag — &lt;b&gt;und&lt;/b&gt; „Daten“" in answer.text
    assert 'value="Möbelwerkstatt"' in answer.text
    assert re.search(r'<input[^>]* checked[^>]* id="may_be_scanned"', answer.text)
    assert db.session.scalar(select(func.count(Registration.id))) == 0


@pytest.mark.parametrize(
    ("field", "label", "most"),
    [("name", "Your name", 100), ("role", "Your role", 150), ("seeks", "looking for", 2000)],
)
def test_a_text_that_is_too_long_is_refused_by_name(
    app: Flask, client: FlaskClient, field: str, label: str, most: int
):
    slug = an_event().slug

    fits = client.post(f"/e/{slug}", data=_form(**{field: "x" * most}))
    answer = client.post(f"/e/{slug}", data=_form(**{field: "x" * (most + 1)}))

    assert fits.status_code == 303
    assert answer.status_code == 422
    assert f"has room for {most} characters; these are {most + 1}." in answer.text
    assert label in answer.text


def test_an_address_that_is_too_long_is_refused_before_anybody_reads_it(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
):
    slug = an_event().slug
    read: list[str] = []
    monkeypatch.setattr(cleaning, "validate_email", lambda text, **_options: read.append(text))

    answer = client.post(f"/e/{slug}", data=_form(email="a" * 50_000 + "@" + "b." * 25_000))

    assert answer.status_code == 422
    assert read == []


def test_a_draft_cannot_be_found_and_a_closed_event_says_that_it_is_over(
    app: Flask, client: FlaskClient
):
    draft, closed = an_event(state=EventState.DRAFT), an_event(state=EventState.CLOSED)

    assert client.get(f"/e/{draft.slug}").status_code == 404
    assert client.post(f"/e/{draft.slug}", data=_form()).status_code == 404
    page = client.get(f"/e/{closed.slug}")
    assert page.status_code == 200
    assert "This event is over." in page.text
    assert "<input" not in page.text
    assert client.post(f"/e/{closed.slug}", data=_form()).status_code == 409
    assert db.session.scalar(select(func.count(Registration.id))) == 0


def test_the_page_reads_in_the_visitors_language_and_offers_it_for_letters(app: Flask):
    event = an_event(
        title="Holzmesse",
        starts_at=datetime(2027, 5, 3, 22, 30, tzinfo=UTC),
        ends_at=datetime(2027, 5, 4, 6, 0, tzinfo=UTC),
        timezone="Europe/Berlin",
    )

    german = a_browser(app, "de").get(f"/e/{event.slug}").text
    english = a_browser(app, "en").get(f"/e/{event.slug}").text
    switched = a_browser(app, "de").get(f"/e/{event.slug}?lang=en").text

    assert '<html lang="de"' in german
    assert "Dienstag, 4. Mai 2027, 00:30" in german  # after midnight at the place of the event
    assert '<option selected value="de">' in german
    assert '<html lang="en"' in english
    assert "Tuesday, 4 May 2027, 00:30" in english
    assert '<option selected value="en">' in english
    assert '<html lang="en"' in switched


def test_letters_come_in_the_language_of_an_event_that_has_one(app: Flask):
    slug = an_event(languages=["de"]).slug
    client = a_browser(app, "en")

    page = client.get(f"/e/{slug}").text
    client.post(f"/e/{slug}", data={"name": "Ada", "email": "ada@example.org", "language": "en"})

    assert 'name="language"' not in page
    assert db.session.scalar(select(func.count(Registration.id))) == 1
    assert _only_registration().language == "de"


def test_a_program_that_fills_in_every_field_is_thanked_and_forgotten(
    app: Flask, client: FlaskClient
):
    slug = an_event().slug

    answer = client.post(f"/e/{slug}", data=_form(subject="Cheap watches"))

    assert answer.status_code == 303
    assert db.session.scalar(select(func.count(Registration.id))) == 0


def test_the_ticket_is_sent_again_to_a_registered_address_and_the_answer_does_not_tell(
    app: Flask, client: FlaskClient
):
    event = an_event()
    known = a_registration(event)
    deliver_due()
    pages = []

    for address in (known.email, "stranger@example.org"):
        answer = client.post(
            f"/e/{event.slug}/ticket-letter", data={"email": address}, follow_redirects=True
        )
        pages.append((answer.status_code, answer.text.replace(address, "ADDRESS")))

    assert pages[0] == pages[1]
    addresses = list(db.session.scalars(select(Letter.address)))
    assert addresses == [known.email, known.email]


def test_pages_of_one_address_are_not_shown_to_the_next_visitor(app: Flask, client: FlaskClient):
    slug = an_event().slug
    client.post(f"/e/{slug}", data=_form())

    assert "ada@example.org" in client.get(f"/e/{slug}/thanks").text
    assert "ada@example.org" not in client.get(f"/e/{slug}/thanks").text
    assert "ada@example.org" not in a_browser(app).get(f"/e/{slug}/thanks").text


def test_looking_at_the_public_pages_changes_nothing(app: Flask, client: FlaskClient):
    event = an_event()
    a_registration(event)
    before = _rows()

    for path in (f"/e/{event.slug}", f"/e/{event.slug}/thanks", f"/e/{event.slug}/ticket-letter"):
        assert client.get(path).status_code == 200
        assert client.head(path).status_code == 200

    assert _rows() == before


def _rows() -> dict[str, list[Any]]:
    tables = db.metadata.sorted_tables
    return {table.name: list(db.session.execute(table.select())) for table in tables}
