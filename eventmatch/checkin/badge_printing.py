"""A guest's badge on the paper of a device at the door."""

from flask import current_app

from eventmatch.badges.jobs import further_fonts
from eventmatch.badges.printing import badge_for_page, picture_of_badge, print_badges
from eventmatch.badges.sheet import Layout
from eventmatch.checkin.models import Device
from eventmatch.registration.access import secret
from eventmatch.registration.models import Registration


def badge_on_paper(guest: Registration, device: Device) -> bytes:
    """Return the badge as SVG, for a page that the browser prints."""
    return badge_for_page(
        device.event,
        guest,
        secret=secret(),
        base_url=current_app.config["BASE_URL"],
        fonts=further_fonts(),
        layout=Layout(device.paper),
    )


def badge_to_look_at(guest: Registration, device: Device) -> bytes:
    """Return the badge as PNG, for a screen."""
    return picture_of_badge(
        device.event,
        guest,
        secret=secret(),
        base_url=current_app.config["BASE_URL"],
        fonts=further_fonts(),
        layout=Layout(device.paper),
    )


def badge_as_pdf(guest: Registration, device: Device) -> bytes:
    """Return the badge as a PDF of the size of the paper."""
    return print_badges(
        device.event,
        Layout(device.paper),
        secret=secret(),
        base_url=current_app.config["BASE_URL"],
        fonts=further_fonts(),
        only=guest,
        both_faces=False,
    )
