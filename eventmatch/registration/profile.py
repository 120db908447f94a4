"""What a person says of themselves at one event, and how much of it there is room for.

Forms and imports refuse by the same measure, or who was imported could not save their own page.
"""

import re
from dataclasses import dataclass, field

LONGEST = {
    "name": 100,
    "first_name": 60,
    "company": 150,
    "role": 150,
    "phone": 40,
    "website": 200,
    "offers": 2000,
    "seeks": 2000,
    "interests": 2000,
    "group": 60,
}  # signs
MOST_TAGS = 12
LONGEST_TAG = 40

_PHONE = re.compile(r"\+?[0-9 ()/.\-]{4,40}")
_HOST = re.compile(r"[^\s/:@]+\.[^\s/:@.]{2,}(:[0-9]{1,5})?(/\S*)?")


def is_phone(text: str) -> bool:
    """Tell whether a phone can dial this."""
    return len(text) <= LONGEST["phone"] and _PHONE.fullmatch(text) is not None


def web_address(text: str) -> str:
    """Return the address as a link, which needs no beginning to be typed.

    Raises: ValueError for everything but the web.
    """
    scheme, _colon, rest = text[:300].rpartition("://")
    if scheme.lower() not in {"", "http", "https"} or not _HOST.fullmatch(rest):
        raise ValueError(text)
    return f"{scheme.lower() or 'https'}://{rest}"


@dataclass(frozen=True)
class Profile:
    """Name and words of one guest; every text but the name may be empty."""

    name: str
    company: str = ""
    role: str = ""
    first_name: str = ""
    phone: str = ""
    website: str = ""
    interests: str = ""
    offers: str = ""
    seeks: str = ""
    tags: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
