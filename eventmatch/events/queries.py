"""What can be asked of events."""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from eventmatch.accounts.models import Account
from eventmatch.db import db
from eventmatch.errors import NotFound
from eventmatch.events.models import ApiToken, Event, EventState, Membership


def find_event(slug: str) -> Event | None:
    """Return the event at this address, or None."""
    return db.session.scalar(select(Event).where(Event.slug == slug.lower()))


def get_event(slug: str) -> Event:
    """Return the event at this address.

    Raises: NotFound.
    """
    event = find_event(slug)
    if event is None:
        raise NotFound
    return event


def get_public_event(slug: str) -> Event:
    """Return an event that the public may know of: not a draft.

    Raises: NotFound.
    """
    event = get_event(slug)
    if event.state is EventState.DRAFT:
        raise NotFound
    return event


def memberships_of(account: Account) -> list[Membership]:
    """Return the account's events with its role at each, the newest event first."""
    statement = (
        select(Membership)
        .join(Membership.event)
        .where(Membership.account_id == account.id)
        .options(joinedload(Membership.event))
        .order_by(Event.starts_at.desc(), Event.id.desc())
    )
    return list(db.session.scalars(statement))


def find_membership(account: Account, slug: str) -> Membership | None:
    """Return the account's role at this event, with the event, or None."""
    return db.session.scalar(
        select(Membership)
        .join(Membership.event)
        .where(Membership.account_id == account.id, Event.slug == slug.lower())
        .options(joinedload(Membership.event))
    )


# Built once: every request of a program asks it, and building costs more than answering.
_TOKEN = (
    select(ApiToken)
    .where(ApiToken.fingerprint == bindparam("wanted"), ApiToken.revoked_at.is_(None))
    .options(joinedload(ApiToken.event))
)


def find_token(fingerprint: str) -> ApiToken | None:
    """Return the token with this fingerprint, with its event, unless it was revoked."""
    return db.session.scalar(_TOKEN, {"wanted": fingerprint})


def tokens_of(event: Event) -> list[ApiToken]:
    """Return the event's tokens, also revoked ones, the newest first."""
    statement = select(ApiToken).where(ApiToken.event_id == event.id).order_by(ApiToken.id.desc())
    return list(db.session.scalars(statement))


def get_token(token_id: int, event: Event) -> ApiToken:
    """Return the token with this number, if it belongs to the event.

    Raises: NotFound.
    """
    token = db.session.scalar(
        select(ApiToken).where(ApiToken.id == token_id, ApiToken.event_id == event.id)
    )
    if token is None:
        raise NotFound
    return token
