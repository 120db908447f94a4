"""What guests may send: the sentence with which they ask to meet somebody, and an answer."""

from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, ValidationError
from wtforms.validators import DataRequired
from wtforms.widgets import TextArea

from eventmatch.errors import Invalid
from eventmatch.i18n import _, _l
from eventmatch.matching.introducing import Answer
from eventmatch.matching.wording import LONGEST, has_link
from eventmatch.web.fields import AtMost, LineField


class IntroductionForm(FlaskForm):
    """Why a guest would like to meet another.

    `shown` proves that the other was suggested when the page was opened: the lists may be made
    anew while somebody writes.
    """

    reason = LineField(
        _l("Why would you like to meet?"),
        [DataRequired(_l("Please say in a sentence why.")), AtMost(LONGEST)],
        widget=TextArea(),
    )
    shown = HiddenField()

    def validate_reason(self, field: Field) -> None:
        """Refuse links and addresses: they are exchanged when the other agrees."""
        if has_link(field.data or ""):
            raise ValidationError(
                _("Please write without links and addresses. You exchange them after a yes.")
            )


def read_answer(text: str) -> Answer:
    """Return the answer to a request to meet. Raises: Invalid."""
    try:
        return Answer(text)
    except ValueError:
        raise Invalid from None
