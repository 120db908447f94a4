"""What can be asked of people."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import contains_eager, joinedload, undefer

from eventmatch import clock
from eventmatch.db import db
from eventmatch.errors import NotFound
from eventmatch.paging import PAGE_SIZE, Page
from eventmatch.people.models import (
    Acquaintance,
    AcquaintanceList,
    AppPassword,
    Person,
    SignInLink,
)

APP_PASSWORD_GOOD_FOR = timedelta(days=365)  # since it was last used


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


def app_passwords_of(person: Person) -> list[AppPassword]:
    """Return the person's passwords that work, the newest first."""
    statement = (
        select(AppPassword)
        .where(AppPassword.person_id == person.id, password_works())
        .order_by(AppPassword.created_at.desc(), AppPassword.id)
    )
    return list(db.session.scalars(statement))


def get_app_password(uid: UUID, person: Person) -> AppPassword:
    """Return the password with this id, working or not, if it is one of the person's.

    Raises: NotFound.
    """
    found = db.session.scalar(
        select(AppPassword).where(AppPassword.id == uid, AppPassword.person_id == person.id)
    )
    if found is None:
        raise NotFound
    return found


def find_app_password(fingerprint: str, *, email: str) -> AppPassword | None:
    """Return the password with this fingerprint if it works and is this person's, with them."""
    return db.session.scalar(
        select(AppPassword)
        .join(AppPassword.person)
        .where(
            AppPassword.fingerprint == fingerprint, Person.email == email.lower(), password_works()
        )
        .options(contains_eager(AppPassword.person))
    )


def password_works() -> ColumnElement[bool]:
    """Return the condition that a program's password was neither removed nor left unused."""
    last = func.coalesce(AppPassword.used_at, AppPassword.created_at)
    return and_(AppPassword.revoked_at.is_(None), last > clock.now() - APP_PASSWORD_GOOD_FOR)


def lists_of(person: Person, *, also_waiting: bool = False) -> list[AcquaintanceList]:
    """Return the lists that the person has brought, the newest first."""
    statement = select(AcquaintanceList).where(AcquaintanceList.owner_id == person.id)
    if not also_waiting:
        statement = statement.where(AcquaintanceList.taken_in_at.is_not(None))
    return list(db.session.scalars(statement.order_by(AcquaintanceList.created_at.desc())))


def get_list(list_id: UUID, person: Person) -> AcquaintanceList:
    """Return the list with this id if it is one of the person's, with what was read.

    Raises: NotFound.
    """
    found = db.session.scalar(
        select(AcquaintanceList)
        .where(AcquaintanceList.id == list_id, AcquaintanceList.owner_id == person.id)
        .options(undefer(AcquaintanceList.found))
    )
    if found is None:
        raise NotFound
    return found


def known_addresses(person: Person) -> set[str]:
    """Return the addresses of everybody whom the person knows by their own address book."""
    return set(
        db.session.scalars(select(Acquaintance.email).where(Acquaintance.owner_id == person.id))
    )


def count_acquaintances(person: Person) -> int:
    """Return how many lines all lists of the person have."""
    statement = select(func.count(Acquaintance.id)).where(Acquaintance.owner_id == person.id)
    return db.session.scalar(statement) or 0


class Known(NamedTuple):
    """Somebody whom a person knows, under the name that stands on their lists."""

    email: str
    name: str


def acquaintances_page(person: Person, *, after: int = 0, limit: int = PAGE_SIZE) -> Page[Known]:
    """Return some of those whom the person knows, each once, and the cursor of what follows."""
    name = func.min(Acquaintance.name)
    statement = (
        select(Acquaintance.email, name)
        .where(Acquaintance.owner_id == person.id)
        .group_by(Acquaintance.email)
        .order_by(func.lower(name), Acquaintance.email)
        .offset(after)
        .limit(limit + 1)
    )
    rows = [Known(*row) for row in db.session.execute(statement)]
    return Page(items=rows[:limit], next=str(after + limit) if len(rows) > limit else None)
