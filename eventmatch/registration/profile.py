"""What a person says of themselves at one event."""

from dataclasses import dataclass, field


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
