"""Objects with dull defaults, so that a test states only what matters to it."""

from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from eventmatch.accounts.access import password_hash
from eventmatch.accounts.actions import create_account
from eventmatch.accounts.models import Account
from eventmatch.clock import now
from eventmatch.db import db
from eventmatch.events.actions import create_event
from eventmatch.events.models import Event, EventState
from eventmatch.network.actions import move_some_contacts
from eventmatch.people.models import Person
from eventmatch.registration.actions import register, verify
from eventmatch.registration.consents import CONSENT_NAMES
from eventmatch.registration.models import Registration
from eventmatch.registration.profile import Profile
from eventmatch.registration.queries import badge_code, ticket_code

SECRET = "a key for tests, long enough to be taken"
NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
ALL_CONSENTS = dict.fromkeys(CONSENT_NAMES, True)

_numbers = count(1)


def start_anew() -> None:
    """Count from 1 again, so that every test sees the same names."""
    global _numbers
    _numbers = count(1)


@cache
def _hash(password: str) -> str:
    """Return the password's hash; made once, since it takes its time on purpose."""
    return password_hash(password)


def an_account(email: str | None = None, *, name: str = "Olga Organiser") -> Account:
    """Return a stored account whose password is `correct horse`."""
    account = create_account(
        email=email or f"organiser{next(_numbers)}@example.org",
        name=name,
        password_hash=_hash("correct horse"),
        language="en",
    )
    db.session.commit()
    return account


def an_event(
    owner: Account | None = None, *, state: EventState = EventState.OPEN, **details: Any
) -> Event:
    """Return a stored event that began an hour ago, with 100 seats."""
    defaults: dict[str, Any] = {
        "title": f"Fair {next(_numbers)}",
        "place": "Town hall",
        "starts_at": now() - timedelta(hours=1),
        "ends_at": now() + timedelta(hours=8),
        "timezone": "Europe/Berlin",
        "capacity": 100,
    }
    event = create_event(owner=owner, **(defaults | details))
    event.state = state
    db.session.commit()
    return event


def a_registration(
    event: Event | None = None,
    *,
    email: str | None = None,
    name: str | None = None,
    consents: dict[str, bool] | None = None,
    verified: bool = True,
    language: str = "en",
    group: str = "",
    **profile: Any,
) -> Registration:
    """Return a stored registration with all consents, whose ticket link was used."""
    number = next(_numbers)
    registration = register(
        event or an_event(),
        email=email or f"guest{number}@example.org",
        profile=Profile(name=name or f"Guest {number}", **profile),
        language=language,
        secret=SECRET,
        consents=ALL_CONSENTS if consents is None else consents,
        group=group,
    )
    if verified:
        verify(registration)
    db.session.commit()
    return registration


def badge_of(registration: Registration, version: int = 1) -> str:
    """Return the code on the registration's badge."""
    return badge_code(registration, version, secret=SECRET)


def ticket_of(registration: Registration) -> str:
    """Return the code of the registration's ticket."""
    return ticket_code(registration, secret=SECRET)


def guest_browser(app: Flask, registration: Registration, language: str = "en") -> FlaskClient:
    """Return a browser in which the guest has opened their ticket."""
    browser = app.test_client()
    browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    with browser.session_transaction() as session:
        session["tickets"] = {
            registration.event.slug: [
                registration.uid.hex,
                registration.ticket_version,
                registration.session_version,
            ]
        }
    return browser


def organiser_browser(app: Flask, account: Account, language: str = "en") -> FlaskClient:
    """Return a browser in which the account is signed in."""
    browser = app.test_client()
    browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    with browser.session_transaction() as session:
        session["_user_id"] = account.fs_uniquifier
        session["_fresh"] = True
        session["fs_cc"] = "set"
        session["fs_paa"] = now().timestamp()
    return browser


def person_browser(app: Flask, person: Person, language: str = "en") -> FlaskClient:
    """Return a browser in which the person has opened their network."""
    browser = app.test_client()
    browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    with browser.session_transaction() as session:
        session["person"] = [person.id, person.session_version]
    return browser


def move_contacts(event: Event) -> None:
    """Move all contacts of the event that are not moved yet, in one transaction."""
    while move_some_contacts(event):
        pass
