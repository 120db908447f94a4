"""Who may come in as a guest of one event: whoever opened its ticket on this device."""

from uuid import UUID

from flask import current_app, g, request, session
from flask_limiter.util import get_remote_address
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventmatch.db import db
from eventmatch.errors import NotFound
from eventmatch.events.models import Event
from eventmatch.i18n import _l
from eventmatch.registration.models import Registration


class TicketNeeded(NotFound):
    """My event opens with the ticket only; the page says where to find it."""

    code = "ticket_needed"
    message = _l("This page opens with your ticket: press the button in our newest letter to you.")


def open_my_event(registration: Registration) -> None:
    """Let this browser into the registration's own pages."""
    tickets = dict(session.get("tickets", {}))
    tickets[registration.event.slug] = _opened(registration)
    session["tickets"] = tickets
    session.permanent = True


def _opened(registration: Registration) -> list[str | int]:
    """Return what the session keeps of an opened ticket; it is good as long as all is the same."""
    return [registration.uid.hex, registration.ticket_version, registration.session_version]


def whose_requests() -> str:
    """Return by which guest requests are counted: at a fair everybody has the same address.

    It is the one of the event in the page's address, if there is one.
    """
    tickets = session.get("tickets") or {}
    slug = (request.view_args or {}).get("slug")
    opened = [tickets[slug]] if slug in tickets else tickets.values()
    return "".join(sorted(uid for uid, *_versions in opened)) or get_remote_address()


def leave_my_event(slug: str) -> None:
    """Sign this browser out of one event."""
    session["tickets"] = {
        other: ticket for other, ticket in session.get("tickets", {}).items() if other != slug
    }


def find_guest(slug: str) -> Registration | None:
    """Return the registration that this browser has opened at the event, or None.

    It comes with its event and person.
    """
    opened = session.get("tickets", {}).get(slug)
    if opened is None:
        return None
    guest = db.session.scalar(
        select(Registration)
        .join(Registration.event)
        .where(Registration.uid == UUID(opened[0]), Event.slug == slug)
        .options(joinedload(Registration.event), joinedload(Registration.person))
    )
    if guest is None or _opened(guest) != opened:
        return None
    g.event, g.guest = guest.event, guest
    return guest


def guest_of(slug: str) -> Registration:
    """Return the registration that this browser has opened at the event.

    Raises: TicketNeeded, also when the ticket was replaced or the guest signed out meanwhile.
    """
    guest = find_guest(slug)
    if guest is None:
        raise TicketNeeded
    return guest


def secret() -> str:
    """Return the key from which all codes are derived."""
    key: str = current_app.config["SECRET_KEY"]
    return key
