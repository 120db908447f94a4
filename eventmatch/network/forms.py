"""What may be sent to a person's network."""

from flask_wtf import FlaskForm
from wtforms.validators import Length

from eventmatch.i18n import _l
from eventmatch.web.fields import LinesField

LONGEST_NOTE = 2000


class NoteForm(FlaskForm):
    """The owner's own words about a contact."""

    note = LinesField(
        _l("My note"),
        [Length(max=LONGEST_NOTE, message=_l("Please write 2000 signs at most."))],
        description=_l("Only you see it. It goes with the contact into your address book."),
    )
