"""Form fields and checks that WTForms lacks."""

from typing import Any

from wtforms import Field, IntegerField, StringField, TextAreaField, ValidationError
from wtforms.fields import DateTimeLocalField

from eventmatch.i18n import _
from eventmatch.web.cleaning import cleaned, cleaned_lines, read_address

YEARS = range(2000, 2101)


class AtMost:
    """Refuses a longer text, in a sentence that names the field."""

    def __init__(self, signs: int) -> None:
        self.signs = signs

    def __call__(self, form: Any, field: Field) -> None:
        """Check the text.

        Raises: ValidationError.
        """
        length = len(field.data or "")
        if length > self.signs:
            raise ValidationError(
                _(
                    "“%(field)s” has room for %(most)d characters; these are %(length)d.",
                    field=field.label.text,
                    most=self.signs,
                    length=length,
                )
            )


class LineField(StringField):
    """One line of text, without control characters and outer blanks."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the text as cleaned."""
        if valuelist:
            self.data = cleaned(str(valuelist[0]))


class LinesField(TextAreaField):
    """Some lines of text, without control characters and outer blanks."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the text as cleaned."""
        if valuelist:
            self.data = cleaned_lines(str(valuelist[0]))


class MomentField(DateTimeLocalField):
    """A local date and time, as `<input type="datetime-local">` sends it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("format", ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])
        super().__init__(*args, **kwargs)

    def pre_validate(self, form: Any) -> None:
        """Refuse years in which no event of ours is, and beyond which one cannot count days."""
        if self.data and self.data.year not in YEARS:
            raise ValidationError(_("Please enter a year from 2000 to 2100."))


class NumberField(IntegerField):
    """A whole number, of a size that can be compared and stored."""

    _LONGEST = 18  # digits; beyond them comparing ends in an error

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the number.

        Raises: ValueError with a sentence for people.
        """
        if valuelist and len(str(valuelist[0]).strip()) > self._LONGEST:
            raise ValueError(_("Please enter a smaller number."))
        super().process_formdata(valuelist)


class AddressField(StringField):
    """A mail address, kept in lower case."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the text without blanks."""
        if valuelist:
            self.data = str(valuelist[0]).strip()

    def pre_validate(self, form: Any) -> None:
        """Refuse what no mail server would take."""
        if not self.data:
            return
        try:
            self.data = read_address(self.data)
        except ValueError as problem:
            raise ValidationError(str(problem)) from None
