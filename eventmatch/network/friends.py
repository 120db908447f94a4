"""Contacts of contacts: who can be introduced, and by whom.

A friend of a friend is seen only where both agreed: the shared contact by being willing to be
asked, the friend by letting contacts of their contacts find them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from eventmatch import clock
from eventmatch.config import setting
from eventmatch.db import db
from eventmatch.errors import NotFound
from eventmatch.exchange.models import Block, Exchange, ExchangeState
from eventmatch.exchange.queries import card_for
from eventmatch.network.models import (
    Connector,
    Contact,
    IntroductionState,
    Meeting,
    WarmIntroduction,
)
from eventmatch.network.queries import (
    Known,
    known_where,
    may_be_found,
)
from eventmatch.network.ties import acquainted_pairs, newest_registration
from eventmatch.people.models import Person
from eventmatch.people.visibility import Card, Relation
from eventmatch.registration.models import Registration

ASKED_FOR = timedelta(days=30)  # so long an introduction may take; then one may ask anew
_MONTH = timedelta(days=30)
_OPEN = (IntroductionState.ASKED, IntroductionState.PASSED)


@dataclass(frozen=True)
class Door:
    """A shared contact who may be asked to introduce somebody."""

    uid: UUID  # of the asker's contact
    person_id: int
    name: str


@dataclass
class Friend:
    """A contact of a contact, as the one who looks sees them."""

    uid: UUID  # of the newest registration; it opens nothing by itself
    person_id: int
    card: Card
    doors: list[Door] = field(default_factory=list)
    asked_at: datetime | None = None  # the one who looks has asked to be introduced


def friends_of_friends(person: Person) -> list[Friend]:
    """Return whom the person's contacts may introduce, those with the most doors first."""
    mine = known_where(Contact.owner_id == person.id)
    doors = _doors(person, mine)
    if not doors:
        return []
    hidden = {known.contact.other_id for known in mine} | people_apart(person) | {person.id}
    friends: dict[int, Friend] = {}
    strangers = and_(Contact.owner_id.in_(doors), Contact.other_id.not_in(hidden))
    for known in known_where(and_(strangers, may_be_found(Contact))):
        other = known.contact.other_id
        friend = friends.setdefault(other, _friend(known))
        friend.doors.append(doors[known.contact.owner_id])
    _note_asked(person, friends)
    return sorted(friends.values(), key=lambda friend: (-len(friend.doors), friend.card.name))


def _friend(known: Known) -> Friend:
    return Friend(
        uid=known.source.uid,
        person_id=known.contact.other_id,
        card=card_for(known.source, Relation.FINDABLE),
    )


def _doors(person: Person, mine: Iterable[Known]) -> dict[int, Door]:
    """Return which of these contacts may be asked this month, by their person's id.

    What the person has asked by themselves closes no door, or it would be gone from their sight.
    """
    contacts = {known.contact.other_id: known for known in mine}
    willing = set(
        db.session.scalars(
            select(Connector.person_id).where(
                Connector.person_id.in_(contacts), Connector.is_willing
            )
        )
    )
    willing -= asked_enough(willing, besides=person.id)
    return {
        person_id: Door(
            uid=known.contact.uid,
            person_id=person_id,
            name=card_for(known.source, Relation.MUTUAL).name,
        )
        for person_id, known in contacts.items()
        if person_id in willing
    }


def willing_contacts(person: Person) -> set[UUID]:
    """Return the ids of the person's contacts who let themselves be asked for introductions."""
    statement = (
        select(Contact.uid)
        .join(Connector, Connector.person_id == Contact.other_id)
        .where(Contact.owner_id == person.id, Connector.is_willing)
    )
    return set(db.session.scalars(statement))


def asked_enough(connectors: Iterable[int], *, besides: int = 0) -> set[int]:
    """Return which of these were asked as often as one may be in a month, besides by somebody."""
    statement = (
        select(WarmIntroduction.connector_id)
        .where(
            WarmIntroduction.connector_id.in_(list(connectors)),
            WarmIntroduction.asker_id != besides,
            WarmIntroduction.asked_at > clock.now() - _MONTH,
        )
        .group_by(WarmIntroduction.connector_id)
        .having(func.count() >= setting("INTRODUCTIONS_PER_MONTH"))
    )
    return set(db.session.scalars(statement))


def _note_asked(person: Person, friends: dict[int, Friend]) -> None:
    for introduction in asked_by_person(person):
        if introduction.target_id in friends:
            friends[introduction.target_id].asked_at = introduction.asked_at


def people_apart(person: Person) -> set[int]:
    """Return the people of whom one, this person or they, has blocked the other."""
    one, other = aliased(Registration), aliased(Registration)
    apart: set[int] = set()
    for mine, theirs in ((one, other), (other, one)):
        rows = db.session.scalars(
            select(theirs.person_id)
            .select_from(Block)
            .join(one, Block.registration_id == one.id)
            .join(other, Block.other_id == other.id)
            .where(mine.person_id == person.id, theirs.person_id.is_not(None))
        )
        apart.update(number for number in rows if number is not None)
    return apart


def find_friend(person: Person, uid: UUID) -> Friend:
    """Return the friend of a friend with this id.

    Raises: NotFound, also for whom nobody may introduce any more.
    """
    for friend in friends_of_friends(person):
        if friend.uid == uid:
            return friend
    raise NotFound


def asked_by_person(person: Person) -> list[WarmIntroduction]:
    """Return the person's own questions that are younger than a month, whatever became of them.

    Those that were accepted are contacts by now, and those taken back are gone.
    """
    gone = (IntroductionState.ACCEPTED, IntroductionState.WITHDRAWN)
    statement = (
        select(WarmIntroduction)
        .where(
            WarmIntroduction.asker_id == person.id,
            WarmIntroduction.asked_at > clock.now() - ASKED_FOR,
            WarmIntroduction.state.not_in(gone),
        )
        .order_by(WarmIntroduction.asked_at.desc())
    )
    return list(db.session.scalars(statement))


@dataclass(frozen=True)
class Wish:
    """An introduction that waits for the person's own word, as connector or as target."""

    uid: UUID
    asker: Card
    target: Card  # for the target it is empty: that is themselves
    connector: str  # for the target: who passes it on
    text: str
    asked_at: datetime


def wishes_for_connector(person: Person) -> list[Wish]:
    """Return what the person is asked to pass on: between contacts of theirs alone."""
    known = {known.contact.other_id: known for known in known_where(Contact.owner_id == person.id)}
    return [
        Wish(
            uid=one.uid,
            asker=card_for(known[one.asker_id].source, Relation.MUTUAL),
            target=card_for(known[one.target_id].source, Relation.MUTUAL),
            connector="",
            text=one.text,
            asked_at=one.asked_at,
        )
        for one in _waiting(WarmIntroduction.connector_id == person.id, IntroductionState.ASKED)
        if one.asker_id in known and one.target_id in known
    ]


def wishes_for_target(person: Person) -> list[Wish]:
    """Return who would like to meet the person, each through a contact of theirs."""
    known = {known.contact.other_id: known for known in known_where(Contact.owner_id == person.id)}
    apart = people_apart(person)
    found = [
        one
        for one in _waiting(WarmIntroduction.target_id == person.id, IntroductionState.PASSED)
        if one.connector_id in known and one.asker_id not in apart | known.keys()
    ]
    askers = newest_of([one.asker_id for one in found])
    return [
        Wish(
            uid=one.uid,
            asker=card_for(askers[one.asker_id], Relation.FINDABLE),
            target=Card(),
            connector=card_for(known[one.connector_id].source, Relation.MUTUAL).name,
            text=one.text,
            asked_at=one.asked_at,
        )
        for one in found
        if one.asker_id in askers
    ]


def _waiting(whose: object, state: IntroductionState) -> list[WarmIntroduction]:
    statement = (
        select(WarmIntroduction)
        .where(
            whose,  # type: ignore[arg-type]
            WarmIntroduction.state == state,
            ~WarmIntroduction.is_refused,
            WarmIntroduction.asked_at > clock.now() - ASKED_FOR,
        )
        .order_by(WarmIntroduction.asked_at.desc())
    )
    return list(db.session.scalars(statement))


def newest_of(people: Iterable[int]) -> dict[int, Registration]:
    """Return each person's newest registration, by the person's id."""
    statement = (
        select(Registration)
        .join(Person, Registration.person_id == Person.id)
        .where(Person.id.in_(list(people)), newest_registration(Person.id))
    )
    return {row.person_id: row for row in db.session.scalars(statement) if row.person_id}


def mutual_pairs() -> list[tuple[int, int]]:
    """Return all pairs of people who share their contacts at this moment, each once."""
    met = (
        select(Contact.owner_id, Contact.other_id)
        .join(Meeting, Meeting.contact_id == Contact.id)
        .join(Exchange, Meeting.exchange_id == Exchange.id)
        .where(Exchange.state == ExchangeState.MUTUAL, Contact.owner_id < Contact.other_id)
    )
    introduced = select(WarmIntroduction.asker_id, WarmIntroduction.target_id).where(
        WarmIntroduction.state == IntroductionState.ACCEPTED
    )
    pairs = {(one, other) for one, other in db.session.execute(met)}
    pairs.update(
        (min(one, other), max(one, other)) for one, other in db.session.execute(introduced)
    )
    return sorted(pairs.union(acquainted_pairs()))


def has_contacts_since(moment: datetime | None) -> bool:
    """Tell whether anybody met anybody since that moment; ever, without one."""
    statement = select(Contact.id).limit(1)
    if moment is not None:
        statement = statement.where(Contact.created_at > moment)
    return db.session.scalar(statement) is not None
