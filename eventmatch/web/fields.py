"""Form fields and checks that WTForms lacks."""

import unicodedata
from typing import Any

from email_validator import EmailNotValidError, validate_email
from wtforms import StringField, TextAreaField, ValidationError
from wtforms.fields import DateTimeLocalField

from eventmatch.i18n import _


def cleaned(text: str) -> str:
    """Return the text without control characters, with single blanks, composed (NFC)."""
    kept = "".join(" " if unicodedata.category(sign) in {"Cc", "Zl", "Zp"} else sign for sign in text)
    return " ".join(unicodedata.normalize("NFC", kept).split())


def cleaned_lines(text: str) -> str:
    """Return the text without control characters, its line breaks kept, composed (NFC)."""
    lines = (cleaned(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return "\n".join(lines).strip()


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


def read_address(text: str) -> str:
    """Return the mail address as we keep it, in lower case.

    Raises: ValueError with a sentence for people.
    """
    try:
        parsed = validate_email(
            text.strip(), check_deliverability=False, allow_smtputf8=False, test_environment=True
        )
    except EmailNotValidError:
        raise ValueError(_("Please enter a mail address such as name@example.org.")) from None
    return (parsed.ascii_email or parsed.normalized).lower()


class AddressField(StringField):
    """A mail address, kept in lower case."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the text without blanks."""
        if valuelist:
            self.data = str(valuelist[0]).strip()

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002
        """Refuse what no mail server would take."""
        if not self.data:
            return
        try:
            self.data = read_address(self.data)
        except ValueError as problem:
            raise ValidationError(str(problem)) from None
