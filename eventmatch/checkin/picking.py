"""What pages of the door send in the fields of their forms."""

from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

from eventmatch.errors import Invalid


class Fields(Protocol):
    """The fields of a form, of which one name may be there several times."""

    def getlist(self, key: str) -> list[str]:
        """Return all values of this name."""

    def get(self, key: str) -> str | None:
        """Return the first value of this name, or None."""


def number_in(form: Fields, name: str, default: int, *, least: int, most: int) -> int:
    """Return a number of the form within its bounds, or the default for what is none."""
    text = form.get(name) or ""
    wanted = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default
    return max(least, min(wanted, most))


def picked_in(form: Fields, *, most: int = 50) -> Mapping[UUID, UUID]:
    """Return the ids of the entries, by the ids of the ticked guests, or of the only one meant.

    Raises: Invalid for what no page of ours sends.
    """
    only = form.get("only")
    ticked = [only] if only else form.getlist("guest")
    if len(ticked) > most:
        raise Invalid
    try:
        return {UUID(guest): UUID(form.get(f"scan-{guest}") or "") for guest in ticked}
    except ValueError:
        raise Invalid from None
