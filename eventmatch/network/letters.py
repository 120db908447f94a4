"""What the letters of this room say: whom to be in touch with, and who would like to meet."""

from flask import url_for
from sqlalchemy import and_

from eventmatch.badges.names import first_name_of
from eventmatch.db import db
from eventmatch.exchange.queries import card_for
from eventmatch.mail import Content, letter
from eventmatch.network.friends import wishes_for_connector, wishes_for_target
from eventmatch.network.looking import due
from eventmatch.network.models import Contact, IntroductionState, WarmIntroduction
from eventmatch.network.queries import contacts_of, known_where
from eventmatch.network.upkeep import stop_code, today
from eventmatch.people.access import secret
from eventmatch.people.models import Person
from eventmatch.people.visibility import Relation
from eventmatch.registration.letters import greeted

MOST_IN_A_DIGEST = 7


@letter("digest")
def compose_digest(*, person_id: int) -> Content | None:
    """Compose the letter of the week; None when nobody is due any more."""
    person = db.session.get(Person, person_id)
    waiting = due(contacts_of(person), today()) if person is not None else []
    if person is None or not waiting:
        return None
    stop = url_for(
        "digest.show_stop",
        number=person.id,
        code=stop_code(person.id, secret=secret()),
        _external=True,
    )
    return Content(
        {
            "greeted": greeted(first_name_of(person.name)),
            "contacts": [
                {
                    "name": view.card.name,
                    "company": view.card.company,
                    "note": view.note,
                    "url": url_for("network.show_contact", uid=view.uid, _external=True),
                }
                for view in waiting[:MOST_IN_A_DIGEST]
            ],
            "more": max(0, len(waiting) - MOST_IN_A_DIGEST),
            "network_url": url_for("network.show_network", _external=True),
            "stop_url": stop,
        },
        stop_url=stop,
    )


@letter("introduction_wish")
def compose_wish(*, introduction_id: int, person_id: int) -> Content | None:
    """Tell a connector that somebody asks them; None when it is no longer theirs to decide."""
    return _about_wish(introduction_id, person_id, is_target=False)


@letter("introduction_offer")
def compose_offer(*, introduction_id: int, person_id: int) -> Content | None:
    """Tell somebody that a contact of theirs would like to introduce somebody to them."""
    return _about_wish(introduction_id, person_id, is_target=True)


def _about_wish(introduction_id: int, person_id: int, *, is_target: bool) -> Content | None:
    person = db.session.get(Person, person_id)
    introduction = db.session.get(WarmIntroduction, introduction_id)
    if person is None or introduction is None:
        return None
    wishes = wishes_for_target(person) if is_target else wishes_for_connector(person)
    wish = next((one for one in wishes if one.uid == introduction.uid), None)
    if wish is None:
        return None
    return Content(
        {
            "greeted": greeted(first_name_of(person.name)),
            "wish": wish,
            "url": url_for("warm_introductions.show_introductions", _external=True),
        }
    )


@letter("introduced")
def compose_introduced(*, introduction_id: int, person_id: int) -> Content | None:
    """Tell each of the two that they are introduced, for as long as they are."""
    person = db.session.get(Person, person_id)
    introduction = db.session.get(WarmIntroduction, introduction_id)
    if (
        person is None
        or introduction is None
        or introduction.state is not IntroductionState.ACCEPTED
    ):
        return None
    is_asker = introduction.asker_id == person.id
    other_id = introduction.target_id if is_asker else introduction.asker_id
    shared = known_where(and_(Contact.owner_id == person.id, Contact.other_id == other_id))
    if not shared:
        return None
    return Content(
        {
            "greeted": greeted(first_name_of(person.name)),
            "name": card_for(shared[0].source, Relation.MUTUAL).name,
            "url": url_for("network.show_contact", uid=shared[0].contact.uid, _external=True),
        }
    )
