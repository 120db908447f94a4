"""What an organiser can do with the questions of an event."""

from typing import Any

from sqlalchemy import func, select

from eventmatch import clock
from eventmatch.db import db, hold
from eventmatch.errors import Conflict, Invalid
from eventmatch.events.actions import EventClosed
from eventmatch.events.models import Event
from eventmatch.i18n import _, _l
from eventmatch.questions.models import MOST_QUESTIONS, Kind, Question
from eventmatch.questions.queries import questions_of


class TooManyQuestions(Conflict):
    """The event asks as many questions as anybody would answer."""

    code = "too_many_questions"
    message = _l("An event can ask 30 questions. Please take one out first.")


def add_question(event: Event, **details: Any) -> Question:
    """Ask one more question, after the others. Raises: EventClosed; TooManyQuestions; Invalid."""
    hold(event)
    _check_open(event)
    if len(questions_of(event)) >= MOST_QUESTIONS:
        raise TooManyQuestions
    last = db.session.scalar(
        select(func.max(Question.position)).where(Question.event_id == event.id)
    )
    question = Question(event_id=event.id, event=event, position=(last or 0) + 1, **details)
    _check_group(question, questions_of(event))
    db.session.add(question)
    db.session.flush()
    return question


def change_question(question: Question, **details: Any) -> None:
    """Ask it otherwise; answers that were given stay as they are.

    How it is answered cannot change. Raises: EventClosed; Invalid.
    """
    hold(question.event)
    _check_open(question.event)
    details.pop("kind", None)
    for name, value in details.items():
        setattr(question, name, value)
    _check_group(question, [one for one in questions_of(question.event) if one is not question])


def _check_group(question: Question, others: list[Question]) -> None:
    if not question.makes_group:
        return
    if question.kind is not Kind.CHOICE:
        raise Invalid({"makes_group": [_("Only a question with one choice can make groups.")]})
    if any(one.makes_group for one in others):
        raise Invalid({"makes_group": [_("Another question makes the groups already.")]})


def move_question(question: Question, *, up: bool) -> None:
    """Ask it before the one that stands above it, or after the one below."""
    hold(question.event)
    ordered = questions_of(question.event)
    place = ordered.index(question)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(ordered):
        return
    ordered[place], ordered[other] = ordered[other], ordered[place]
    for number, one in enumerate(ordered, start=1):
        one.position = number


def retire_question(question: Question) -> None:
    """Ask it no more; what was answered stays as long as it was said. Twice is once."""
    hold(question.event)
    question.retired_at = question.retired_at or clock.now()


def copy_questions(event: Event, target: Event) -> None:
    """Ask the same at another event."""
    copies: dict[int, Question] = {}
    for question in questions_of(event):
        copy = Question(
            event_id=target.id,
            asked_if=copies.get(question.asked_if_id or 0),
            **{name: getattr(question, name) for name in _COPIED},
        )
        db.session.add(copy)
        copies[question.id] = copy
    db.session.flush()


_COPIED = (
    "position", "kind", "purpose", "text", "hint", "choices", "is_required", "makes_group",
    "asked_if_value", "kept_days",
)  # fmt: skip


def _check_open(event: Event) -> None:
    if event.is_closed:
        raise EventClosed
