"""What a badge says of whom."""

from sqlalchemy import select

from eventmatch.badges.sheet import Face
from eventmatch.codes import grouped
from eventmatch.db import db
from eventmatch.events.models import Event
from eventmatch.questions.asking import topics
from eventmatch.questions.models import Purpose
from eventmatch.questions.queries import questions_of
from eventmatch.registration.models import Badge, Registration, Status
from eventmatch.registration.queries import badge_code, badge_short_code, is_named


def badge_url(code: str, base_url: str) -> str:
    """Return what the QR code says: in capitals, which makes the code smaller."""
    return f"{base_url}/B/{code}".upper()


def faces_of(
    event: Event, *, secret: str, base_url: str, only: Registration | None = None
) -> list[Face]:
    """Return the badges of everybody who has a seat, in alphabetical order; or of one of them."""
    printed = [one.key for one in questions_of(event) if one.purpose is Purpose.BADGE]
    statement = (
        select(Registration, Badge.version)
        .join(Badge, (Badge.registration_id == Registration.id) & Badge.withdrawn_at.is_(None))
        .where(Registration.event_id == event.id, Registration.status == Status.CONFIRMED)
        .order_by(Registration.sort_key, Registration.id)
    )
    if only is not None:
        statement = statement.where(Registration.id == only.id)
    return [
        _face(registration, version, printed, secret=secret, base_url=base_url)
        for registration, version in db.session.execute(statement)
    ]


def first_with_badge(event: Event) -> Registration | None:
    """Return the first in the alphabet who has a seat, or None."""
    return db.session.scalar(
        select(Registration)
        .where(
            Registration.event_id == event.id,
            Registration.status == Status.CONFIRMED,
            is_named(),
        )
        .order_by(Registration.sort_key, Registration.id)
        .limit(1)
    )


def _face(
    registration: Registration, version: int, printed: list[str], *, secret: str, base_url: str
) -> Face:
    answers = topics(registration.answers.get(key) for key in printed)
    return Face(
        name=registration.name,
        first_name=registration.first_name,
        company=registration.company,
        role=" · ".join(filter(None, [registration.role, *answers])),
        url=badge_url(badge_code(registration, version, secret=secret), base_url),
        short_code=grouped(badge_short_code(registration, version, secret=secret)),
    )
