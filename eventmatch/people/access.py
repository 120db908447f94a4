"""Who may see a network: the person who opened it on this device."""

from flask import current_app, g, session
from flask_limiter.util import get_remote_address

from eventmatch.db import db
from eventmatch.errors import NotSignedIn
from eventmatch.people.models import Person


class NetworkClosed(NotSignedIn):
    """Nobody has opened their network in this browser."""

    sign_in_endpoint = "people.show_sign_in"


def find_signed_in_person() -> Person | None:
    """Return whose network is open in this browser, or None."""
    person_id, version = session.get("person", (None, None))
    person = db.session.get(Person, person_id) if person_id is not None else None
    return person if person is not None and person.session_version == version else None


def signed_in_person() -> Person:
    """Return whose network is open in this browser.

    Raises: NetworkClosed.
    """
    person = find_signed_in_person()
    if person is None:
        raise NetworkClosed
    return person


def whose_requests() -> str:
    """Return by whom requests are counted: at a fair everybody has the same network address."""
    person_id, _version = session.get("person", (None, None))
    return f"person {person_id}" if person_id is not None else get_remote_address()


def open_network(person: Person) -> None:
    """Sign the person in on this device.

    Tickets that were opened here stay; the token of forms is a new one, so that what somebody
    saw of the page before is of no use.
    """
    session.pop("csrf_token", None)
    g.pop("csrf_token", None)
    session["person"] = [person.id, person.session_version]
    session.permanent = True


def close_network() -> None:
    """Sign the person out on this device."""
    session.pop("person", None)
    session.pop("csrf_token", None)


def secret() -> str:
    """Return the key from which all codes are derived."""
    key: str = current_app.config["SECRET_KEY"]
    return key
