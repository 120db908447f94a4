"""What ties two people who need not have met at an event: an introduction, or both address books.

Each is asked of the database anew, at every look: who takes their word back is gone at once.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from eventmatch.db import db
from eventmatch.exchange.queries import is_apart
from eventmatch.network.models import Contact, IntroductionState, WarmIntroduction
from eventmatch.people.models import Acquaintance, Person
from eventmatch.registration.models import Registration

Tie = tuple[Contact, Registration, datetime]  # what the other releases is said in the registration


def is_introduced() -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that a contact and its owner were introduced, and neither withdrew."""
    return (
        WarmIntroduction.state == IntroductionState.ACCEPTED,
        or_(
            and_(
                WarmIntroduction.asker_id == Contact.owner_id,
                WarmIntroduction.target_id == Contact.other_id,
            ),
            and_(
                WarmIntroduction.target_id == Contact.owner_id,
                WarmIntroduction.asker_id == Contact.other_id,
            ),
        ),
        ~is_apart(Contact.owner_id, Contact.other_id),
    )


def is_acquainted() -> ColumnElement[bool]:
    """Return the condition that a contact and its owner brought each other, and both wanted this.

    Each by a list of their own, to which they said that whoever has brought them, too, becomes a
    contact of theirs.
    """
    mine, theirs = aliased(Acquaintance), aliased(Acquaintance)
    owner, other = aliased(Person), aliased(Person)
    both = exists().where(
        owner.id == Contact.owner_id,
        other.id == Contact.other_id,
        *_brought_each_other(owner, mine, other, theirs),
    )
    return and_(both, ~is_apart(Contact.owner_id, Contact.other_id))


def _brought_each_other(
    one: type[Person], of_one: type[Acquaintance], other: type[Person], of_other: type[Acquaintance]
) -> tuple[ColumnElement[bool] | InstrumentedAttribute[bool], ...]:
    return (
        of_one.owner_id == one.id,
        of_one.email == other.email,
        of_one.becomes_contact,
        of_other.owner_id == other.id,
        of_other.email == one.email,
        of_other.becomes_contact,
    )


def acquainted_with(person: Person) -> list[int]:
    """Return the people who brought this person, and whom the person brought, both wanting it."""
    one, other = aliased(Person), aliased(Person)
    mine, theirs = aliased(Acquaintance), aliased(Acquaintance)
    statement = select(other.id).where(
        one.id == person.id, *_brought_each_other(one, mine, other, theirs)
    )
    return sorted(set(db.session.scalars(statement)))


def acquainted_pairs() -> list[tuple[int, int]]:
    """Return the pairs of people who are contacts because both brought each other."""
    statement = select(Contact.owner_id, Contact.other_id).where(
        Contact.owner_id < Contact.other_id, is_acquainted()
    )
    return [(one, other) for one, other in db.session.execute(statement)]


def newest_registration(person_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Return the condition that a registration is the person's newest."""
    newer = aliased(Registration)
    newest = select(func.max(newer.id)).where(newer.person_id == person_id)
    return Registration.id == newest.correlate_except(newer).scalar_subquery()


def introduced(whose: ColumnElement[bool]) -> dict[int, Tie]:
    """Return who was introduced, by the contact's id, and since when."""
    statement = (
        select(Contact, Registration, WarmIntroduction.answered_at)
        .select_from(Contact)
        .join(WarmIntroduction, and_(*is_introduced()))
        .join(Registration, newest_registration(Contact.other_id))
        .where(whose)
    )
    return {
        contact.id: (contact, source, answered_at or contact.created_at)
        for contact, source, answered_at in db.session.execute(statement)
    }


def acquainted(whose: ColumnElement[bool]) -> dict[int, Tie]:
    """Return who is a contact because both brought each other, by the contact's id."""
    statement = (
        select(Contact, Registration)
        .select_from(Contact)
        .join(Registration, newest_registration(Contact.other_id))
        .where(whose, is_acquainted())
    )
    return {
        contact.id: (contact, source, contact.created_at)
        for contact, source in db.session.execute(statement)
    }
