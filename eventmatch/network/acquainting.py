"""Two who brought each other's address become contacts, where both wanted that."""

from sqlalchemy import select, update

from eventmatch.db import db
from eventmatch.exchange.queries import is_apart
from eventmatch.network.introducing import make_contact
from eventmatch.network.models import Contact
from eventmatch.network.ties import acquainted_with, is_acquainted
from eventmatch.people.models import Acquaintance, Person


def become_contacts(person: Person) -> int:
    """Let whoever brought the person, and whom the person brought, be contacts of each other.

    Returns how many are so now; twice is once.
    """
    for other_id in acquainted_with(person):
        make_contact(person.id, other_id)
        make_contact(other_id, person.id)
    db.session.flush()
    return len(
        db.session.scalars(
            select(Contact.id).where(Contact.owner_id == person.id, is_acquainted())
        ).all()
    )


def take_back(contact: Contact) -> None:
    """Let the contact be no contact of the owner's by their address books any more.

    They stay known to each other, and are not suggested as new.
    """
    _end(contact.owner_id, contact.other_id)


def end_acquaintances_of_blocked() -> int:
    """End what a block has hidden, so that taking the block back does not bring it back."""
    pairs = db.session.execute(
        select(Contact.owner_id, Contact.other_id).where(
            is_apart(Contact.owner_id, Contact.other_id),
            select(Acquaintance.id)
            .join(Person, Acquaintance.email == Person.email)
            .where(
                Acquaintance.owner_id == Contact.owner_id,
                Person.id == Contact.other_id,
                Acquaintance.becomes_contact,
            )
            .exists(),
        )
    ).all()
    for owner_id, other_id in pairs:
        _end(owner_id, other_id)
    return len(pairs)


def _end(owner_id: int, other_id: int) -> None:
    address = select(Person.email).where(Person.id == other_id).scalar_subquery()
    db.session.execute(
        update(Acquaintance)
        .where(Acquaintance.owner_id == owner_id, Acquaintance.email == address)
        .values(becomes_contact=False),
        execution_options={"synchronize_session": False},
    )
