"""Names as they are searched and sorted: Müller, Mueller and Muller are one."""

import re
import unicodedata

_SPELLINGS = (
    ("ß", "ss"),
    ("æ", "a"),
    ("ø", "o"),
    ("ł", "l"),
    ("ae", "a"),
    ("oe", "o"),
    ("ue", "u"),
)


def folded(text: str) -> str:
    """Return the text in lower case, without accents, with umlauts in one spelling."""
    lower = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(sign for sign in lower if not unicodedata.combining(sign))
    for spelling, one in _SPELLINGS:
        plain = plain.replace(spelling, one)
    return re.sub(r"\s+", " ", plain).strip()
