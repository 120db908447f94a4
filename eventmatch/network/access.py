"""Whether programs may come in: only where the operator has installed what they speak to."""

from flask import current_app

from eventmatch.errors import NotFound


def is_offered() -> bool:
    """Tell whether this server has an address book to subscribe to."""
    return "dav" in current_app.blueprints


def check_offered() -> None:
    """Refuse where there is none.

    Raises: NotFound.
    """
    if not is_offered():
        raise NotFound
