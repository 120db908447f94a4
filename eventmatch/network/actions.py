"""What can be done with networks: close an event, and write a note."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from eventmatch import clock
from eventmatch.db import db, hold
from eventmatch.events.models import Event, EventState
from eventmatch.exchange.models import Chip, Exchange
from eventmatch.exchange.remarks import joined_notes
from eventmatch.jobs import enqueue
from eventmatch.mail import send_later
from eventmatch.network.models import Contact, Meeting
from eventmatch.network.moving import (
    CONTACTS,
    exchanges_to_move,
    guests_to_move,
    guests_to_write_to,
    letter_key,
    remarks_to_move,
)
from eventmatch.registration.models import Registration

CHUNK = 100  # exchanges in one transaction, so that nobody waits long for the database

Pair = tuple[int, int]  # owner and other, by the ids of the people


def close_event(event: Event) -> None:
    """End the event and have its contacts moved into everybody's network. Twice is once."""
    hold(event)
    if event.is_closed:
        return
    event.state = EventState.CLOSED
    event.closed_at = clock.now()
    enqueue("close_event", key=event.slug, event_id=event.id)


def move_some_contacts(event: Event, *, limit: int = CHUNK) -> int:
    """Move some pairs into both networks and write to both; return how many, 0 at the end.

    What was moved before stays as it is, so it can be begun anew at any time.
    """
    hold(event)  # the job and the watcher may be at it at the same time
    exchanges = exchanges_to_move(event, limit=limit)
    contacts = _contacts_between(exchanges)
    for exchange in exchanges:
        for pair in _pairs(exchange):
            _note_meeting(contacts[pair], exchange)
    db.session.flush()
    move_remarks(event)
    _write_letters(event, exchanges)
    return len(exchanges)


def move_remarks(event: Event) -> int:
    """Copy what was written at the event about contacts into the writers' networks.

    What a writer has in their network stays; the same words are not written twice.
    """
    count = 0
    for remark, contact in remarks_to_move(event):
        joined = joined_notes(contact.note, remark.text)
        if joined != contact.note:
            change_note(contact, joined)
        contact.chips = [
            chip.value for chip in Chip if chip.value in {*contact.chips, *remark.chips}
        ]
        remark.moved_at = clock.now()
        count += 1
    db.session.flush()
    return count


def _pairs(exchange: Exchange) -> tuple[Pair, Pair]:
    low, high = exchange.low.person_id, exchange.high.person_id
    if low is None or high is None:
        raise ValueError("Only people have networks.")
    return (low, high), (high, low)


def _contacts_between(exchanges: list[Exchange]) -> dict[Pair, Contact]:
    """Return the contacts of all these pairs, made where the two had not met before."""
    pairs = [pair for exchange in exchanges for pair in _pairs(exchange)]
    people = {owner for owner, _other in pairs}
    known = db.session.scalars(
        select(Contact).where(Contact.owner_id.in_(people), Contact.other_id.in_(people))
    )
    contacts = {(contact.owner_id, contact.other_id): contact for contact in known}
    for pair in pairs:
        if pair not in contacts:
            contacts[pair] = _new_contact(*pair)
    return contacts


def _new_contact(owner_id: int, other_id: int) -> Contact:
    """Return the contact, also when another event's closing makes the same at this moment."""
    contact = Contact(owner_id=owner_id, other_id=other_id)
    try:
        with db.session.begin_nested():
            db.session.add(contact)
    except IntegrityError:
        return db.session.scalars(
            select(Contact).where(Contact.owner_id == owner_id, Contact.other_id == other_id)
        ).one()
    return contact


def _note_meeting(contact: Contact, exchange: Exchange) -> None:
    db.session.add(
        Meeting(
            contact_id=contact.id,
            exchange_id=exchange.id,
            event_id=exchange.event_id,
            met_at=exchange.asked_at,
        )
    )


def _write_letters(event: Event, exchanges: Iterable[Exchange]) -> None:
    """Write each person one letter about the event, however often this is called.

    Only once all their contacts are there, since the letter leads to each of them.
    """
    sides = [side for exchange in exchanges for side in (exchange.low, exchange.high)]
    # At the end also to those whose last contact was withdrawn before it could be moved.
    guests = {side.id: side for side in sides or guests_to_write_to(event)}
    for number in guests.keys() - guests_to_move(event):
        _write_to(guests[number], event)


def _write_to(registration: Registration, event: Event) -> None:
    send_later(
        CONTACTS,
        address=registration.email,
        name=registration.name,
        language=registration.language,
        about=event.slug,
        key=letter_key(event, registration),
        registration_id=registration.id,
    )


def change_note(contact: Contact, note: str) -> None:
    """Keep the owner's own words about the contact; nobody else sees them."""
    if contact.note == note:
        return
    contact.note = note
    contact.note_changed_at = clock.now()
