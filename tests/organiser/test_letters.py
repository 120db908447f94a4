"""Which letters an organiser sees: those about a guest's place, never those about whom they met."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventmatch.db import db
from eventmatch.events.models import Event
from eventmatch.mail import Letter, LetterState, all_kinds, file_of, names_of_letters, send_later
from eventmatch.registration.models import Registration
from tests.factories import a_registration, an_account, an_event, organiser_browser

ABOUT_THE_PLACE = {"ticket", "cancelled", "register_again"}


@pytest.fixture
def fair(app: Flask) -> Event:
    return an_event(an_account("olga@example.org"))


@pytest.fixture
def guest(fair: Event) -> Registration:
    return a_registration(fair)


def _organiser(app: Flask, language: str = "en") -> FlaskClient:
    from eventmatch.accounts.queries import find_account

    account = find_account("olga@example.org")
    assert account is not None
    return organiser_browser(app, account, language)


def _write(guest: Registration, kind: str) -> Letter:
    """Write a letter of this kind, which did not reach its reader and lies in the outbox."""
    letter = send_later(
        kind,
        address=guest.email,
        name=guest.name,
        language="en",
        about=guest.event.slug,
        registration_id=guest.id,
    )
    assert letter is not None
    letter.state = LetterState.FAILED
    db.session.commit()
    path = file_of(letter)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"Subject: Hello\n\nHello")
    return letter


def test_only_letters_about_a_place_are_for_organisers(app: Flask):
    assert set(names_of_letters()) == ABOUT_THE_PLACE
    assert len(all_kinds()) > len(ABOUT_THE_PLACE)


@pytest.mark.parametrize("kind", ["ticket", "cancelled", "register_again"])
def test_an_organiser_sees_a_letter_about_a_place(
    app: Flask, fair: Event, guest: Registration, kind: str
):
    letter = _write(guest, kind)
    here = f"/organise/events/{fair.slug}"

    organiser = _organiser(app)

    assert organiser.get(f"{here}/letters/{letter.id}").status_code == 200
    assert "Every letter could be sent" not in organiser.get(f"{here}/letters?state=failed").text


def test_an_organiser_sees_nothing_of_any_personal_letter(
    app: Flask, fair: Event, guest: Registration
):
    db.session.execute(db.delete(Letter))
    personal = sorted(set(all_kinds()) - ABOUT_THE_PLACE)
    letters = [_write(guest, kind) for kind in personal]
    here = f"/organise/events/{fair.slug}"
    organiser = _organiser(app)

    assert "contacts" in personal
    assert "No letter yet" in organiser.get(f"{here}/letters").text
    assert "Every letter could be sent" in organiser.get(f"{here}/letters?state=failed").text
    assert (
        "We have not written to this guest yet"
        in organiser.get(f"{here}/registrations/{guest.uid}").text
    )
    assert "state=failed" not in organiser.get(here).text
    for letter in letters:
        for path in ("", "/page", "/files/0"):
            assert organiser.get(f"{here}/letters/{letter.id}{path}").status_code == 404


def test_every_letter_an_organiser_sees_has_a_german_name(
    app: Flask, fair: Event, guest: Registration
):
    for kind in names_of_letters():
        _write(guest, kind)
    here = f"/organise/events/{fair.slug}"
    organiser = _organiser(app, "de")

    for page in (f"{here}/letters", f"{here}/registrations/{guest.uid}"):
        text = organiser.get(page).text
        assert "Absage" in text or "Stornierung" in text
        for kind in ABOUT_THE_PLACE:
            assert f">{kind}<" not in text
            assert f">{kind} <" not in text
