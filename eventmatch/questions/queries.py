"""What can be asked of an event's questions."""

from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from eventmatch.accounts.models import Account
from eventmatch.db import db
from eventmatch.errors import NotFound
from eventmatch.events.models import Event, Membership, Role
from eventmatch.questions.models import Question


def questions_of(event: Event, *, also_retired: bool = False) -> list[Question]:
    """Return the event's questions in the order in which they are asked."""
    statement = (
        select(Question)
        .where(Question.event_id == event.id)
        .options(joinedload(Question.asked_if), joinedload(Question.event))
        .order_by(Question.position, Question.id)
    )
    if not also_retired:
        statement = statement.where(Question.retired_at.is_(None))
    return list(db.session.scalars(statement))


def get_question(uid: UUID, event: Event) -> Question:
    """Return the event's question with this id, unless it was taken out.

    Raises: NotFound.
    """
    for question in questions_of(event):
        if question.uid == uid:
            return question
    raise NotFound


def events_with_questions(account: Account, other_than: Event) -> list[Event]:
    """Return the account's events whose questions can be taken over, the latest first."""
    statement = (
        select(Event)
        .join(Membership, Membership.event_id == Event.id)
        .where(
            Membership.account_id == account.id,
            Membership.role.in_([Role.OWNER, Role.MANAGER]),
            Event.id != other_than.id,
            exists().where(Question.event_id == Event.id, Question.retired_at.is_(None)),
        )
        .order_by(Event.starts_at.desc())
    )
    return list(db.session.scalars(statement))
