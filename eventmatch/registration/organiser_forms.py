"""What an organiser may send about registrations."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField
from wtforms.validators import DataRequired, InputRequired

from eventmatch.i18n import _l
from eventmatch.registration.profile import LONGEST
from eventmatch.web.fields import AtMost, LineField, NumberField


class GuestListForm(FlaskForm):
    """A file of guests."""

    file = FileField(
        _l("Guest list"),
        [FileRequired(_l("Please choose a file."))],
        description=_l(
            "A spreadsheet (XLSX) or CSV file with a line of headings; 10 MB, 20,000 lines at most."
        ),
    )


class ImportForm(FlaskForm):
    """How to import a list that was read."""

    write_letters = BooleanField(
        _l("Write to them now"),
        default=True,
        description=_l("Everybody who is new gets a letter with their ticket."),
    )


class NameForm(FlaskForm):
    """What a badge says of somebody, to put right a typing mistake, and the guest's group."""

    name = LineField(
        _l("Name"),
        [DataRequired(_l("Please enter a name.")), AtMost(LONGEST["name"])],
    )
    first_name = LineField(
        _l("First name on the badge"),
        [AtMost(LONGEST["first_name"])],
        description=_l("It is printed largest. Left empty, it is taken from the name."),
    )
    company = LineField(_l("Company"), [AtMost(LONGEST["company"])])
    group = LineField(
        _l("Group"),
        [AtMost(LONGEST["group"])],
        description=_l(
            "Your own word for this guest, such as exhibitor or visitor, for the rules of matching."
            " Only organisers see it."
        ),
    )


class ReplacedForm(FlaskForm):
    """Which badge or ticket is to be replaced, so that a second press spares the new one."""

    replaced = NumberField(validators=[InputRequired()])
