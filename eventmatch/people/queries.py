"""What can be asked of people."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from eventmatch.db import db
from eventmatch.people.models import Person, SignInLink


def find_person(email: str) -> Person | None:
    """Return who is known by this verified address, or None."""
    return db.session.scalar(select(Person).where(Person.email == email.lower()))


def find_link(fingerprint: str) -> SignInLink | None:
    """Return the sign-in link with this fingerprint, with its person, or None."""
    return db.session.scalar(
        select(SignInLink)
        .where(SignInLink.fingerprint == fingerprint)
        .options(joinedload(SignInLink.person))
    )


def find_link_with_person(link_id: UUID) -> SignInLink | None:
    """Return the sign-in link with this id, with its person, or None; for the letter."""
    return db.session.scalar(
        select(SignInLink).where(SignInLink.id == link_id).options(joinedload(SignInLink.person))
    )


def count_links(person: Person, *, since: datetime) -> int:
    """Return how many links were made for the person since then."""
    statement = select(func.count(SignInLink.id)).where(
        SignInLink.person_id == person.id, SignInLink.created_at > since
    )
    return db.session.scalar(statement) or 0
