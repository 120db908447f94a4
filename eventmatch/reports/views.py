"""Where a guest reports another."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from eventmatch.db import db
from eventmatch.exchange.models import Standing
from eventmatch.exchange.queries import are_apart, card_for, standing_between
from eventmatch.i18n import _
from eventmatch.people.visibility import Relation
from eventmatch.registration.access import guest_of, whose_requests
from eventmatch.registration.models import Registration
from eventmatch.reports.actions import report_guest
from eventmatch.reports.forms import ReportForm
from eventmatch.reports.models import Reason
from eventmatch.reports.queries import reportable
from eventmatch.web.limits import limiter

bp = Blueprint("reports", __name__)


@bp.get("/my/<slug>/people/<uuid:uid>/report")
def new_report(slug: str, uid: UUID) -> str:
    """Ask what happened."""
    guest = guest_of(slug)
    return _page(guest, reportable(uid, guest), ReportForm())


def _page(guest: Registration, other: Registration, form: ReportForm) -> str:
    return render_template(
        "reports/new_report.html",
        event=guest.event,
        name=_name(guest, other),
        uid=other.uid,
        form=form,
    )


def _name(guest: Registration, other: Registration) -> str:
    """Return the name if the guest sees it elsewhere at this moment, too."""
    is_known = standing_between(guest, other) is not Standing.NOTHING
    if not is_known or are_apart(guest, other):
        return ""
    return card_for(other, Relation.AT_THE_EVENT).name


@bp.post("/my/<slug>/people/<uuid:uid>/report")
@limiter.limit("20/minute", key_func=whose_requests)
def create_report(slug: str, uid: UUID) -> ResponseReturnValue:
    """Tell the organiser, and block the other if wanted."""
    guest = guest_of(slug)
    other, form = reportable(uid, guest), ReportForm()
    if not form.validate_on_submit():
        return _page(guest, other, form), 422
    report_guest(
        guest,
        other,
        reason=Reason(form.reason.data),
        text=form.text.data or "",
        and_block=form.also_block.data,
    )
    db.session.commit()
    flash(_("Thank you. The organiser looks into it; the other is not told."), "success")
    return redirect(url_for("guest.show_my_event", slug=slug), 303)
