"""What an event still lacks, and what its organiser does next."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from eventmatch.events.models import Event, EventState
from eventmatch.i18n import _
from eventmatch.organiser.queries import Overview

ENOUGH_PROFILES = 20  # with fewer, suggestions are mostly chance


@dataclass(frozen=True)
class Setup:
    """How the server is set up, as far as guests notice."""

    sends_mail: bool
    is_https: bool


@dataclass(frozen=True)
class Check:
    """One line of the checklist; `endpoint` is the page on which it is put right."""

    done: bool
    label: str
    hint: str = ""
    endpoint: str = ""
    action: str = ""


def checks(event: Event, overview: Overview, setup: Setup) -> list[Check]:
    """Return what must be true before guests come, in the order in which one sees to it."""
    return [*_event(event), *_guests(overview), *_door(overview), *_server(setup)]


def _event(event: Event) -> Iterator[Check]:
    yield Check(
        done=bool(event.place),
        label=_("Date and place are set"),
        hint=_("Guests do not yet know where it is."),
        endpoint="events.edit_event",
        action=_("Enter the place"),
    )
    yield Check(
        done=event.state is not EventState.DRAFT,
        label=_("Sign-up is open"),
        hint=_("Until then, nobody but you sees the event. The button at the top opens it."),
    )


def _guests(overview: Overview) -> Iterator[Check]:
    counts = overview.registrations
    yield Check(
        done=counts.confirmed + counts.waiting > 0,
        label=_("Guests are there"),
        hint=_("Share the sign-up link, or import a list that you have."),
        endpoint="registration.show_import",
        action=_("Import a list"),
    )
    yield Check(
        done=counts.suggestible >= ENOUGH_PROFILES,
        label=_("Enough guests say whom they want to meet"),
        hint=_(
            "%(count)d of at least %(enough)d guests have a profile and want suggestions.",
            count=counts.suggestible,
            enough=ENOUGH_PROFILES,
        ),
        endpoint="registration.show_registrations",
        action=_("See the registrations"),
    )
    yield Check(
        done=overview.match_runs > 0,
        label=_("Suggestions are made"),
        hint=_("They come by themselves as soon as guests have profiles."),
        endpoint="matching.show_matching",
        action=_("See the matching"),
    )


def _door(overview: Overview) -> Iterator[Check]:
    yield Check(
        done=overview.registrations.confirmed > 0,
        label=_("Badges can be printed"),
        hint=_("There is nobody with a seat yet."),
        endpoint="badges.show_badges",
        action=_("See the badges"),
    )
    yield Check(
        done=overview.devices > 0,
        label=_("A device is ready at the door"),
        hint=_("Pair a phone, a tablet or a laptop; it takes one link."),
        endpoint="checkin.show_devices",
        action=_("Pair a device"),
    )


def _server(setup: Setup) -> Iterator[Check]:
    yield Check(
        done=setup.sends_mail,
        label=_("Letters are really sent"),
        hint=_(
            "No mail server is set up, so letters are kept here instead. "
            "Whoever runs the server sets EVENTMATCH_MAIL_URL."
        ),
        endpoint="organiser.show_letters",
        action=_("Read the letters"),
    )
    yield Check(
        done=setup.is_https,
        label=_("The public address is encrypted (https)"),
        hint=_(
            "Phones open their camera only on an encrypted address. "
            "Whoever runs the server sets EVENTMATCH_BASE_URL."
        ),
    )


@dataclass(frozen=True)
class Step:
    """What the organiser does next; `is_post` when pressing the button changes something."""

    label: str
    endpoint: str
    icon: str
    hint: str
    is_post: bool = False


def next_step(event: Event, overview: Overview, now: datetime) -> Step | None:
    """Return the one thing to do now; None when the event is over."""
    if event.is_closed:
        return None
    if event.state is EventState.DRAFT:
        return Step(
            label=_("Open sign-up"),
            endpoint="events.open_event",
            icon="check",
            hint=_("The event is a draft. Open sign-up when you are content with it."),
            is_post=True,
        )
    if now > event.ends_at:
        return Step(
            label=_("Close the event"),
            endpoint="organiser.show_closing",
            icon="check",
            hint=_("It is over. Closing it brings everybody their contacts."),
        )
    if event.is_live(now):
        return _at_the_door(overview)
    return _before(overview)


def _at_the_door(overview: Overview) -> Step:
    return Step(
        label=_("To the door"),
        endpoint="checkin.show_devices",
        icon="door-open",
        hint=_("It is on: guests are coming in.")
        if overview.devices
        else _("It is on, but no device is ready at the door."),
    )


def _before(overview: Overview) -> Step:
    if overview.registrations.confirmed == 0:
        return Step(
            label=_("Import guests"),
            endpoint="registration.show_import",
            icon="upload",
            hint=_("Sign-up is open. Share the link below, or import a list."),
        )
    return Step(
        label=_("Print badges"),
        endpoint="badges.show_badges",
        icon="printer",
        hint=_("Guests are registering. Print the badges shortly before you open the doors."),
    )
