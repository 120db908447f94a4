"""From an event to its badges on paper."""

from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_interval

from eventmatch.badges.queries import faces_of
from eventmatch.badges.sheet import (
    Design,
    Face,
    Layout,
    draw_badges,
    draw_for_page,
    draw_picture,
)
from eventmatch.db import only_reading
from eventmatch.errors import Conflict
from eventmatch.events.models import Event
from eventmatch.i18n import DEFAULT_LANGUAGE, _l, conventions
from eventmatch.registration.models import Registration


class NobodyToPrint(Conflict):
    """Nobody has a seat, so there is no badge."""

    code = "nobody_to_print"
    message = _l("Nobody has a seat yet, so there is no badge to print.")


def print_badges(
    event: Event,
    layout: Layout,
    *,
    secret: str,
    base_url: str,
    fonts: Path | None = None,
    only: Registration | None = None,
    both_faces: bool = True,
    on_progress: Callable[[int, int], None] | None = None,
) -> bytes:
    """Return a PDF with the badges of everybody who has a seat, or of one of them.

    `fonts` is a folder with further fonts. Holds no transaction while it draws: that takes long,
    and must not keep others from writing. Raises: NobodyToPrint.
    """
    with only_reading():
        faces = faces_of(event, secret=secret, base_url=base_url, only=only)
    if not faces:
        raise NobodyToPrint
    return draw_badges(
        faces,
        design_of(event),
        layout=layout,
        both_faces=both_faces,
        extra_fonts=fonts,
        on_progress=on_progress,
    )


def picture_of_badge(
    event: Event,
    registration: Registration,
    *,
    secret: str,
    base_url: str,
    fonts: Path | None,
    layout: Layout = Layout.A6,
) -> bytes:
    """Return a PNG of one badge, to look at before printing.

    Raises: NobodyToPrint.
    """
    face = _face_of(event, registration, secret=secret, base_url=base_url)
    return draw_picture(face, design_of(event), layout=layout, extra_fonts=fonts)


def badge_for_page(
    event: Event,
    registration: Registration,
    *,
    secret: str,
    base_url: str,
    fonts: Path | None,
    layout: Layout,
) -> bytes:
    """Return an SVG of one badge, for a page that the browser prints.

    Raises: NobodyToPrint.
    """
    face = _face_of(event, registration, secret=secret, base_url=base_url)
    return draw_for_page(face, design_of(event), layout=layout, extra_fonts=fonts)


def _face_of(event: Event, registration: Registration, *, secret: str, base_url: str) -> Face:
    faces = faces_of(event, secret=secret, base_url=base_url, only=registration)
    if not faces:
        raise NobodyToPrint
    return faces[0]


def design_of(event: Event) -> Design:
    """Return what all badges of the event share, in its first language."""
    zone = ZoneInfo(event.timezone)
    language = (event.languages or [DEFAULT_LANGUAGE])[0]
    dates = format_interval(
        event.starts_at.astimezone(zone).date(),
        event.ends_at.astimezone(zone).date(),
        "yMMMMd",
        locale=conventions(language),
    )
    return Design(event_title=event.title, accent=event.accent, place=event.place, dates=dates)
