"""The letter after an event: whom one has met, and to whom to write first."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventmatch.badges.names import first_name_of
from eventmatch.db import db
from eventmatch.mail import Content, letter
from eventmatch.matching.queries import begin_with, reasons_for_contacts
from eventmatch.network.queries import ContactView, MetAt, contacts_of
from eventmatch.network.sentences import prepared_sentence
from eventmatch.registration.letters import greeted
from eventmatch.registration.models import Registration

MOST_TO_FOLLOW_UP = 3
_URGENCY = {"follow_up": 3, "send_info": 3, "meet_again": 2, "just_hello": -1}


@dataclass(frozen=True)
class Met:
    """A contact of the event, as the letter tells of it: names and links, no ways to reach them."""

    name: str
    company: str
    url: str
    note: str = ""
    sentence: str = ""


@letter("contacts")
def compose_contacts(*, registration_id: int) -> Content | None:
    """Compose the letter: names and links only, since what was sent cannot be withdrawn."""
    registration = db.session.scalar(
        select(Registration)
        .where(Registration.id == registration_id)
        .options(joinedload(Registration.event), joinedload(Registration.person))
    )
    if registration is None or registration.person is None:
        return None
    contacts = [
        (view, met)
        for view in contacts_of(registration.person)
        for met in view.meetings
        if met.event_id == registration.event_id
    ]
    if not contacts:
        return None
    everybody = [_met(view) for view, _met_at in contacts]
    return Content(
        {
            "event": registration.event,
            "greeted": greeted(registration.first_name or registration.name),
            "contacts": sorted(everybody, key=lambda met: met.name.casefold()),
            "to_follow_up": _with_sentences(registration, worth_following_up(contacts)),
            "network_url": url_for("network.show_network", _external=True),
        }
    )


def _met(view: ContactView, sentence: str = "") -> Met:
    return Met(
        name=view.card.name,
        company=view.card.company,
        url=url_for("network.show_contact", uid=view.uid, _external=True),
        note=view.note,
        sentence=sentence,
    )


def worth_following_up(
    contacts: Sequence[tuple[ContactView, MetAt]],
) -> list[tuple[ContactView, MetAt]]:
    """Return at most three to write to first.

    What one meant to do comes first, then about whom one wrote something, then who can be
    reached; among them those who scanned back, face to face, and of these the ones met last, whom
    one remembers best. Whom one only wanted to greet is not among them.
    """
    worth = [one for one in contacts if "just_hello" not in one[0].chips or len(one[0].chips) > 1]
    return sorted(worth, key=_promise, reverse=True)[:MOST_TO_FOLLOW_UP]


def _promise(contact: tuple[ContactView, MetAt]) -> tuple[int, bool, bool, bool, float]:
    view, met = contact
    return (
        max((_URGENCY[chip] for chip in view.chips), default=0),
        bool(view.note),
        bool(view.card.email or view.card.phone),
        met.way in {"scan", "phone"},
        met.met_at.timestamp(),
    )


def _with_sentences(
    registration: Registration, chosen: Sequence[tuple[ContactView, MetAt]]
) -> list[Met]:
    found = reasons_for_contacts(registration, [met.other_id for _view, met in chosen])
    told = []
    for view, met in chosen:
        reason = begin_with(found[met.other_id]) if met.other_id in found else None
        sentence = prepared_sentence(
            first_name=view.first_name or first_name_of(view.card.name),
            event=met.title,
            chips=view.chips,
            kind=reason.kind if reason else "",
            topic=reason.topic if reason else "",
        )
        told.append(_met(view, sentence))
    return told
