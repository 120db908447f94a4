"""What must be said before somebody is deleted."""

from flask_wtf import FlaskForm
from wtforms import BooleanField
from wtforms.validators import DataRequired

from eventmatch.i18n import _l


class DeletionForm(FlaskForm):
    """A yes that nobody gives by a slip of the finger."""

    is_sure = BooleanField(
        _l("Delete me, for good"),
        [DataRequired(_l("Please tick this first: it cannot be undone."))],
    )
