"""What may be sent about somebody who behaves badly."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectChoice
from wtforms.validators import DataRequired, Length

from eventmatch.i18n import _l
from eventmatch.reports.models import Reason
from eventmatch.web.fields import LinesField

REASON_NAMES = {
    Reason.UNWANTED: _l("They do not leave me alone"),
    Reason.INSULT: _l("Insult, threat or harassment"),
    Reason.FALSE_NAME: _l("They are not who they say they are"),
    Reason.ADVERTISING: _l("Advertising, or collecting contacts"),
    Reason.OTHER: _l("Something else"),
}
_TOO_LONG = _l("Please write 2000 signs at most.")


class ReportForm(FlaskForm):
    """Why a guest reports another."""

    reason = RadioField(
        _l("What happened?"),
        [DataRequired(_l("Please choose what fits best."))],
        choices=[SelectChoice(reason.value, name) for reason, name in REASON_NAMES.items()],
    )
    text = LinesField(
        _l("In your own words"),
        [Length(max=2000, message=_TOO_LONG)],
        description=_l("What the organiser should know: where, when, what was said."),
    )
    also_block = BooleanField(
        _l("Block them, too."),
        default=True,
        description=_l("From then on you have nothing to do with each other, here and elsewhere."),
    )


class StepForm(FlaskForm):
    """What an organiser did about a report."""

    text = LinesField(_l("What was done"), [Length(max=2000, message=_TOO_LONG)])
    closes = BooleanField(_l("This settles it."), default=True)
