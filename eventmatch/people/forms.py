"""What people may send to open their network."""

from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, StringField
from wtforms.validators import DataRequired, Length

from eventmatch.i18n import _l
from eventmatch.web.fields import AddressField, LineField


class SignInForm(FlaskForm):
    """The address to which the link is sent."""

    email = AddressField(_l("Mail address"), [DataRequired(_l("Please enter your mail address."))])


class DigitsField(StringField):
    """Digits as people type them, with or without blanks."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the digits alone."""
        if valuelist:
            self.data = "".join(sign for sign in str(valuelist[0])[:20] if sign in "0123456789")


class UseLinkForm(FlaskForm):
    """The six digits; the browser that asked for the link sends none."""

    digits = DigitsField(_l("Six digits"), [DataRequired()])


class AppPasswordForm(FlaskForm):
    """What a new phone or program is called."""

    label = LineField(
        _l("Name of the phone or program"),
        [
            DataRequired(_l("Please give it a name, so that you know it again.")),
            Length(max=100, message=_l("Please write 100 signs at most.")),
        ],
        description=_l("For instance: iPhone, tablet, Thunderbird at work."),
    )


class AddressFileForm(FlaskForm):
    """A file of one's own address book."""

    file = FileField(
        _l("File of your address book"),
        [FileRequired(_l("Please choose a file."))],
        description=_l("vCard, or CSV from LinkedIn, Google or Outlook; 10 MB at most."),
    )


class TakeInForm(FlaskForm):
    """What becomes of a list that was looked at."""

    become_contacts = BooleanField(
        _l("Whoever on this list has brought me, too, becomes a contact of mine"),
        description=_l(
            "Only if they tick this as well. Then each sees what the other shares with contacts, "
            "and each may introduce the other. Nobody else on the list learns anything."
        ),
    )
