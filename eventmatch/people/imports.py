"""Bringing the people one knows already: a list is read, then taken in or forgotten."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta

from sqlalchemy import delete, insert

from eventmatch import clock
from eventmatch.db import db, hold
from eventmatch.errors import Conflict
from eventmatch.i18n import _l
from eventmatch.people.models import Acquaintance, AcquaintanceList, Person
from eventmatch.people.queries import count_acquaintances, lists_of

KEPT_FOR = timedelta(days=1)
MOST_ACQUAINTANCES = 50_000  # lines of all lists of one person
MOST_LISTS = 20


class TooManyAcquaintances(Conflict):
    """The person has brought as many people as anybody may."""

    code = "too_many_acquaintances"
    message = _l("You have brought as many people as we keep. Please forget a list first.")


@dataclass(frozen=True)
class Line:
    """One line of a list: who, and what the line is good for; `is_wanted` is taken in."""

    line: int
    name: str
    email: str
    verdict: str
    is_wanted: bool


def keep_list(
    person: Person, *, filename: str, source: str, lines: Sequence[Line]
) -> AcquaintanceList:
    """Keep what was read of a file until the person has looked at it.

    Raises: TooManyAcquaintances.
    """
    hold(person)
    if len(lists_of(person, also_waiting=True)) >= MOST_LISTS:
        raise TooManyAcquaintances
    kept = AcquaintanceList(
        owner_id=person.id,
        filename=filename[-200:],
        source=source,
        found=[asdict(line) for line in lines],
    )
    db.session.add(kept)
    db.session.flush()
    return kept


def take_in(person: Person, kept: AcquaintanceList, *, become_contacts: bool = False) -> int:
    """Note everybody on the list as known to its owner; return how many. Twice is once.

    With `become_contacts` the owner wants those who bring them, too, as contacts.

    Raises: TooManyAcquaintances.
    """
    hold(person)  # two lists may be taken in at the same time
    hold(kept)
    if kept.taken_in_at is not None:
        return kept.count
    wanted = [line for line in kept.found if line["is_wanted"]]
    if count_acquaintances(person) + len(wanted) > MOST_ACQUAINTANCES:
        raise TooManyAcquaintances
    now = clock.now()
    if wanted:
        db.session.execute(
            insert(Acquaintance),
            [
                {
                    "owner_id": person.id,
                    "list_id": kept.id,
                    "email": line["email"],
                    "name": line["name"],
                    "becomes_contact": become_contacts,
                    "taken_in_at": now,
                }
                for line in wanted
            ],
        )
    kept.found, kept.count, kept.taken_in_at = [], len(wanted), now
    return kept.count


def forget_list(kept: AcquaintanceList) -> None:
    """Forget a list and whom it brought; who is on another list as well stays known."""
    db.session.delete(kept)
    db.session.flush()


def forget_acquaintance(person: Person, email: str) -> None:
    """Forget that the person knows the one with this address; twice is once."""
    db.session.execute(
        delete(Acquaintance).where(Acquaintance.owner_id == person.id, Acquaintance.email == email)
    )


def forget_lists_not_taken_in() -> None:
    """Forget the files that were read more than a day ago, and what was read of them."""
    db.session.execute(
        delete(AcquaintanceList).where(
            AcquaintanceList.taken_in_at.is_(None),
            AcquaintanceList.created_at < clock.now() - KEPT_FOR,
        )
    )
