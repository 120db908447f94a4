"""Pages of the organiser's door: one device, guests by name, lanes, the list on paper."""

from datetime import timedelta

from flask import Blueprint, current_app, flash, redirect, render_template, request, session
from flask import url_for as address_of
from flask.typing import ResponseReturnValue

from eventmatch import clock, qr
from eventmatch.badges.queries import badge_url
from eventmatch.checkin.answers import reason
from eventmatch.checkin.arrivals import forecast
from eventmatch.checkin.conflict_queries import missing_scans
from eventmatch.checkin.desk import admit_guests, guests_named
from eventmatch.checkin.devices import renew_pairing, set_pin
from eventmatch.checkin.forms import PinForm
from eventmatch.checkin.lanes import lanes_for
from eventmatch.checkin.listing import paper_lanes
from eventmatch.checkin.models import Device
from eventmatch.checkin.paper import MOST_LANES
from eventmatch.checkin.picking import number_in, picked_in
from eventmatch.checkin.queries import get_device
from eventmatch.checkin.trial import trial_code, trial_short_code
from eventmatch.codes import grouped
from eventmatch.db import db
from eventmatch.events.access import organised_event, organiser_of
from eventmatch.events.models import Event, Role
from eventmatch.i18n import _
from eventmatch.registration.access import secret
from eventmatch.web.limits import limiter

bp = Blueprint("door_plan", __name__, url_prefix="/organise/events/<slug>/door")

_AT_THE_DOOR = (Role.OWNER, Role.MANAGER, Role.DOOR_LEAD)
_OFFICE = "office"  # the gate of entries that are made without a device
_few_searches = limiter.limit("120/minute")


# One device


@bp.get("/<uid>")
def show_device(slug: str, uid: str) -> str:
    """Show one device, and what can be done with it."""
    event = organised_event(slug)
    return _device_page(event, get_device(uid, event), PinForm())


def _device_page(event: Event, device: Device, form: PinForm) -> str:
    gaps = [one for one in missing_scans(event) if one.device.id == device.id]
    return render_template("checkin/device.html", event=event, device=device, form=form, gaps=gaps)


@bp.post("/<uid>/pin")
def change_pin(slug: str, uid: str) -> ResponseReturnValue:
    """Give the device a new PIN; what the old one opened is closed at once."""
    event = organised_event(slug)
    device, form = get_device(uid, event), PinForm()
    if not form.validate_on_submit():
        return _device_page(event, device, form), 422
    set_pin(device, form.pin.data, secret=secret())
    db.session.commit()
    flash(_("%(name)s has a new PIN.", name=device.name), "success")
    return redirect(address_of(".show_device", slug=slug, uid=uid), 303)


@bp.post("/<uid>/pairings")
def renew(slug: str, uid: str) -> ResponseReturnValue:
    """Make a new pairing link for a device, and lead to the page that shows it once."""
    event = organised_event(slug)
    device = get_device(uid, event)
    code = renew_pairing(device, event, secret=secret())
    db.session.commit()
    link = current_app.config["BASE_URL"] + address_of("checkin.show_pairing", code=code)
    session["pairing"] = {"event": event.slug, "name": device.name, "link": link}
    return redirect(address_of("checkin.show_devices", slug=slug), 303)


# Guests by name


@bp.get("/guests")
@_few_searches
def show_guests(slug: str) -> str:
    """Show whom a name may mean; to htmx only the list."""
    event = organiser_of(slug, roles=_AT_THE_DOOR).event
    search = request.args.get("q", "").strip()[:200]
    part = "_" if request.headers.get("HX-Request") == "true" else ""
    return render_template(
        f"checkin/lead/{part}guests.html",
        desk="door_plan",
        event=event,
        search=search,
        found=guests_named(event, search),
        ticked=request.args.get("ticked", "")[:200],
        calls=[],
    )


@bp.post("/guests")
def admit(slug: str) -> ResponseReturnValue:
    """Let in everybody who was ticked, and show the answer for each."""
    event = organiser_of(slug, roles=_AT_THE_DOOR).event
    picked = picked_in(request.form)
    if not picked:
        flash(_("Tick somebody first."))
        query = request.form.get("q", "")[:200]
        return redirect(address_of(".show_guests", slug=slug, q=query), 303)
    scans = admit_guests(event, picked, gate=_OFFICE, secret=secret())
    db.session.commit()
    return render_template(
        "checkin/lead/answers.html",
        desk="door_plan",
        event=event,
        answers=[(scan, reason(scan, event)) for scan in scans],
    )


# Before the doors open


@bp.get("/lanes")
def show_lanes(slug: str) -> str:
    """Say how many lanes the door needs, and from which numbers that follows."""
    event = organised_event(slug)
    guests = number_in(request.args, "guests", event.seats_taken, least=0, most=100_000)
    seconds = number_in(request.args, "seconds", 10, least=1, most=300)
    minutes = number_in(request.args, "minutes", 1, least=1, most=60)
    expected = forecast(event, guests=guests)
    slots = lanes_for(
        expected.arrivals,
        served_in=timedelta(seconds=seconds),
        longest_wait=timedelta(minutes=minutes),
    )
    return render_template(
        "checkin/lanes.html",
        event=event,
        slots=slots,
        model=expected.model,
        busiest=max(slots, key=lambda slot: (slot.lanes, slot.arrivals), default=None),
        guests=guests,
        seconds=seconds,
        minutes=minutes,
    )


@bp.get("/paper")
def show_paper(slug: str) -> str:
    """Show the list of guests for printing, divided among lanes."""
    event = organised_event(slug)
    lanes = number_in(request.args, "lanes", 1, least=1, most=MOST_LANES)
    return render_template(
        "checkin/paper.html",
        desk="door_plan",
        event=event,
        lanes=lanes,
        most_lanes=MOST_LANES,
        lists=paper_lanes(event, lanes),
        printed_at=clock.now(),
    )


@bp.get("/test-code")
def show_test_code(slug: str) -> str:
    """Show the code that can be scanned as often as one likes."""
    event = organised_event(slug)
    link = badge_url(trial_code(secret(), event.slug), current_app.config["BASE_URL"])
    return render_template(
        "checkin/test_code.html",
        event=event,
        code=grouped(trial_short_code(secret(), event.slug)),
        picture=qr.svg(link),
    )
