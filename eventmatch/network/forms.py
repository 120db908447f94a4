"""What may be sent to a person's network."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, SelectChoice, SelectField, SelectMultipleField
from wtforms.validators import AnyOf, DataRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from eventmatch.exchange.forms import CHIP_NAMES
from eventmatch.exchange.models import LONGEST_NOTE
from eventmatch.i18n import _l
from eventmatch.network.upkeep import RHYTHMS
from eventmatch.people.visibility import RELEASABLE, Release
from eventmatch.web.fields import AtMost, LineField, LinesField

_RHYTHM_NAMES = {
    30: _l("Every month"),
    90: _l("Every three months"),
    180: _l("Twice a year"),
    365: _l("Once a year"),
}


class NoteForm(FlaskForm):
    """The owner's own words about a contact, and what they plan."""

    note = LinesField(
        _l("My note"),
        [AtMost(LONGEST_NOTE)],
        description=_l("Only you see it. It goes with the contact into your address book."),
    )
    chips = SelectMultipleField(
        _l("What next?"),
        choices=[SelectChoice(chip.value, name) for chip, name in CHIP_NAMES.items()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,  # what is no chip is left out
    )
    tags = LineField(
        _l("Tags"), [Length(max=400)], description=_l("Words of your own, divided by commas.")
    )
    follow_up_on = DateField(
        _l("Be in touch by"),
        [Optional()],
        description=_l("On that day it is on top of your network, and in your letter of the week."),
    )
    rhythm_days = SelectField(
        _l("And then again"),
        choices=[
            SelectChoice("", _l("Not by itself")),
            *(SelectChoice(str(days), _RHYTHM_NAMES[days]) for days in RHYTHMS),
        ],
        validate_choice=False,
        validators=[
            AnyOf([None, "", *map(str, RHYTHMS)], message=_l("Please choose one of these."))
        ],
    )


class CardForm(FlaskForm):
    """What a person's contacts see of them, wherever they met."""

    name = LineField(
        _l("Your name"), [DataRequired(_l("Please tell us your name.")), Length(max=200)]
    )
    company = LineField(_l("Company"), [Length(max=200)])
    role = LineField(_l("Role"), [Length(max=200)])
    phone = LineField(_l("Phone"), [Length(max=40)])
    website = LineField(_l("Website"), [Length(max=200)])
    shown = SelectMultipleField(
        _l("My contacts may see"),
        choices=[
            SelectChoice("email", _l("Mail address")),
            SelectChoice("phone", _l("Phone")),
            SelectChoice("website", _l("Website")),
        ],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def releases(self, before: dict[str, str]) -> dict[str, str]:
        """Return to whom each field is released; what was released to more people stays so."""
        chosen = set(self.shown.data or [])
        hidden, mutual = Release.NOBODY.value, Release.MUTUAL.value
        kept = {name: before.get(name, mutual) for name in RELEASABLE}
        return {
            name: (mutual if kept[name] == hidden else kept[name]) if name in chosen else hidden
            for name in RELEASABLE
        }


class UpkeepForm(FlaskForm):
    """Whether and when a person wants to be reminded."""

    wants_digest = BooleanField(
        _l("Remind me by mail."),
        description=_l("At most one letter a week, and only about those whom you chose."),
    )
    paused_until = DateField(_l("Not before"), [Optional()])


class ConnectorForm(FlaskForm):
    """Whether a person may be asked for introductions."""

    is_willing = BooleanField(
        _l("My contacts may ask me to introduce them to each other."),
        description=_l("They see that you know somebody only where that person agreed, too."),
    )


class AskForm(FlaskForm):
    """A short text to a shared contact, and which of them."""

    door = SelectField(_l("Whom do you ask?"), [DataRequired()])
    text = LinesField(
        _l("Why would you like to meet?"),
        [
            DataRequired(_l("Write a sentence: it is all that they have to decide by.")),
            Length(max=500, message=_l("Please write 500 signs at most.")),
        ],
        description=_l("Your contact reads it, and passes it on if they find it fitting."),
    )
