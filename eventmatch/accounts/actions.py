"""What can be done with accounts."""

from datetime import timedelta

from eventmatch import clock
from eventmatch.accounts.models import Account, Invitation
from eventmatch.accounts.queries import find_account
from eventmatch.codes import derived_code, fingerprint, fresh_code
from eventmatch.db import db, hold
from eventmatch.errors import Conflict
from eventmatch.i18n import _l
from eventmatch.mail import send_later

INVITATION_VALID_FOR = timedelta(days=7)


class AccountExists(Conflict):
    """There already is an account with this address."""

    code = "account_exists"
    message = _l("There already is an account with this address.")


class InvitationUsed(Conflict):
    """Somebody has already made an account with this invitation."""

    code = "invitation_used"
    message = _l("This invitation has already been used.")


def invitation_code(invitation: Invitation, *, secret: str) -> str:
    """Return the secret code of the invitation's link."""
    return derived_code(secret, "invitation", invitation.id, invitation.email, bits=256)


def invite(email: str, *, secret: str, by: Account | None = None, language: str = "en") -> str:
    """Invite somebody to make an account; return the code of the link, which is not kept.

    Who is invited by an account gets a letter; without one, the caller hands on the link. An
    account does not learn whose address has one already: that invitation stays without a letter.
    Raises: AccountExists to a caller who is nobody's account.
    """
    is_known = find_account(email) is not None
    if is_known and by is None:
        raise AccountExists
    invitation = Invitation(
        fingerprint=fresh_code()[:32],  # holds the place until the number is known
        email=email.lower(),
        invited_by_id=by.id if by else None,
        expires_at=clock.now() + INVITATION_VALID_FOR,
    )
    db.session.add(invitation)
    db.session.flush()
    code = invitation_code(invitation, secret=secret)
    invitation.fingerprint = fingerprint(secret, code)
    if by is not None and not is_known:
        send_later(
            "invitation",
            address=invitation.email,
            name="",
            language=language,
            invitation_id=invitation.id,
        )
    return code


def create_account(*, email: str, name: str, password_hash: str, language: str) -> Account:
    """Create an account.

    Raises: AccountExists.
    """
    if find_account(email) is not None:
        raise AccountExists
    account = Account(email=email.lower(), name=name, password=password_hash, language=language)
    db.session.add(account)
    db.session.flush()
    return account


def accept_invitation(
    invitation: Invitation, *, name: str, password_hash: str, language: str
) -> Account:
    """Make the account that the invitation was for.

    Raises: InvitationUsed, AccountExists.
    """
    hold(invitation)  # the button may be pressed twice
    if invitation.accepted_at is not None:
        raise InvitationUsed
    invitation.accepted_at = clock.now()
    return create_account(
        email=invitation.email, name=name, password_hash=password_hash, language=language
    )
