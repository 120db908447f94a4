"""What the letters of this room say."""

from flask import current_app, url_for
from flask_security.recoverable import generate_reset_password_token

from eventmatch.accounts.actions import invitation_code
from eventmatch.accounts.models import Account
from eventmatch.accounts.queries import invitation_with_inviter
from eventmatch.db import db
from eventmatch.mail import Content, letter


@letter("invitation")
def compose_invitation(invitation_id: int) -> Content | None:
    """Bring the link that makes an account; nothing once it was used or is too old."""
    found = invitation_with_inviter(invitation_id)
    if found is None:
        return None
    invitation, inviter = found
    code = invitation_code(invitation, secret=current_app.config["SECRET_KEY"])
    return Content(
        {
            "invitation": invitation,
            "inviter": inviter,
            "url": url_for("accounts.show_invitation", code=code, _external=True),
        }
    )


@letter("reset_instructions")
def compose_reset(account_id: int) -> Content | None:
    """Bring the link that sets a new password; it is made anew with each letter and good once."""
    account = db.session.get(Account, account_id)
    if account is None or not account.active:
        return None
    token = generate_reset_password_token(account)  # type: ignore[no-untyped-call]
    return Content(
        {
            "account": account,
            "url": url_for("security.reset_password", token=token, _external=True),
        }
    )
