"""Deleting somebody: at one event by the ticket, or everywhere by the person.

What counts heads stays, without a name: the row of the registration is emptied, and so is the
person's, for what points to them: scans, seats, and other people's own notes.
"""

import json
import os
from dataclasses import fields
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import Select, delete, or_, select
from sqlalchemy.orm import joinedload

from eventmatch import clock
from eventmatch.checkin.models import Attendance
from eventmatch.codes import fresh_code
from eventmatch.config import setting
from eventmatch.db import Model, db, hold
from eventmatch.exchange.models import Exchange, ExchangeState
from eventmatch.mail import NOBODY, Letter, file_of
from eventmatch.matching.models import WordCount
from eventmatch.people.models import Person
from eventmatch.privacy.holdings import HOLDINGS, Fate
from eventmatch.registration import actions as registrations
from eventmatch.registration.models import Badge, Registration, Status
from eventmatch.registration.profile import Profile

NAMELESS = "–"


def delete_registration(registration: Registration) -> None:
    """Delete the guest at this event; and the person, if this was all there was of them.

    A seat that nobody took yet is given to the next. Twice is once.
    """
    _note_deletion(registration)
    empty_registration(registration)


def delete_person(person: Person) -> None:
    """Delete the person, their network, and what they were at every event. Twice is once."""
    for registration in _registrations(person.id) + _not_opened(person):
        _note_deletion(registration)
        _empty(registration)
    _empty_person(person)


def repeat_deletions() -> int:
    """Delete anew whom a restored backup has brought back; return how many registrations."""
    path = _deletions()
    lines = path.read_text().splitlines() if path.exists() else []
    uids = [UUID(json.loads(line)["registration"]) for line in lines if line.startswith("{")]
    count = 0
    for uid in uids:
        found = db.session.scalar(_with_event().where(Registration.uid == uid))
        if found is not None:
            empty_registration(found)
            count += 1
    return count


def _deletions() -> Path:
    path: Path = setting("INSTANCE") / "deletions.jsonl"
    return path


def _note_deletion(registration: Registration) -> None:
    """Write down that this registration is to stay deleted, whatever backup is restored.

    Outside of the database and before it: of the two, the list may know more.
    """
    line = json.dumps({"registration": registration.uid.hex, "at": clock.now().isoformat()})
    with _deletions().open("a") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())


def _with_event() -> Select[Registration]:
    return select(Registration).options(joinedload(Registration.event))


def _registrations(person_id: int) -> list[Registration]:
    return list(db.session.scalars(_with_event().where(Registration.person_id == person_id)))


def _not_opened(person: Person) -> list[Registration]:
    """Return what was registered under the person's address, and never opened."""
    unknown = (Registration.email == person.email, Registration.person_id.is_(None))
    return list(db.session.scalars(_with_event().where(*unknown)))


def empty_registration(registration: Registration) -> None:
    """Leave nothing in the row and around it that tells who it was.

    Nor of the person, if this was all there was of them.
    """
    person_id = registration.person_id
    _empty(registration)
    if person_id is not None and not _registrations(person_id):
        _empty_person(db.session.get_one(Person, person_id))


def _empty(registration: Registration) -> None:
    hold(registration)
    address = registration.email
    _give_up_seat(registration)
    _end_exchanges(registration)
    _delete_rows(Registration, registration.id)
    # Words that only one guest uses tell of that guest; the next run counts them anew.
    db.session.execute(delete(WordCount).where(WordCount.event_id == registration.event_id))
    for badge in db.session.scalars(
        select(Badge).where(Badge.registration_id == registration.id, Badge.withdrawn_at.is_(None))
    ):
        badge.withdrawn_at = clock.now()
    delete_letters(address, registration.event.slug)
    for field in fields(Profile):
        setattr(registration, field.name, _nothing_like(getattr(registration, field.name)))
    registration.name, registration.sort_key = NAMELESS, ""
    registration.email = f"{uuid4().hex}{NOBODY}"
    registration.uid = uuid4()
    registration.ticket_fingerprint = fresh_code()
    registration.person_id = registration.person = registration.verified_at = None
    registration.visibility, registration.answers, registration.group = {}, {}, ""
    registration.may_be_suggested = registration.may_be_listed = False
    registration.may_be_scanned = registration.may_be_found = False
    registration.session_version += 1
    registration.profile_changed_at = clock.now()
    db.session.flush()


def _nothing_like(value: object) -> object:
    return [] if isinstance(value, list) else ""


def _give_up_seat(registration: Registration) -> None:
    """Free the seat of whom nobody has seen; who came has come, also without a name."""
    came = db.session.get(Attendance, registration.id) is not None
    if not came and registration.status is not Status.CANCELLED:
        event = registration.event
        if event.is_closed or event.ends_at < clock.now():
            return  # nobody needs the seat any more, and figures stay as they were
        registrations.cancel(registration)


def _end_exchanges(registration: Registration) -> None:
    number = registration.id
    for exchange in db.session.scalars(
        select(Exchange).where(or_(Exchange.low_id == number, Exchange.high_id == number))
    ):
        hold(exchange)
        exchange.state = ExchangeState.WITHDRAWN
        exchange.note_refusal(number)
        exchange.answered_at = clock.now()


def _empty_person(person: Person) -> None:
    hold(person)
    _delete_rows(Person, person.id)
    delete_letters(person.email, None)
    person.email, person.name = f"{uuid4().hex}{NOBODY}", NAMELESS
    person.session_version += 1
    db.session.flush()


def _delete_rows(of: type[Model], number: int) -> None:
    for holding in HOLDINGS:
        if holding.fate is Fate.DELETED and holding.names(of):
            column = getattr(holding.table, holding.column)
            db.session.execute(delete(holding.table).where(column == number))


def delete_letters(address: str, about: str | None) -> None:
    """Delete the letters to the address: about one event, or all."""
    letters = select(Letter).where(Letter.address == address)
    if about is not None:
        letters = letters.where(Letter.about == about)
    for letter in db.session.scalars(letters):
        file_of(letter).unlink(missing_ok=True)
        db.session.delete(letter)
