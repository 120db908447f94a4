"""Who organises an event together: invited by letter, with a role, and removed again."""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from eventmatch import clock
from eventmatch.accounts.models import Account
from eventmatch.codes import derived_code, fingerprint, fresh_code
from eventmatch.db import db, hold
from eventmatch.errors import Conflict, NotAllowed, NotFound
from eventmatch.events.models import Event, Membership, Role, TeamInvitation
from eventmatch.i18n import _l
from eventmatch.mail import send_later

VALID_FOR = timedelta(days=7)
MOST_OPEN = 50  # invitations of one event that nobody has accepted


class LastOwner(Conflict):
    """The event would be nobody's."""

    code = "last_owner"
    message = _l("An event needs an owner. Please make somebody else the owner first.")


class TooManyInvitations(Conflict):
    """Too many wait for an answer."""

    code = "too_many_invitations"
    message = _l("Too many invitations wait for an answer. Please take some back first.")


def team_of(event: Event) -> list[Membership]:
    """Return who organises the event, with accounts, in the order in which they came."""
    statement = (
        select(Membership)
        .where(Membership.event_id == event.id)
        .options(joinedload(Membership.account))
        .order_by(Membership.id)
    )
    return list(db.session.scalars(statement))


def open_invitations(event: Event) -> list[TeamInvitation]:
    """Return the invitations that can still be accepted, the newest first."""
    statement = (
        select(TeamInvitation)
        .where(
            TeamInvitation.event_id == event.id,
            TeamInvitation.accepted_at.is_(None),
            TeamInvitation.expires_at > clock.now(),
        )
        .order_by(TeamInvitation.id.desc())
    )
    return list(db.session.scalars(statement))


def team_code(invitation: TeamInvitation, *, secret: str) -> str:
    """Return the secret code of the invitation's link."""
    return derived_code(secret, "team", invitation.id, invitation.email, bits=256)


def invite_to_team(
    event: Event, *, email: str, role: Role, by: Account, language: str, secret: str
) -> TeamInvitation:
    """Ask somebody by letter to help; asking again replaces what was asked before.

    Raises: TooManyInvitations.
    """
    hold(event)
    address = email.lower()
    db.session.execute(
        delete(TeamInvitation).where(
            TeamInvitation.event_id == event.id,
            TeamInvitation.email == address,
            TeamInvitation.accepted_at.is_(None),
        )
    )
    if len(open_invitations(event)) >= MOST_OPEN:
        raise TooManyInvitations
    invitation = TeamInvitation(
        event_id=event.id,
        email=address,
        role=role,
        fingerprint=fresh_code()[:32],  # holds the place until the number is known
        invited_by_id=by.id,
        expires_at=clock.now() + VALID_FOR,
    )
    db.session.add(invitation)
    db.session.flush()
    invitation.fingerprint = fingerprint(secret, team_code(invitation, secret=secret))
    send_later("team", address=address, name="", language=language, invitation_id=invitation.id)
    return invitation


def find_invitation(code: str, *, secret: str) -> TeamInvitation:
    """Return the invitation behind this link, with event and who invited; also an accepted one.

    Raises: NotFound when it is unknown, taken back or too old.
    """
    found = _with_event(TeamInvitation.fingerprint == fingerprint(secret, code))
    if found is None or found.expires_at <= clock.now():
        raise NotFound
    return found


def open_invitation(number: int) -> TeamInvitation | None:
    """Return the invitation with this number, if it can still be accepted."""
    found = _with_event(TeamInvitation.id == number)
    is_open = found is not None and found.accepted_at is None and found.expires_at > clock.now()
    return found if is_open else None


def _with_event(condition: object) -> TeamInvitation | None:
    return db.session.scalar(
        select(TeamInvitation)
        .where(condition)  # type: ignore[arg-type]
        .options(joinedload(TeamInvitation.event), joinedload(TeamInvitation.invited_by))
    )


def join_team(invitation: TeamInvitation, account: Account) -> Membership:
    """Let the account that was asked help from now on. Twice is once.

    A role that they have is raised and never lowered. Raises: NotAllowed for another account;
    NotFound when it was accepted before and they have left since.
    """
    hold(invitation)
    if account.email != invitation.email:
        raise NotAllowed
    known = _membership(invitation.event_id, account)
    if invitation.accepted_at is not None:
        if known is None:
            raise NotFound
        return known
    invitation.accepted_at = clock.now()
    if known is None:
        return _new_membership(invitation, account)
    order = list(Role)
    known.role = min(known.role, invitation.role, key=order.index)
    return known


def _membership(event_id: int, account: Account) -> Membership | None:
    return db.session.scalar(
        select(Membership).where(
            Membership.event_id == event_id, Membership.account_id == account.id
        )
    )


def _new_membership(invitation: TeamInvitation, account: Account) -> Membership:
    made = Membership(event_id=invitation.event_id, account_id=account.id, role=invitation.role)
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError:  # they joined by another link at this moment
        return _membership(invitation.event_id, account) or made
    return made


def take_invitation_back(event: Event, number: int) -> None:
    """Let the link open nothing any more. Twice is once."""
    db.session.execute(
        delete(TeamInvitation).where(
            TeamInvitation.id == number,
            TeamInvitation.event_id == event.id,
            TeamInvitation.accepted_at.is_(None),
        )
    )


def remove_from_team(event: Event, number: int) -> None:
    """Let somebody organise the event no more, from this request on. Twice is once.

    Raises: LastOwner.
    """
    hold(event)
    _check_owners(event, without=number)
    db.session.execute(
        delete(Membership).where(Membership.id == number, Membership.event_id == event.id)
    )


def change_role(event: Event, number: int, role: Role) -> None:
    """Give somebody another role. Raises: NotFound; LastOwner."""
    hold(event)
    found = db.session.scalar(
        select(Membership).where(Membership.id == number, Membership.event_id == event.id)
    )
    if found is None:
        raise NotFound
    if role is not Role.OWNER:
        _check_owners(event, without=number)
    found.role = role


def _check_owners(event: Event, *, without: int) -> None:
    owners = {one.id for one in team_of(event) if one.role is Role.OWNER}
    if without in owners and len(owners) == 1:
        raise LastOwner
