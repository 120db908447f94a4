"""What may be sent at the door, from a page or from a program."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID, uuid4

from flask_wtf import FlaskForm
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from wtforms import (
    HiddenField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Regexp, ValidationError
from wtforms.validators import Optional as MayBeEmpty

from eventmatch.badges.forms import LAYOUT_NAMES
from eventmatch.badges.sheet import Layout
from eventmatch.checkin.devices import PinAnswer
from eventmatch.checkin.models import DeviceRole
from eventmatch.checkin.sent import Sent
from eventmatch.checkin.verdict import Direction, Verdict
from eventmatch.checkin.walk_ins import WalkIn
from eventmatch.events.models import Event
from eventmatch.i18n import LANGUAGES, _, _l
from eventmatch.registration.forms import ConsentsForm
from eventmatch.web.fields import AddressField, AtMost, LineField, NumberField

MOST_SCANS = 100  # in one batch
_LATEST_MS = 253_402_300_799_000  # the year 9999
_LONGEST_MS = 2**53  # what a script can count exactly
_LONGEST_CODE = 5000  # signs; a QR code holds less


def _as_text(value: object) -> object:
    is_text = isinstance(value, str) and not value.strip().lstrip("+-").replace(".", "").isdigit()
    if value is not None and not is_text and not isinstance(value, datetime):
        raise ValueError(_("This must be a moment with its zone: 2026-06-01T10:02:00+02:00."))
    return value


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError(_("There is no such moment.")) from None


Moment = Annotated[AwareDatetime, BeforeValidator(_as_text), AfterValidator(_in_utc)]


class ScanBody(BaseModel):
    """One scan: what was read, when by the device's clock, which way, where."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(
        "",
        max_length=_LONGEST_CODE,
        description="Badge or ticket, as code or link, or the code for typing under the badge. "
        "Needed, unless the scan undoes another.",
    )
    scanned_at: Moment | None = Field(None, description="With its zone; arrival if left out.")
    direction: Direction = Direction.IN
    gate: str = Field("", max_length=80)
    target: UUID | None = Field(None, description="For `undo`: the id of the scan to take back.")
    note: str = Field("", max_length=200, description="For `undo`: why.")
    shown: Verdict | None = Field(
        None, description="What a device answered by itself, without network. It counts."
    )
    offset_ms: int = Field(
        0,
        ge=-_LONGEST_MS,
        le=_LONGEST_MS,
        description="How far our clock is ahead of the device's.",
    )
    set_version: int | None = Field(
        None, ge=0, le=_LATEST_MS, description="Of the door set that the device used."
    )

    def sent(self, scan_id: UUID) -> Sent:
        """Return it as a scan with this id.

        Raises: Invalid.
        """
        return Sent(id=scan_id, **self.model_dump(exclude={"id"})).checked()


class BatchedScanBody(ScanBody):
    """One scan in a batch, which names its id itself."""

    id: UUID


class DeviceScanBody(ScanBody):
    """One scan of a paired device, which counts its scans; its gate is the device's own."""

    epoch: UUID | None = None
    seq: int | None = Field(None, ge=1, le=2**31 - 1)


class BatchedDeviceScanBody(DeviceScanBody):
    """One scan of a paired device in a batch."""

    id: UUID


class BatchBody(BaseModel):
    """Up to 100 scans; each is judged on its own, so that one bad element spoils no other."""

    model_config = ConfigDict(extra="forbid")

    scans: list[Any] = Field(
        max_length=MOST_SCANS,
        description="Each like the body of a single scan, with its `id` (a UUID) beside.",
    )


class ScansQuery(BaseModel):
    """Which part of the scans is wanted."""

    model_config = ConfigDict(extra="forbid")

    after: str = Field("", max_length=18, description="`next` of the answer before.")
    limit: int = Field(100, ge=1, le=1000)


class SetQuery(BaseModel):
    """Which part of the door set is wanted."""

    model_config = ConfigDict(extra="forbid")

    since: str = Field("", max_length=18, description="`version` of the set one has.")


class PresenceBody(BaseModel):
    """A device's sign of life."""

    model_config = ConfigDict(extra="forbid")

    unsent: int = Field(0, ge=0, le=1_000_000)
    unsent_since: Moment | None = None
    epoch: UUID | None = None
    seq: int = Field(0, ge=0, le=2**31 - 1, description="Of the latest scan of this epoch.")
    set_version: int | None = Field(None, ge=0, le=_LATEST_MS)


class DeliveriesBody(PresenceBody):
    """What a device has to deliver; it is a sign of life as well."""

    scans: list[Any] = Field(default_factory=list, max_length=MOST_SCANS)


_PIN = Regexp(r"^[0-9]{4,8}$", message=_l("A PIN has four to eight digits."))
_PAPERS = (Layout.LABEL, Layout.CARD, Layout.A7, Layout.A6)  # what one badge is printed on


class DeviceForm(FlaskForm):
    """A device to be paired."""

    name = LineField(
        _l("Name of the device"),
        [DataRequired(_l("Give the device a name.")), Length(max=80)],
        description=_l("What is written on it, so that everybody knows which one is meant."),
    )
    gate = LineField(
        _l("Gate"),
        [DataRequired(_l("Which door does it stand at?")), Length(max=80)],
    )
    role = SelectField(
        _l("Who holds it"),
        choices=[
            SelectChoice(DeviceRole.STEWARD.value, _l("Steward")),
            SelectChoice(DeviceRole.LEAD.value, _l("Door lead")),
            SelectChoice(DeviceRole.KIOSK.value, _l("Kiosk: guests serve themselves")),
        ],
        default=DeviceRole.STEWARD.value,
        description=_l(
            "A steward scans and sees no list. A door lead also searches, lets people in who have"
            " not registered, and prints. A kiosk stands alone and shows each guest only their own."
        ),
    )
    pin = LineField(
        _l("PIN"),
        [MayBeEmpty(), _PIN],
        description=_l(
            "Four to eight digits. It opens the lead’s guest list, which closes after three"
            " minutes without use; a lead without one chooses it at first. Staff leave a kiosk"
            " with it, so a kiosk needs one."
        ),
    )
    paper = SelectField(
        _l("Paper for badges"),
        choices=[SelectChoice(layout.value, LAYOUT_NAMES[layout]) for layout in _PAPERS],
        default=Layout.LABEL.value,
    )

    def validate_role(self, field: SelectField) -> None:
        """Ask for the PIN without which nobody would come out of the kiosk again."""
        if field.data == DeviceRole.KIOSK.value and not self.pin.data:
            raise ValidationError(_("A kiosk needs a PIN, with which staff leave it."))


def _check_id(field: HiddenField) -> None:
    try:
        UUID(field.data or "")
    except ValueError:
        raise ValidationError(_("Please reload the page and try again.")) from None


UNDO_REASONS = (
    _l("Wrong person"),
    _l("Scanned by mistake"),
    _l("Did not go through"),
    _l("Wrong direction"),
)


class UndoForm(FlaskForm):
    """Why a scan is taken back; the page gives the undo an id, so that a second click is none."""

    undo_id = HiddenField(default=lambda: str(uuid4()))
    note = SelectField(_l("Why is this scan taken back?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.note.choices = [SelectChoice(str(reason), reason) for reason in UNDO_REASONS]

    def validate_undo_id(self, field: HiddenField) -> None:
        """Refuse what the page did not write."""
        _check_id(field)


class TickForm(FlaskForm):
    """That somebody has looked into it, and what they found."""

    note = LineField(_l("Note"), [Length(max=500)])


class ScanForm(FlaskForm):
    """A code that was typed; the page gives it an id, so that a second click stores nothing new."""

    scan_id = HiddenField(default=lambda: str(uuid4()))
    code = LineField(
        _l("Code"),
        [DataRequired(_l("Type the code under the QR code.")), Length(max=_LONGEST_CODE)],
    )
    direction = RadioField(
        _l("Direction"),
        choices=[
            SelectChoice(Direction.IN.value, _l("In")),
            SelectChoice(Direction.OUT.value, _l("Out")),
        ],
        default=Direction.IN.value,
    )

    def validate_scan_id(self, field: HiddenField) -> None:
        """Refuse what the page did not write."""
        _check_id(field)


class PinForm(FlaskForm):
    """A PIN, to be chosen or to be tried."""

    pin = PasswordField(_l("PIN"), [DataRequired(_l("Please enter the PIN.")), _PIN])


def wrong_pin(answer: PinAnswer) -> str:
    """Return what to say to a PIN that opens nothing."""
    if answer is PinAnswer.LOCKED:
        return _("Too many wrong PINs. Wait five minutes, or ask the organiser to pair again.")
    return _("This is not the PIN.")


class BadgeForm(FlaskForm):
    """Which badge lies on paper, so that a second press does not make a third."""

    replaced = NumberField(validators=[InputRequired()])


class WalkInForm(ConsentsForm):
    """Somebody who has not registered; the page gives it an id, so that it counts once."""

    walk_in_id = HiddenField(default=lambda: str(uuid4()))
    name = LineField(_l("Name"), [DataRequired(_l("Please enter a name.")), AtMost(100)])
    email = AddressField(
        _l("Mail address"),
        [DataRequired(_l("Please enter a mail address.")), AtMost(254)],
        description=_l("The ticket goes there. Other guests do not see it."),
    )
    company = LineField(_l("Company"), [AtMost(150)])
    language = SelectField(_l("Language of our letters"))

    @classmethod
    def of(cls, event: Event, **options: Any) -> "WalkInForm":
        """Return the form in the languages of the event, its first one chosen."""
        spoken = [code for code in event.languages if code in LANGUAGES] or list(LANGUAGES)
        form = cls(**{"data": {"language": spoken[0]}} | options)
        form.language.choices = [SelectChoice(code, LANGUAGES[code]) for code in spoken]
        form.language.data = form.language.data or spoken[0]
        return form

    def validate_walk_in_id(self, field: HiddenField) -> None:
        """Refuse what the page did not write."""
        _check_id(field)

    def walk_in(self, *, walk_in_id: UUID, arrived_at: datetime | None = None) -> WalkIn:
        """Return what was entered."""
        return WalkIn(
            id=walk_in_id,
            name=self.name.data,
            email=self.email.data,
            company=self.company.data or "",
            language=self.language.data,
            consents=self.consents(),
            arrived_at=arrived_at,
        )


class WalkInBody(BaseModel):
    """What a device's queue sends of a walk-in: the fields of the form, and when it was."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=1000)
    email: str = Field(max_length=1000)
    company: str = Field("", max_length=1000)
    language: str = Field("", max_length=10)
    may_be_suggested: bool = False
    may_be_listed: bool = False
    may_be_scanned: bool = False
    may_be_found: bool = False
    scanned_at: Moment | None = None
