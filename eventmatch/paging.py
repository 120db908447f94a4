"""Lists in pages: by a cursor, so that a page stays right while rows are added."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from eventmatch.errors import Invalid
from eventmatch.i18n import _

PAGE_SIZE = 50

Item = TypeVar("Item")


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Some items in order, and the cursor of what follows; None at the end."""

    items: Sequence[Item]
    next: str | None


def read_cursor(text: str | None) -> int:
    """Return the cursor as a number; an absent one is 0.

    Raises: Invalid when it is not one of ours.
    """
    if not text:
        return 0
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Invalid({"cursor": [_("This cursor is not one of ours.")]})
    return int(text)
