"""What guests answered to an event's own questions."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from eventmatch import clock
from eventmatch.db import db
from eventmatch.events.models import Event
from eventmatch.i18n import _
from eventmatch.questions.asking import in_words, topics
from eventmatch.questions.models import Purpose, Question
from eventmatch.registration.models import Registration, Status
from eventmatch.registration.profile import LONGEST_TAG, MOST_TAGS
from eventmatch.registration.queries import is_named

_AT_ONCE = 500


def set_answers(
    registration: Registration, answers: dict[str, Any], questions: Sequence[Question]
) -> None:
    """Keep what the guest answered to these questions, in place of earlier answers.

    Answers that are for matching become topics of the profile, and one may name the group.
    """
    before = dict(registration.answers)
    asked = {question.key for question in questions}
    after = {key: answer for key, answer in before.items() if key not in asked} | answers
    if after == before:
        return
    registration.answers = after
    _change_topics(registration, before, after, questions)
    for question in questions:
        if question.makes_group and before.get(question.key) != after.get(question.key):
            registration.group = str(after.get(question.key, ""))
    registration.profile_changed_at = clock.now()


def _change_topics(
    registration: Registration,
    before: dict[str, Any],
    after: dict[str, Any],
    questions: Sequence[Question],
) -> None:
    matched = [question.key for question in questions if question.purpose is Purpose.MATCHING]
    old = {word.casefold() for word in topics(before.get(key) for key in matched)}
    own = [tag for tag in registration.tags if tag.casefold() not in old]
    new = [word[:LONGEST_TAG] for word in topics(after.get(key) for key in matched)]
    chosen = {tag.casefold(): tag for tag in [*own, *new]}
    registration.tags = list(chosen.values())[:MOST_TAGS]


def said(registration: Registration, questions: Sequence[Question]) -> list[tuple[str, str]]:
    """Return the questions that the guest answered, each with the answer in words."""
    words = [
        (question.text, in_words(registration.answers.get(question.key), yes=_("yes")))
        for question in questions
    ]
    return [(text, answer) for text, answer in words if answer]


def guest_rows(
    event: Event, questions: Sequence[Question], *, with_private: bool
) -> list[list[str]]:
    """Return the guests of an event as a table: a line of headings, then one for each."""
    shown = [one for one in questions if with_private or one.purpose is not Purpose.PRIVATE]
    headings = ["id", *_COLUMNS, "registered_at", *(one.text for one in shown)]
    rows = db.session.scalars(
        select(Registration)
        .where(Registration.event_id == event.id, is_named())
        .order_by(Registration.sort_key, Registration.id)
    )
    return [
        headings,
        *(
            [
                str(guest.uid),
                *(_cell(getattr(guest, name)) for name in _COLUMNS),
                guest.registered_at.isoformat(timespec="seconds"),
                *(in_words(guest.answers.get(one.key), yes=_("yes")) for one in shown),
            ]
            for guest in rows
        ),
    ]


_COLUMNS = ("name", "email", "company", "role", "status", "group", "language", "source")


def _cell(value: Any) -> str:
    return str(value.value if isinstance(value, Status) else value)


def forget_old_answers() -> int:
    """Delete the answers whose time is over; return to how many questions. Commits."""
    due = [question for question in _with_answers() if _is_over(question)]
    for question in due:
        last: int | None = 0
        while last is not None:
            last = _forget_some(question, after=last)
            db.session.commit()
        question.forgotten_at = clock.now()
        db.session.commit()
    return len(due)


def _with_answers() -> list[Question]:
    statement = (
        select(Question)
        .join(Question.event)
        .where(Question.forgotten_at.is_(None), Event.ends_at < clock.now())
    )
    return list(db.session.scalars(statement))


def _is_over(question: Question) -> bool:
    event = db.session.get_one(Event, question.event_id)
    return clock.now() > event.ends_at + timedelta(days=question.kept_days)


def _forget_some(question: Question, *, after: int) -> int | None:
    """Delete the answers of some guests; return the last one's id, or None at the end."""
    rows = list(
        db.session.scalars(
            select(Registration)
            .where(Registration.event_id == question.event_id, Registration.id > after)
            .order_by(Registration.id)
            .limit(_AT_ONCE)
        )
    )
    for registration in rows:
        if question.key in registration.answers:
            kept = {key: one for key, one in registration.answers.items() if key != question.key}
            registration.answers = kept
    return rows[-1].id if rows else None
