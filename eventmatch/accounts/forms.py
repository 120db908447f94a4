"""What organisers may send about themselves."""

from typing import Any

from flask_security import ChangePasswordForm, ForgotPasswordForm, LoginForm, ResetPasswordForm
from flask_security import VerifyForm as LibraryVerifyForm
from flask_security.forms import (
    EmailValidation,
    EqualToLocalize,
    IsString,
    email_required,
    password_required,
)
from flask_security.utils import validate_redirect_url
from flask_wtf import FlaskForm
from wtforms import EmailField, Field, PasswordField
from wtforms.validators import EqualTo, InputRequired, Length

from eventmatch.accounts.models import nobody
from eventmatch.accounts.queries import find_account
from eventmatch.db import db, only_reading
from eventmatch.i18n import _l
from eventmatch.web.fields import AddressField, LineField

SHORTEST_PASSWORD = 10  # signs


class Unhurried:
    """Checks what was sent while nobody waits for us: hashing takes its time on purpose.

    What was read before is let go of, since with it a request that may write holds SQLite's lock.
    """

    def validate(self, **kwargs: Any) -> bool:
        """Tell whether all is as it must be."""
        db.session.commit()
        with only_reading():
            is_valid: bool = super().validate(**kwargs)  # type: ignore[misc]
        return is_valid


class SignInForm(Unhurried, LoginForm):
    """Address and password; who fails does not learn which of them was wrong."""

    email = EmailField(
        _l("Mail address"), [IsString(), email_required, EmailValidation(verify=False)]
    )
    password = PasswordField(_l("Password"), [IsString(), password_required])
    remember = None  # such a cookie would outlive the twelve hours

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.password.description = ""  # our page has its own link for a forgotten password

    def validate_next(self, field: Field) -> None:
        """Forget a way back that leads to another site; signing in goes on."""
        if field.data and not validate_redirect_url(field.data):
            field.data = ""


class ForgottenPasswordForm(Unhurried, ForgotPasswordForm):
    """The address to which the letter goes.

    For an address that nobody has, all goes on for an account that is nobody's: the same work,
    so that the time of the answer tells nothing.
    """

    email = EmailField(
        _l("Mail address"), [IsString(), email_required, EmailValidation(verify=True)]
    )

    def validate_email(self, field: Field) -> None:
        """Find out whose address this is."""
        account = find_account(field.data or "")
        self.user = account if account is not None and account.active else nobody()


class NewPasswordForm(Unhurried, ResetPasswordForm):
    """A new password, by the link in a letter."""

    password = PasswordField(_l("New password"), [IsString(), password_required])
    password_confirm = PasswordField(
        _l("New password once more"),
        [
            IsString(),
            EqualToLocalize("password", message="RETYPE_PASSWORD_MISMATCH"),
            password_required,
        ],
    )


class OtherPasswordForm(Unhurried, ChangePasswordForm):
    """A new password, for those who know the old one."""

    password = PasswordField(_l("Present password"), [IsString(), password_required])
    new_password = PasswordField(_l("New password"), [IsString(), password_required])
    new_password_confirm = PasswordField(
        _l("New password once more"),
        [
            IsString(),
            EqualToLocalize("new_password", message="RETYPE_PASSWORD_MISMATCH"),
            password_required,
        ],
    )


class VerifyForm(Unhurried, LibraryVerifyForm):
    """The password once more, before something that matters."""

    password = PasswordField(_l("Password"), [IsString(), password_required])


class InvitationForm(FlaskForm):
    """Whom to invite."""

    email = AddressField(
        _l("Mail address"), [InputRequired(_l("Please enter a mail address.")), Length(max=254)]
    )


class AcceptanceForm(FlaskForm):
    """Name and password of a new account."""

    name = LineField(
        _l("Your name"),
        [InputRequired(_l("Please tell us your name.")), Length(max=200)],
        description=_l("Other organisers see it."),
    )
    password = PasswordField(
        _l("Password"),
        [
            InputRequired(_l("Please choose a password.")),
            Length(min=SHORTEST_PASSWORD, max=128, message=_l("Please take 10 to 128 signs.")),
        ],
        description=_l("At least 10 signs; a short sentence is easy to remember."),
    )
    password_again = PasswordField(
        _l("Password once more"),
        [
            InputRequired(_l("Please enter the password once more.")),
            EqualTo("password", message=_l("The two passwords are not the same.")),
        ],
    )
