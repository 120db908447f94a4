"""What the letters of this room say: the link that opens a network."""

from uuid import UUID

from flask import url_for

from eventmatch import clock
from eventmatch.mail import Content, letter
from eventmatch.people.access import secret
from eventmatch.people.actions import link_code
from eventmatch.people.queries import find_link_with_person


@letter("sign_in")
def compose_sign_in(*, link_id: str) -> Content | None:
    """Compose the letter with the link, unless it came too late to be of use."""
    link = find_link_with_person(UUID(link_id))
    if link is None or link.used_at is not None or link.expires_at <= clock.now():
        return None
    url = url_for("people.show_link", code=link_code(link, secret=secret()), _external=True)
    return Content({"url": url, "greeted": link.person.name})
