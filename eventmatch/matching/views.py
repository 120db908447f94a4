"""Pages of this room: the organiser's look at the suggestions."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from eventmatch.db import db
from eventmatch.events.access import organised_event
from eventmatch.events.actions import EventClosed
from eventmatch.i18n import _
from eventmatch.jobs import enqueue, newest_job
from eventmatch.matching.blueprint import bp
from eventmatch.matching.figures import (
    asking_of,
    coverage_of,
    feedback_counts,
    lorenz,
    times_shown,
)
from eventmatch.matching.queries import find_run
from eventmatch.registration.queries import count_registrations


@bp.get("/organise/events/<slug>/matching")
def show_matching(slug: str) -> str:
    """Show when the suggestions were made and whom they reach; never who is suggested to whom."""
    event = organised_event(slug)
    times = times_shown(event)
    return render_template(
        "matching/matching.html",
        event=event,
        run=find_run(event),
        coverage=coverage_of(event),
        times=times,
        curve=lorenz(times),
        asking=asking_of(event),
        feedback=feedback_counts(event),
        counts=count_registrations(event),
        job=newest_job("refresh_suggestions", event.slug),
    )


@bp.post("/organise/events/<slug>/matching")
def run_matching(slug: str) -> ResponseReturnValue:
    """Have the suggestions made anew."""
    event = organised_event(slug)
    if event.is_closed:
        raise EventClosed
    enqueue("refresh_suggestions", key=event.slug, event_id=event.id)
    db.session.commit()
    flash(_("The suggestions are being made anew. This takes a few seconds."), "success")
    return redirect(url_for("matching.show_matching", slug=event.slug), 303)
