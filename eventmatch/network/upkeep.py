"""What a person does to keep their network alive: plans, signs of life, the archive."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select

from eventmatch import clock
from eventmatch.codes import derived_code
from eventmatch.db import db, hold
from eventmatch.errors import NotFound
from eventmatch.events.models import Event, EventState
from eventmatch.exchange import actions as exchanges
from eventmatch.exchange.models import Chip
from eventmatch.exchange.queries import exchanges_between
from eventmatch.mail import send_later
from eventmatch.network import acquainting
from eventmatch.network.actions import change_note
from eventmatch.network.models import Contact, IntroductionState, Upkeep, WarmIntroduction
from eventmatch.people.models import Person
from eventmatch.registration import actions as guests
from eventmatch.registration.models import Registration

MOST_TAGS = 12
LONGEST_TAG = 30
RHYTHMS = (30, 90, 180, 365)  # days
DIGEST_EVERY = timedelta(days=7)
_SETTLED_BY_WRITING = {Chip.FOLLOW_UP.value, Chip.SEND_INFO.value}


def today() -> date:
    """Return the day by which plans are due; a network has no time zone, so it is UTC's."""
    return clock.now().date()


def read_tags(text: str) -> list[str]:
    """Return the tags in a line, divided by commas; each once, as first written."""
    tags: dict[str, str] = {}
    for part in text.split(","):
        tag = " ".join(part.split()).lstrip("#")[:LONGEST_TAG].strip()
        if tag:
            tags.setdefault(tag.casefold(), tag)
    return list(tags.values())[:MOST_TAGS]


def plan(
    contact: Contact,
    *,
    note: str,
    tags: Iterable[str],
    chips: Iterable[str],
    follow_up_on: date | None,
    rhythm_days: int | None,
) -> None:
    """Keep what the owner writes and plans about the contact, in place of what was there.

    A rhythm without a day begins today.
    """
    change_note(contact, note)
    if contact.tags != list(tags):
        contact.tags = list(tags)
        contact.note_changed_at = clock.now()
    chosen = set(chips)
    contact.chips = [chip.value for chip in Chip if chip.value in chosen]
    contact.rhythm_days = rhythm_days if rhythm_days in RHYTHMS else None
    if follow_up_on is None and contact.rhythm_days is not None:
        follow_up_on = today() + timedelta(days=contact.rhythm_days)
    contact.follow_up_on = follow_up_on


def note_touch(contact: Contact) -> None:
    """Note that the owner was in touch; the next time is due by the rhythm, if there is one."""
    contact.in_touch_at = clock.now()
    contact.chips = [chip for chip in contact.chips if chip not in _SETTLED_BY_WRITING]
    rhythm = contact.rhythm_days
    contact.follow_up_on = None if rhythm is None else today() + timedelta(days=rhythm)


def put_off(contact: Contact, *, days: int = 7) -> None:
    """Be reminded of the contact some days later."""
    contact.follow_up_on = today() + timedelta(days=days)


def archive(contact: Contact, *, archived: bool) -> None:
    """Put the contact away, or bring it back; it stays shared, and plans are kept."""
    if archived != (contact.archived_at is not None):
        contact.archived_at = clock.now() if archived else None


def withdraw_contact(contact: Contact) -> None:
    """Take back all that ties the two; the owner's notes stay.

    Neither sees the other from this moment on.
    """
    acquainting.take_back(contact)
    mine, theirs = _registrations(contact.owner_id), _registrations(contact.other_id)
    if mine and theirs:
        for exchange in exchanges_between(mine[0], theirs[0]):
            if exchange.is_mutual:
                is_low = exchange.low.person_id == contact.owner_id
                exchanges.withdraw(exchange, exchange.low if is_low else exchange.high)
    for introduction in _introductions(contact):
        hold(introduction)
        introduction.state = IntroductionState.WITHDRAWN
        introduction.answered_at = clock.now()
        introduction.is_refused = introduction.is_refused or (
            introduction.target_id == contact.owner_id
        )


def block_contact(contact: Contact) -> None:
    """Have nothing to do with the contact any more, at any event. Raises: NotFound."""
    withdraw_contact(contact)
    mine, theirs = _registrations(contact.owner_id), _registrations(contact.other_id)
    if not mine or not theirs:
        raise NotFound
    exchanges.block_person(mine[-1], theirs[-1])


def _registrations(person_id: int) -> list[Registration]:
    statement = (
        select(Registration).where(Registration.person_id == person_id).order_by(Registration.id)
    )
    return list(db.session.scalars(statement))


def _introductions(contact: Contact) -> list[WarmIntroduction]:
    pair = (contact.owner_id, contact.other_id)
    statement = select(WarmIntroduction).where(
        WarmIntroduction.asker_id.in_(pair),
        WarmIntroduction.target_id.in_(pair),
        WarmIntroduction.state == IntroductionState.ACCEPTED,
    )
    return list(db.session.scalars(statement))


# What one's contacts see


def closed_registrations(person: Person) -> list[Registration]:
    """Return the person's registrations at events that are over, the newest last."""
    statement = (
        select(Registration)
        .join(Event, Registration.event_id == Event.id)
        .where(Registration.person_id == person.id, Event.state == EventState.CLOSED)
        .order_by(Event.ends_at, Registration.id)
    )
    return list(db.session.scalars(statement))


CARD_FIELDS = ("name", "company", "role", "phone", "website")


def card_fields(registrations: Sequence[Registration]) -> dict[str, str]:
    """Return what the person last said of themselves in each field, wherever that was."""
    return {
        name: next((value for one in reversed(registrations) if (value := getattr(one, name))), "")
        for name in CARD_FIELDS
    }


def change_card(person: Person, fields: Mapping[str, str], releases: Mapping[str, str]) -> None:
    """Let all who may see the person's details see these from now on, wherever they met.

    At events that are still open the profile there says it, since it is on the badge, too.
    Raises: NotFound when the person was at no event that is over.
    """
    registrations = closed_registrations(person)
    if not registrations:
        raise NotFound
    person.name = fields["name"]
    for registration in registrations:
        guests.change_card(registration, fields)
        registration.visibility = {**registration.visibility, **releases}


# The digest


def upkeep_of(person: Person) -> Upkeep:
    """Return how the person wants to be reminded; not stored as long as they say nothing."""
    return db.session.get(Upkeep, person.id) or Upkeep(person_id=person.id, wants_digest=True)


def change_upkeep(person: Person, *, wants_digest: bool, paused_until: date | None) -> None:
    """Keep whether and when the person wants to be reminded by mail."""
    upkeep = upkeep_of(person)
    upkeep.wants_digest, upkeep.paused_until = wants_digest, paused_until
    db.session.add(upkeep)


def stop_code(person_id: int, *, secret: str) -> str:
    """Return the code with which whoever reads the digest can stop it."""
    return derived_code(secret, "digest", person_id)


def people_to_remind() -> list[Person]:
    """Return who has somebody to be in touch with by today, and was not reminded this week."""
    statement = (
        select(Person)
        .outerjoin(Upkeep, Upkeep.person_id == Person.id)
        .where(
            Person.id.in_(
                select(Contact.owner_id).where(
                    Contact.follow_up_on <= today(), Contact.archived_at.is_(None)
                )
            ),
            or_(Upkeep.person_id.is_(None), Upkeep.wants_digest),
            or_(Upkeep.paused_until.is_(None), Upkeep.paused_until <= today()),
            or_(
                Upkeep.last_digest_at.is_(None),
                Upkeep.last_digest_at <= clock.now() - DIGEST_EVERY,
            ),
        )
        .order_by(Person.id)
        .limit(200)
    )
    return list(db.session.scalars(statement))


def write_digest(person: Person) -> None:
    """Write the person a letter about whom they wanted to be in touch with; once a week."""
    hold(person)
    upkeep = upkeep_of(person)
    last: datetime | None = upkeep.last_digest_at
    if last is not None and last > clock.now() - DIGEST_EVERY:
        return
    upkeep.last_digest_at = clock.now()
    db.session.add(upkeep)
    send_later(
        "digest",
        address=person.email,
        name=person.name,
        language=person.language,
        key=f"{person.id}:{today().isoformat()}",
        person_id=person.id,
    )
