"""What a guest tells about themselves, as far as matching reads it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One guest's words. Every text may be empty; `id` tells people apart and must be unique.

    `group` is a label that rules may name; people without one are a group as well.
    """

    id: str
    name: str = ""
    email: str = ""
    company: str = ""
    role: str = ""
    interests: str = ""
    offers: str = ""
    seeks: str = ""
    tags: str = ""
    languages: str = ""
    group: str = ""

    @property
    def in_common(self) -> str:
        """What likeness is read from; at a line end, as at the end of a tag, a phrase ends."""
        return "\n".join((self.interests, self.tags.replace(",", ";"), self.role))
