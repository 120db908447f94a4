"""What runs in the background: what nobody uses or wants any more is forgotten."""

from eventmatch.db import db
from eventmatch.jobs import every
from eventmatch.people.actions import forget_app_passwords
from eventmatch.people.imports import forget_lists_not_taken_in


@every(3600)
def forget_old_passwords() -> None:
    """Forget the passwords of programs that were removed, or have not asked for a year."""
    forget_app_passwords()
    db.session.commit()


@every(3600)
def forget_old_lists() -> None:
    """Forget what was read of files that nobody took in within a day."""
    forget_lists_not_taken_in()
    db.session.commit()
