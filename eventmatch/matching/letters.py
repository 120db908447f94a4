"""What the letters of this room say: who would like to meet, and who said yes."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from flask import url_for

from eventmatch.codes import derived_code, read_code
from eventmatch.exchange.queries import card_for
from eventmatch.mail import Content, letter
from eventmatch.matching.introductions import (
    Stage,
    find_with_both,
    stage_of,
    wants_letters,
)
from eventmatch.matching.models import Introduction, IntroductionState
from eventmatch.matching.wording import as_in_a_letter
from eventmatch.people.visibility import Relation
from eventmatch.registration.access import secret
from eventmatch.registration.letters import greeted
from eventmatch.registration.models import Registration
from eventmatch.registration.queries import find_with_event


def answer_code(introduction: Introduction) -> str:
    """Return the code of the link with which the one who was asked answers, and nobody else."""
    return derived_code(secret(), "answer", introduction.uid.hex, introduction.asked.uid.hex)


def stop_code(registration: Registration) -> str:
    """Return the code of the link with which a guest stops letters about requests to meet."""
    return derived_code(secret(), "request letters", registration.uid.hex)


def is_code(sent: str, expected: str) -> bool:
    """Tell whether this is the code, without telling by the time it takes how much of it fits."""
    return hmac.compare_digest(read_code(sent).encode(), expected.encode())


def stop_url(registration: Registration) -> str:
    """Return where a guest stops letters about requests to meet, from outside the app, too."""
    code = stop_code(registration)
    return url_for("request_letters.show_letters", uid=registration.uid, code=code, _external=True)


@dataclass(frozen=True)
class Told:
    """One request in a letter: who, in which words, and where to answer."""

    name: str
    line: str
    reason: str
    url: str


@letter("introductions")
def compose_introductions(
    *, registration_id: int, asked: list[str], accepted: list[str]
) -> Content | None:
    """Compose the one letter of a day: who would like to meet, and who said yes.

    What was answered or taken back in the meantime is left out.
    """
    registration = find_with_event(registration_id)
    if registration is None or not wants_letters(registration):
        return None
    to_answer = [_told(row, registration) for row in _found(asked) if _is_open(row, registration)]
    agreed = [_told(row, registration) for row in _found(accepted) if _is_agreed(row, registration)]
    if not to_answer and not agreed:
        return None
    return Content(
        {
            "event": registration.event,
            "greeted": greeted(registration.first_name or registration.name),
            "to_answer": to_answer,
            "agreed": agreed,
            "my_event_url": url_for(
                "guest.show_my_event", slug=registration.event.slug, _external=True
            ),
            "stop_url": stop_url(registration),
        },
        stop_url=stop_url(registration),
    )


def _found(uids: Iterable[str]) -> list[Introduction]:
    rows = [find_with_both(UUID(uid)) for uid in uids]
    return [row for row in rows if row is not None]


def _is_open(row: Introduction, registration: Registration) -> bool:
    return stage_of(row, registration) is Stage.OPEN


def _is_agreed(row: Introduction, registration: Registration) -> bool:
    is_mine = row.asker_id == registration.id and row.state is IntroductionState.ACCEPTED
    return is_mine and stage_of(row, row.other_of(registration)) is Stage.YES


def _told(row: Introduction, reader: Registration) -> Told:
    card = card_for(row.other_of(reader), Relation.SUGGESTED)
    words = [as_in_a_letter(text) for text in (card.role, card.company)]
    return Told(
        name=as_in_a_letter(card.name),
        line=" · ".join(word for word in words if word),
        reason=as_in_a_letter(row.reason),
        url=url_for(
            "request_letters.show_answer", uid=row.uid, code=answer_code(row), _external=True
        ),
    )
