"""Warm introductions: asked, passed on or silently not, and freely accepted or silently not.

Nothing that the asker can see, and no moment at which it changes, tells which of the others said
no, or whether anybody did.
"""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from eventmatch import clock
from eventmatch.db import db, hold
from eventmatch.errors import NotFound, TooOften
from eventmatch.exchange.queries import is_apart
from eventmatch.mail import send_later
from eventmatch.network.bridges import Bridge
from eventmatch.network.friends import (
    ASKED_FOR,
    Door,
    Friend,
    asked_enough,
    wishes_for_connector,
    wishes_for_target,
)
from eventmatch.network.models import Connector, Contact, IntroductionState, WarmIntroduction
from eventmatch.people.models import Person

MOST_OPEN = 5  # introductions for which one person may wait at a time
_SAID = {  # in which states a connector has passed it on, or not
    True: {IntroductionState.PASSED, IntroductionState.DECLINED, IntroductionState.ACCEPTED},
    False: {IntroductionState.NOT_PASSED},
}
ASK_AGAIN_AFTER = timedelta(days=365)  # who was asked to be a connector and said no


def ask_for_introduction(
    person: Person, friend: Friend, door: Door, *, text: str
) -> WarmIntroduction:
    """Ask a shared contact to introduce the person; asking twice is asking once.

    `friend` and `door` are what the person may see at this moment. Raises: TooOften.
    """
    for number in sorted((person.id, door.person_id)):  # the limits are those of both
        hold(db.session.get_one(Person, number))
    known = find_between(person, friend.person_id)
    now = clock.now()
    if known is not None and _is_open(known):
        return known
    is_young = known is not None and known.asked_at > now - ASKED_FOR
    if is_young or _count_open(person) >= MOST_OPEN or asked_enough([door.person_id]):
        raise TooOften  # taking back and asking anew would be a way to pester somebody
    if known is None:
        known = WarmIntroduction(asker_id=person.id, target_id=friend.person_id)
        db.session.add(known)
    known.connector_id, known.text = door.person_id, text
    known.state, known.asked_at, known.answered_at = IntroductionState.ASKED, now, None
    db.session.flush()
    _tell(known.connector_id, "introduction_wish", known)
    return known


def find_between(person: Person, target_id: int) -> WarmIntroduction | None:
    """Return what the person has asked about this other, or None."""
    return db.session.scalar(
        select(WarmIntroduction).where(
            WarmIntroduction.asker_id == person.id, WarmIntroduction.target_id == target_id
        )
    )


def _is_open(introduction: WarmIntroduction) -> bool:
    """Tell whether it is still under way, as far as the asker can know."""
    is_young = introduction.asked_at > clock.now() - ASKED_FOR
    return is_young and introduction.state is not IntroductionState.WITHDRAWN


def _count_open(person: Person) -> int:
    rows = db.session.scalars(
        select(WarmIntroduction).where(
            WarmIntroduction.asker_id == person.id,
            WarmIntroduction.state != IntroductionState.ACCEPTED,
        )
    )
    return sum(_is_open(row) for row in rows)


def _tell(person_id: int, kind: str, introduction: WarmIntroduction) -> None:
    person = db.session.get_one(Person, person_id)
    send_later(
        kind,
        address=person.email,
        name=person.name,
        language=person.language,
        key=f"{introduction.uid}:{introduction.asked_at.isoformat()}:{person_id}",
        introduction_id=introduction.id,
        person_id=person_id,
    )


def take_back(introduction: WarmIntroduction, person: Person) -> None:
    """Let the asker take their question back. Raises: NotFound for anybody else."""
    hold(introduction)
    if introduction.asker_id != person.id:
        raise NotFound
    if introduction.state is not IntroductionState.ACCEPTED:
        introduction.state = IntroductionState.WITHDRAWN


def pass_on(introduction: WarmIntroduction, person: Person, *, passes: bool) -> None:
    """Let the connector pass it on, or silently not.

    Who refused before is not bothered again, and twice is once, whatever the target has said.
    Raises: NotFound for anybody else, and when it is no longer the connector's to decide.
    """
    hold(introduction)
    if introduction.connector_id == person.id and introduction.state in _SAID[passes]:
        return
    if introduction.uid not in {wish.uid for wish in wishes_for_connector(person)}:
        raise NotFound
    if not passes:
        introduction.state = IntroductionState.NOT_PASSED
        return
    introduction.state = IntroductionState.PASSED
    _tell(introduction.target_id, "introduction_offer", introduction)


def answer(introduction: WarmIntroduction, person: Person, *, accepts: bool) -> None:
    """Let the target say yes, and both see each other; or no, and nobody learns of it.

    Twice is once. Raises: NotFound for anybody else, and when there is nothing to answer any more.
    """
    hold(introduction)
    said = IntroductionState.ACCEPTED if accepts else IntroductionState.DECLINED
    if introduction.target_id == person.id and introduction.state is said:
        return
    if introduction.uid not in {wish.uid for wish in wishes_for_target(person)}:
        raise NotFound
    introduction.state, introduction.answered_at = said, clock.now()
    if not accepts:
        introduction.is_refused = True
        return
    for owner, other in (
        (introduction.asker_id, introduction.target_id),
        (introduction.target_id, introduction.asker_id),
    ):
        make_contact(owner, other)
        _tell(owner, "introduced", introduction)


def make_contact(owner_id: int, other_id: int) -> None:
    """Let the other be in the owner's network; twice is once."""
    known = select(Contact.id).where(Contact.owner_id == owner_id, Contact.other_id == other_id)
    if db.session.scalar(known) is not None:
        return
    try:
        with db.session.begin_nested():
            db.session.add(Contact(owner_id=owner_id, other_id=other_id))
    except IntegrityError:  # an event's closing made it at this moment
        return


def introductions_blocked_since() -> list[WarmIntroduction]:
    """Return the introductions in force between people of whom one has blocked the other since."""
    statement = select(WarmIntroduction).where(
        WarmIntroduction.state == IntroductionState.ACCEPTED,
        is_apart(WarmIntroduction.asker_id, WarmIntroduction.target_id),
    )
    return list(db.session.scalars(statement))


def end_blocked(introduction: WarmIntroduction) -> None:
    """End what a block has hidden, so that taking the block back does not bring it back."""
    hold(introduction)
    introduction.state = IntroductionState.WITHDRAWN
    introduction.answered_at = clock.now()


def find_introduction(uid: object) -> WarmIntroduction:
    """Return the introduction with this id, for those whom the actions let do something with it.

    Raises: NotFound.
    """
    found = db.session.scalar(select(WarmIntroduction).where(WarmIntroduction.uid == uid))
    if found is None:
        raise NotFound
    return found


# Connectors


def connector_of(person: Person) -> Connector:
    """Return what the person said about being asked; not stored as long as they said nothing."""
    return db.session.get(Connector, person.id) or Connector(
        person_id=person.id, is_willing=False, groups=0
    )


def agree_to_introduce(person: Person, *, agrees: bool) -> None:
    """Let the person be asked for introductions from now on, or not any more."""
    connector = connector_of(person)
    connector.is_willing, connector.answered_at = agrees, clock.now()
    db.session.add(connector)


def propose(bridges: Iterable[Bridge]) -> int:
    """Ask those who bridge many groups whether they may be asked; return how many are new.

    Who is willing stays so, and who said no is left alone for a year; they learn how many groups
    meet in them, and nobody else does.
    """
    count = 0
    now = clock.now()
    for bridge in bridges:
        connector = db.session.get(Connector, bridge.person)
        if connector is None:
            connector = Connector(person_id=bridge.person, is_willing=False)
            db.session.add(connector)
        connector.groups = bridge.groups
        is_answered = connector.answered_at is not None and (
            connector.is_willing or connector.answered_at > now - ASK_AGAIN_AFTER
        )
        if not is_answered and connector.proposed_at is None:
            connector.proposed_at, count = now, count + 1
    db.session.flush()
    return count
