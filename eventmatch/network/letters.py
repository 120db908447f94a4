"""What the letters of this room say: whom one has met."""

from collections.abc import Sequence

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventmatch.db import db
from eventmatch.exchange.queries import Counterpart, mutual_of
from eventmatch.mail import Content, letter
from eventmatch.registration.letters import greeted
from eventmatch.registration.models import Registration

MOST_TO_FOLLOW_UP = 3


@letter("contacts")
def compose_contacts(*, registration_id: int) -> Content | None:
    """Compose the letter after an event: names only, since what was sent cannot be withdrawn."""
    registration = db.session.scalar(
        select(Registration)
        .where(Registration.id == registration_id)
        .options(joinedload(Registration.event))
    )
    contacts = mutual_of(registration) if registration is not None else []
    if registration is None or not contacts:
        return None
    return Content(
        {
            "event": registration.event,
            "greeted": greeted(registration.first_name or registration.name),
            "contacts": sorted(contacts, key=lambda contact: contact.card.name.casefold()),
            "to_follow_up": worth_following_up(contacts),
            "network_url": url_for("network.show_network", _external=True),
        }
    )


def worth_following_up(contacts: Sequence[Counterpart]) -> list[Counterpart]:
    """Return at most three to write to first.

    Those who can be reached come first, among them those who scanned back, face to face, and of
    these the ones met last, whom one remembers best. Of so few that all could be named, nobody is
    singled out.
    """
    if len(contacts) <= MOST_TO_FOLLOW_UP:
        return []
    return sorted(contacts, key=_promise, reverse=True)[:MOST_TO_FOLLOW_UP]


def _promise(contact: Counterpart) -> tuple[bool, bool, float]:
    can_be_reached = bool(contact.card.email or contact.card.phone)
    return (can_be_reached, contact.way == "scan", contact.since.timestamp())
