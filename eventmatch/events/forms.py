"""What organisers may send about events."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    ColorField,
    Field,
    SelectField,
    SelectMultipleField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from eventmatch.errors import Refusal
from eventmatch.events.models import KEPT_DAYS, LONGEST_PLACE, LONGEST_TITLE, Event, Role, Scope
from eventmatch.events.zones import DEFAULT_ZONE, zones_by_region
from eventmatch.i18n import LANGUAGES, _, _l
from eventmatch.web.fields import AddressField, LineField, LinesField, MomentField, NumberField

# Nine colours that are told apart at a glance and read well in light and dark.
ACCENTS = (
    "#3450b5",
    "#0a7cba",
    "#0a6e5c",
    "#3f7d20",
    "#9a6700",
    "#c2410c",
    "#b4233c",
    "#a21c74",
    "#6d3fc0",
)

_WHOLE_NUMBER = _l("Please enter a whole number from 1 to 100000.")


class EventForm(FlaskForm):
    """An event; its moments are local times in the zone that is chosen beside them."""

    title = LineField(
        _l("Title"), [DataRequired(_l("Please give the event a title.")), Length(max=LONGEST_TITLE)]
    )
    place = LineField(_l("Place"), [Length(max=LONGEST_PLACE)])
    description = LinesField(
        _l("What it is about"),
        [Length(max=5000)],
        description=_l("Guests read it on the sign-up page."),
    )
    starts_at = MomentField(_l("Begins"), [InputRequired(_l("Please say when it begins."))])
    ends_at = MomentField(_l("Ends"), [InputRequired(_l("Please say when it ends."))])
    timezone = SelectField(_l("Time zone"), [InputRequired()], default=DEFAULT_ZONE)
    doors_open_at = MomentField(
        _l("Doors open"), [Optional()], description=_l("Before that, nobody is let in.")
    )
    doors_close_at = MomentField(
        _l("Doors close"), [Optional()], description=_l("After that, nobody is let in.")
    )
    capacity = NumberField(
        _l("Seats"),
        [InputRequired(_WHOLE_NUMBER), NumberRange(1, 100_000, _WHOLE_NUMBER)],
        description=_l("Who registers when all are taken goes on the waiting list."),
    )
    most_inside = NumberField(
        _l("Most people inside at once"),
        [Optional(), NumberRange(1, 100_000, _WHOLE_NUMBER)],
        description=_l("The door refuses more. The number of seats if empty."),
    )
    one_entry = BooleanField(
        _l("Whoever has gone out does not come in again"),
        description=_l("One badge is one entry then."),
    )
    kept_days = NumberField(
        _l("Delete profiles so many days after the event"),
        [Optional(), NumberRange(30, 730, _l("Please enter a number of days from 30 to 730."))],
        default=KEPT_DAYS,
        description=_l(
            "Then what guests wrote, suggestions, requests and letters are deleted, and everybody"
            " who exchanged contacts with nobody. Head counts stay."
        ),
    )
    languages = SelectMultipleField(
        _l("Languages of the event"),
        [InputRequired(_l("Please choose at least one language."))],
        choices=LANGUAGES,
        default=list(LANGUAGES),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    accent = ColorField(
        _l("Colour"),
        [
            InputRequired(_l("Please choose a colour.")),
            Regexp(r"#[0-9a-fA-F]{6}\Z", message=_l("Please choose a colour.")),
        ],
        default=ACCENTS[0],
        description=_l("It colours the pages, letters and badges of this event."),
    )

    def __init__(self, *args: Any, also_zone: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.timezone.choices = zones_by_region(also_zone)

    @classmethod
    def of(cls, event: Event) -> Self:
        """Return the form as it shows this event; what was just sent goes first."""
        return cls(data=_as_typed(event), also_zone=event.timezone)

    @classmethod
    def like(cls, event: Event) -> Self:
        """Return the form for another event of this kind: all as there, but when it is."""
        typed = _as_typed(event)
        kept = {name: value for name, value in typed.items() if name not in _MOMENTS}
        return cls(formdata=None, data=kept, also_zone=event.timezone)

    def validate_ends_at(self, field: Field) -> None:
        """Refuse an end that is not after the start."""
        if self.starts_at.data and field.data and field.data <= self.starts_at.data:
            raise ValidationError(_("The end must be after the start."))

    def validate_doors_open_at(self, field: Field) -> None:
        """Refuse doors that open when all is over."""
        if self.ends_at.data and field.data and field.data >= self.ends_at.data:
            raise ValidationError(_("The doors must open before the event ends."))

    def validate_doors_close_at(self, field: Field) -> None:
        """Refuse doors that close before they open."""
        if self.doors_open_at.data and field.data and field.data <= self.doors_open_at.data:
            raise ValidationError(_("The doors must close after they open."))

    def details(self) -> dict[str, Any]:
        """Return the event's columns, its moments as the zone has them."""
        zone = ZoneInfo(self.timezone.data)
        return {
            "title": self.title.data,
            "place": self.place.data or "",
            "description": self.description.data or "",
            "timezone": self.timezone.data,
            "capacity": self.capacity.data,
            "most_inside": self.most_inside.data,
            "may_return": not self.one_entry.data,
            "kept_days": self.kept_days.data or KEPT_DAYS,
            "languages": self.languages.data,
            "accent": self.accent.data.lower(),
            **{
                name: self[name].data and self[name].data.replace(tzinfo=zone).astimezone(UTC)
                for name in _MOMENTS
            },
        }


_MOMENTS = ("starts_at", "ends_at", "doors_open_at", "doors_close_at")
_COLUMNS = (
    "title",
    "place",
    "description",
    "timezone",
    "capacity",
    "most_inside",
    "kept_days",
    "languages",
    "accent",
)


def _as_typed(event: Event) -> Mapping[str, Any]:
    zone = ZoneInfo(event.timezone)
    moments: dict[str, datetime | None] = {name: getattr(event, name) for name in _MOMENTS}
    return {
        **{name: getattr(event, name) for name in _COLUMNS},
        "one_entry": not event.may_return,
        **{
            name: moment and moment.astimezone(zone).replace(tzinfo=None)
            for name, moment in moments.items()
        },
    }


_ROLES = [
    SelectChoice(Role.MANAGER.value, _l("Manager: everything but the team")),
    SelectChoice(Role.DOOR_LEAD.value, _l("Door lead: search guests, let in, look at conflicts")),
    SelectChoice(Role.OWNER.value, _l("Owner: everything, also the team")),
]


class RoleForm(FlaskForm):
    """What somebody may do."""

    role = SelectField(_l("Role"), choices=_ROLES)


class TeamForm(RoleForm):
    """Who is asked to help, and as what."""

    email = AddressField(_l("Mail address"), [DataRequired(_l("Please enter a mail address."))])


class TokenForm(FlaskForm):
    """The right of a program to one event."""

    label = LineField(
        _l("What is it for?"),
        [DataRequired(_l("Please say what the token is for.")), Length(max=100)],
        description=_l("So that you still know next year which one you may revoke."),
    )
    scope = SelectField(
        _l("What may the program do?"),
        choices=[
            SelectChoice(Scope.READ.value, _l("Read: registrations, scans and suggestions")),
            SelectChoice(Scope.DOOR.value, _l("Door: scan badges, and read what was scanned")),
            SelectChoice(Scope.ORGANISER.value, _l("Organiser: everything, also badge codes")),
        ],
    )


def show_refusal(form: FlaskForm, refusal: Refusal) -> None:
    """Put the sentences of a refusal at the fields they are about."""
    for name, sentences in refusal.fields.items():
        if name in form:
            form[name].errors = [*form[name].errors, *sentences]
        else:
            form.form_errors.extend(sentences)
    if not refusal.fields:
        form.form_errors.append(str(refusal.message))
