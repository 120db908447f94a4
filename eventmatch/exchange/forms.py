"""What a guest may send about somebody whom they have met, or are just meeting."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectChoice, SelectMultipleField
from wtforms.validators import DataRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from eventmatch.exchange.models import LONGEST_NOTE, Chip
from eventmatch.i18n import _, _l
from eventmatch.web.fields import AtMost, LineField, LinesField

_LONGEST_CODE = 5000  # signs; a QR code holds less

CHIP_NAMES = {
    Chip.FOLLOW_UP: _l("Follow up"),
    Chip.SEND_INFO: _l("Send something"),
    Chip.MEET_AGAIN: _l("Meet again"),
    Chip.JUST_HELLO: _l("Just hello"),
}


class RemarkForm(FlaskForm):
    """The guest's own words about somebody, and what they mean to do."""

    text = LinesField(
        _l("My note"),
        [AtMost(LONGEST_NOTE)],
        description=_l("Only you see it. It goes with the contact into your network."),
    )
    chips = SelectMultipleField(
        _l("What next?"),
        choices=[SelectChoice(chip.value, name) for chip, name in CHIP_NAMES.items()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,  # what is no chip is left out
    )


class ScanForm(RemarkForm):
    """A code that a phone has read, or that was typed."""

    scan_id = HiddenField(default=lambda: str(uuid4()))
    code = LineField(
        _l("Code"),
        [DataRequired(_l("Type the code under the QR code.")), Length(max=_LONGEST_CODE)],
    )
    scanned_at = HiddenField()

    def validate_scan_id(self, field: HiddenField) -> None:
        """Refuse what the page did not write."""
        try:
            UUID(field.data or "")
        except ValueError:
            raise ValidationError(_("Please reload the page and try again.")) from None

    @property
    def moment(self) -> datetime | None:
        """Return when it was scanned by the phone's clock, if it says so in a way we know."""
        try:
            moment = datetime.fromisoformat(self.scanned_at.data or "")
            # Without a zone it would be taken for the time at the server.
            return moment.astimezone(UTC) if moment.tzinfo else None
        except (ValueError, OverflowError):
            return None
