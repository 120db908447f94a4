"""What can be asked of accounts."""

from sqlalchemy import select

from eventmatch import clock
from eventmatch.accounts.models import Account, Invitation
from eventmatch.db import db
from eventmatch.errors import NotFound


def find_account(email: str) -> Account | None:
    """Return the account with this address, or None."""
    return db.session.scalar(select(Account).where(Account.email == email.lower()))


def get_invitation(fingerprint: str) -> Invitation:
    """Return an invitation that is still in time, also when it was accepted.

    Raises: NotFound when it is unknown or too old: nobody learns which.
    """
    invitation = db.session.scalar(
        select(Invitation).where(
            Invitation.fingerprint == fingerprint, Invitation.expires_at > clock.now()
        )
    )
    if invitation is None:
        raise NotFound
    return invitation


def get_open_invitation(fingerprint: str) -> Invitation:
    """Return an invitation that can still be accepted.

    Raises: NotFound when it is unknown, used or too old: nobody learns which.
    """
    invitation = get_invitation(fingerprint)
    if invitation.accepted_at is not None:
        raise NotFound
    return invitation


def invitations_by(account: Account, *, limit: int = 100) -> list[Invitation]:
    """Return whom this account has invited, the newest first."""
    statement = (
        select(Invitation)
        .where(Invitation.invited_by_id == account.id)
        .order_by(Invitation.id.desc())
        .limit(limit)
    )
    return list(db.session.scalars(statement))


def invitation_with_inviter(invitation_id: int) -> tuple[Invitation, Account | None] | None:
    """Return an invitation that can still be accepted and who invited, or None."""
    row = db.session.execute(
        select(Invitation, Account)
        .outerjoin(Account, Account.id == Invitation.invited_by_id)
        .where(
            Invitation.id == invitation_id,
            Invitation.accepted_at.is_(None),
            Invitation.expires_at > clock.now(),
        )
    ).one_or_none()
    return None if row is None else (row[0], row[1])
