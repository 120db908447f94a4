"""The organiser's queue of reports."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventmatch.db import db
from eventmatch.events.access import organised_event, organiser_of
from eventmatch.events.models import Event
from eventmatch.i18n import _
from eventmatch.reports.actions import add_step
from eventmatch.reports.forms import REASON_NAMES, StepForm
from eventmatch.reports.models import Report
from eventmatch.reports.queries import get_report, reports_of, steps_of

bp = Blueprint("report_queue", __name__)


@bp.get("/organise/events/<slug>/reports")
def show_reports(slug: str) -> str:
    """List what is open; `?state=handled` what is settled."""
    event = organised_event(slug)
    handled = request.args.get("state") == "handled"
    return render_template(
        "reports/reports.html",
        event=event,
        reports=reports_of(event, handled=handled),
        handled=handled,
        reasons=REASON_NAMES,
    )


@bp.get("/organise/events/<slug>/reports/<uuid:uid>")
def show_report(slug: str, uid: UUID) -> str:
    """Show one report, and what was done about it."""
    event = organised_event(slug)
    return _page(event, get_report(uid, event), StepForm())


def _page(event: Event, report: Report, form: StepForm) -> str:
    return render_template(
        "reports/report.html",
        event=event,
        report=report,
        steps=steps_of(report),
        form=form,
        reasons=REASON_NAMES,
    )


@bp.post("/organise/events/<slug>/reports/<uuid:uid>")
def create_step(slug: str, uid: UUID) -> ResponseReturnValue:
    """Note what was done about it, with the name of who did it."""
    membership = organiser_of(slug)
    event = membership.event
    report, form = get_report(uid, event), StepForm()
    if not form.validate_on_submit():
        return _page(event, report, form), 422
    add_step(
        report, membership.account_id, text=form.text.data or "", closes=bool(form.closes.data)
    )
    db.session.commit()
    flash(_("Noted."), "success")
    return redirect(url_for(".show_report", slug=slug, uid=uid), 303)
