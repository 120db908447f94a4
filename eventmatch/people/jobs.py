"""What runs in the background: passwords that nobody uses any more are forgotten."""

from eventmatch.db import db
from eventmatch.jobs import every
from eventmatch.people.actions import forget_app_passwords


@every(3600)
def forget_old_passwords() -> None:
    """Forget the passwords of programs that were removed, or have not asked for a year."""
    forget_app_passwords()
    db.session.commit()
