"""The tree of expected failures: each says what happened, to programs and to people.

Only `web.errors` knows which HTTP status belongs to which branch.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from eventmatch.i18n import _l


class Refusal(Exception):
    """Something cannot be done, for a reason that we can name.

    `fields` names the fields at fault, each with its sentences.
    """

    code: ClassVar[str] = "refused"
    message: ClassVar[str] = _l("This cannot be done.")

    def __init__(self, fields: Mapping[str, Sequence[str]] | None = None) -> None:
        super().__init__(self.code)
        self.fields: dict[str, list[str]] = {
            name: [str(sentence) for sentence in sentences]
            for name, sentences in (fields or {}).items()
        }


class NotFound(Refusal):
    """It does not exist, or not for the one who asks."""

    code = "not_found"
    message = _l("There is nothing at this address.")


class NotAllowed(Refusal):
    """The one who asks may not do this."""

    code = "not_allowed"
    message = _l("You may not do this.")


class NotSignedIn(Refusal):
    """Nobody is signed in, or the token is not known."""

    code = "not_signed_in"
    message = _l("Please sign in first.")
    sign_in_endpoint: ClassVar[str] = "security.login"  # where people are led


class Conflict(Refusal):
    """It was possible once, but the state of things is another by now."""

    code = "conflict"
    message = _l("This no longer fits what has happened meanwhile.")


class Invalid(Refusal):
    """What was sent cannot be understood; `fields` says where."""

    code = "invalid"
    message = _l("Please check what you entered.")


class TooOften(Refusal):
    """The same was asked for too many times."""

    code = "too_often"
    message = _l("That was too often. Please wait a moment and try again.")


class Unavailable(Refusal):
    """The database is busy or away for the moment; trying again helps."""

    code = "unavailable"
    message = _l("We cannot answer just now. Please try again in a moment.")
