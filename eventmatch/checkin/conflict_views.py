"""What does not fit at the door: for the door lead at the gate, and for the organiser."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from eventmatch.accounts.access import signed_in_account
from eventmatch.checkin.access import unlocked_lead
from eventmatch.checkin.conflict_queries import (
    conflicts_of,
    missing_scans,
    odd_clocks,
    quarantined_of,
)
from eventmatch.checkin.conflicts import tick_off_conflict, tick_off_quarantined
from eventmatch.checkin.forms import TickForm
from eventmatch.db import db
from eventmatch.events.access import organiser_of
from eventmatch.events.models import Event, Role
from eventmatch.i18n import _

bp = Blueprint("door_conflicts", __name__)

_MAY_LOOK = (Role.OWNER, Role.MANAGER, Role.DOOR_LEAD)


def _page(event: Event, *, form: TickForm, at_the_door: bool) -> str:
    return render_template(
        "checkin/conflicts.html",
        event=event,
        at_the_door=at_the_door,
        form=form,
        conflicts=conflicts_of(event),
        quarantined=quarantined_of(event),
        missing=missing_scans(event),
        clocks=odd_clocks(event),
    )


def _tick(event: Event, kind: str, number: int, by: str) -> TickForm | None:
    """Tick one off; return the form if it was not filled in."""
    form = TickForm()
    if not form.validate_on_submit():
        return form
    tick: Any = {"conflicts": tick_off_conflict, "quarantine": tick_off_quarantined}[kind]
    tick(event, number, by=by, note=form.note.data or "")
    db.session.commit()
    flash(_("Ticked off."), "success")
    return None


# The door lead


@bp.get("/door/conflicts")
def show_conflicts() -> str:
    """Show the lead at the gate what does not fit."""
    return _page(unlocked_lead().event, form=TickForm(), at_the_door=True)


@bp.post("/door/<any(conflicts, quarantine):kind>/<int:number>/tick")
def create_tick(kind: str, number: int) -> ResponseReturnValue:
    """Tick one off at the gate."""
    device = unlocked_lead()
    wrong = _tick(device.event, kind, number, by=f"{device.name} ({device.gate})")
    if wrong is not None:
        return _page(device.event, form=wrong, at_the_door=True), 422
    return redirect(url_for("door_conflicts.show_conflicts"), 303)


# The organiser


def _looking(slug: str) -> Event:
    return organiser_of(slug, roles=_MAY_LOOK).event


@bp.get("/organise/events/<slug>/door/conflicts")
def show_event_conflicts(slug: str) -> str:
    """Show the organiser what does not fit."""
    return _page(_looking(slug), form=TickForm(), at_the_door=False)


@bp.post("/organise/events/<slug>/door/<any(conflicts, quarantine):kind>/<int:number>/tick")
def create_event_tick(slug: str, kind: str, number: int) -> ResponseReturnValue:
    """Tick one off as an organiser."""
    event = _looking(slug)
    wrong = _tick(event, kind, number, by=signed_in_account().name)
    if wrong is not None:
        return _page(event, form=wrong, at_the_door=False), 422
    return redirect(url_for("door_conflicts.show_event_conflicts", slug=event.slug), 303)
