"""What programs send, read as a body; what does not fit is said in the reader's language."""

from typing import TypeVar

from flask_babel import LazyString
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from eventmatch.errors import Invalid
from eventmatch.i18n import _l

Body = TypeVar("Body", bound=BaseModel)

# By the kinds of https://docs.pydantic.dev/latest/errors/validation_errors/, or their first word.
_SENTENCES: dict[str, LazyString] = {
    "missing": _l("This is missing."),
    "extra_forbidden": _l("There is no such field."),
    "string": _l("This must be a text."),
    "string_too_long": _l("At most %(max_length)d characters, please."),
    "int": _l("This must be a whole number."),
    "bool": _l("This must be true or false."),
    "greater_than_equal": _l("This must be at least %(ge)s."),
    "less_than_equal": _l("This must be at most %(le)s."),
    "list": _l("This must be a list."),
    "tuple": _l("This must be a list."),
    "too_long": _l("At most %(max_length)d elements, please."),
    "dict": _l("This must be an object with named fields."),
    "model": _l("This must be an object with named fields."),
    "uuid": _l("This must be a UUID."),
    "enum": _l("This must be one of: %(expected)s."),
    "datetime": _l("This must be a moment with its zone: 2026-06-01T10:02:00+02:00."),
    "timezone": _l("This must be a moment with its zone: 2026-06-01T10:02:00+02:00."),
    "value_error": _l("%(error)s"),  # a sentence of our own
}
_OTHERWISE = _l("This cannot be read.")


def read_body(kind: type[Body], content: object) -> Body:
    """Return what was sent, as this kind of body.

    Raises: Invalid naming the fields.
    """
    try:
        return kind.model_validate(content)
    except ValidationError as problem:
        raise Invalid(faults_of(problem)) from None


def faults_of(problem: ValidationError) -> dict[str, list[str]]:
    """Return what is wrong with each field, by its path: `apart.0.1`; `body` is the whole."""
    faults: dict[str, list[str]] = {}
    for error in problem.errors(include_url=False, include_input=False):
        name = ".".join(str(part) for part in error["loc"]) or "body"
        faults.setdefault(name, []).append(_sentence(error))
    return faults


def _sentence(error: ErrorDetails) -> str:
    kind = error["type"]
    sentence = _SENTENCES.get(kind) or _SENTENCES.get(kind.split("_")[0], _OTHERWISE)
    values = error.get("ctx", {})
    if "expected" in values:  # 'a' or 'b', in English
        values["expected"] = values["expected"].replace(" or ", ", ")
    return str(sentence) % values
