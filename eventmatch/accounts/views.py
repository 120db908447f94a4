"""Pages of this room: invitations; those for signing in are Flask-Security's, in our look."""

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import user_logged_out
from flask_security import Security

from eventmatch.accounts import actions
from eventmatch.accounts.access import (
    Accounts,
    OutboxMail,
    end_old_session,
    is_password_of,
    password_hash,
    sign_in,
    sign_out_everywhere,
    signed_in_account,
)
from eventmatch.accounts.actions import AccountExists, InvitationUsed, invite
from eventmatch.accounts.forms import (
    AcceptanceForm,
    ForgottenPasswordForm,
    InvitationForm,
    NewPasswordForm,
    OtherPasswordForm,
    SignInForm,
    VerifyForm,
)
from eventmatch.accounts.models import Account, Invitation
from eventmatch.accounts.queries import (
    find_account,
    get_invitation,
    get_open_invitation,
    invitations_by,
)
from eventmatch.accounts.sentences import MESSAGES
from eventmatch.codes import fingerprint
from eventmatch.config import ROOT
from eventmatch.db import db
from eventmatch.errors import NotFound
from eventmatch.i18n import _
from eventmatch.web.language import language_of_visitor
from eventmatch.web.limits import limiter

bp = Blueprint("accounts", __name__)

_MOST_TRIES = "20/minute"
_LIMITED = ("security.login", "security.forgot_password", "security.reset_password")


def init_accounts(app: Flask) -> None:
    """Let organisers sign in, on Flask-Security's pages with our words and our way of mail."""
    app.config["SECURITY_I18N_DOMAIN"] = "messages"
    app.config["SECURITY_I18N_DIRNAME"] = str(ROOT / "eventmatch" / "translations")
    app.config["SECURITY_CACHE_CONTROL"] = {}  # web.headers says it for every page
    app.config.update({f"SECURITY_MSG_{name}": message for name, message in MESSAGES.items()})
    app.before_request(end_old_session)  # before the library asks the session who this is
    Security(
        app,
        Accounts(),
        mail_util_cls=OutboxMail,
        login_form=SignInForm,
        forgot_password_form=ForgottenPasswordForm,
        reset_password_form=NewPasswordForm,
        change_password_form=OtherPasswordForm,
        verify_form=VerifyForm,
    )
    # Only the session says who an organiser is. The library would look for a token of its own in
    # every body, also in one that was refused for its size.
    app.login_manager.request_loader(lambda _request: None)  # type: ignore[attr-defined]
    user_logged_out.connect(sign_out_everywhere, app)
    for endpoint in _LIMITED:
        view = app.view_functions[endpoint]
        app.view_functions[endpoint] = limiter.limit(  # type: ignore[assignment]
            _MOST_TRIES, methods=["POST"]
        )(view)


@bp.get("/organise/invitations")
def show_invitations() -> str:
    """Show whom I invited, and the form for one more."""
    return _invitations_page(InvitationForm(formdata=None))


@bp.post("/organise/invitations")
@limiter.limit(_MOST_TRIES)
def create_invitation() -> ResponseReturnValue:
    """Invite somebody by letter."""
    account = signed_in_account()
    form = InvitationForm()
    if not form.validate_on_submit():
        return _invitations_page(form), 422
    invite(
        form.email.data,
        secret=current_app.config["SECRET_KEY"],
        by=account,
        language=language_of_visitor(),
    )
    db.session.commit()
    flash(
        _("If %(email)s has no account yet, an invitation is on its way.", email=form.email.data),
        "success",
    )
    return redirect(url_for("accounts.show_invitations"), 303)


def _invitations_page(form: InvitationForm) -> str:
    return render_template(
        "accounts/invitations.html", form=form, invitations=invitations_by(signed_in_account())
    )


@bp.get("/invitations/<code>")
def show_invitation(code: str) -> ResponseReturnValue:
    """Show what an account is for, and the form that makes it."""
    try:
        invitation = get_open_invitation(_fingerprint(code))
    except NotFound:
        return _no_invitation()
    return _invitation_page(code, invitation, AcceptanceForm(formdata=None))


@bp.post("/invitations/<code>")
@limiter.limit(_MOST_TRIES)
def accept_invitation(code: str) -> ResponseReturnValue:
    """Make the account and sign it in."""
    form = AcceptanceForm()
    is_complete = form.validate_on_submit()
    # Hashing takes its time on purpose; the database is not kept waiting for it.
    hashed = password_hash(form.password.data) if is_complete else ""
    try:
        invitation = get_invitation(_fingerprint(code))
    except NotFound:
        return _no_invitation()
    if not is_complete:
        return _invitation_page(code, invitation, form), 422
    account = _accepted(invitation, form, hashed)
    if account is None:
        return _no_invitation()
    sign_in(account)
    db.session.commit()
    return redirect(url_for("events.show_events"), 303)


def _accepted(invitation: Invitation, form: AcceptanceForm, hashed: str) -> Account | None:
    """Return the new account, or the one that the same person made a moment ago."""
    try:
        return actions.accept_invitation(
            invitation,
            name=form.name.data,
            password_hash=hashed,
            language=language_of_visitor(),
        )
    except (InvitationUsed, AccountExists):
        db.session.rollback()
    account = find_account(invitation.email)
    return account if account and is_password_of(account, form.password.data) else None


def _fingerprint(code: str) -> str:
    return fingerprint(current_app.config["SECRET_KEY"], code)


def _invitation_page(code: str, invitation: Invitation, form: AcceptanceForm) -> str:
    return render_template("accounts/invitation.html", code=code, invitation=invitation, form=form)


def _no_invitation() -> ResponseReturnValue:
    return render_template("accounts/invitation_gone.html"), 404
