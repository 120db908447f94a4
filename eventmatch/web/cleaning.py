"""What people type, as we keep it."""

import unicodedata

from email_validator import EmailNotValidError, validate_email

from eventmatch.i18n import _

_LONGEST_ADDRESS = 254  # RFC 5321, section 4.5.3.1.3, without the angle brackets


# These turn the direction of all that follows, also beyond the text that they came in.
_TURNING = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters by name only


def cleaned(text: str) -> str:
    """Return the text without control characters, with single blanks, composed (NFC).

    Halves of signs (surrogates), which no database takes, go the same way. A text in which nothing
    can be seen is empty. The signs that join and part letters stay, since Persian and families in
    emoji need them.
    """
    kept = "".join(
        " " if unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"} else sign
        for sign in text.translate(_TURNING)
    )
    if not any(_is_seen(sign) for sign in kept):
        return ""
    return " ".join(unicodedata.normalize("NFC", kept).split())


def _is_seen(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LNPS" and sign not in _BLANK_LETTERS


def cleaned_lines(text: str) -> str:
    """Return the text without control characters, its line breaks kept, composed (NFC)."""
    lines = (cleaned(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return "\n".join(lines).strip()


def read_address(text: str) -> str:
    """Return the mail address as we keep it, in lower case.

    Raises: ValueError with a sentence for people.
    """
    refusal = _("Please enter a mail address such as name@example.org.")
    if len(text := text.strip()) > _LONGEST_ADDRESS:  # before any pattern looks at it
        raise ValueError(refusal)
    try:
        parsed = validate_email(
            text, check_deliverability=False, allow_smtputf8=False, test_environment=True
        )
    except EmailNotValidError:
        raise ValueError(refusal) from None
    return (parsed.ascii_email or parsed.normalized).lower()
