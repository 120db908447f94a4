"""Pages on which somebody sees, takes and deletes what we hold of them."""

import io
import json
import zipfile
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from eventmatch.db import db
from eventmatch.i18n import _
from eventmatch.people.access import close_network, signed_in_person
from eventmatch.people.access import whose_requests as whose_network
from eventmatch.people.models import Person
from eventmatch.privacy.actions import delete_person, delete_registration
from eventmatch.privacy.forms import DeletionForm
from eventmatch.privacy.queries import (
    as_tables,
    everything_at,
    everything_of,
    previews,
    receivers_of,
    registrations_of,
)
from eventmatch.registration.access import guest_of, leave_my_event, whose_requests
from eventmatch.registration.models import Registration
from eventmatch.spreadsheet import BYTE_ORDER_MARK, written
from eventmatch.web.limits import limiter

bp = Blueprint("privacy", __name__)


@bp.get("/network/mine")
def show_mine() -> str:
    """Show what we hold of the person, who has it, and how to take or delete it."""
    return _mine(signed_in_person(), DeletionForm())


def _mine(person: Person, form: DeletionForm) -> str:
    registrations = registrations_of(person)
    return render_template(
        "privacy/mine.html",
        person=person,
        registrations=registrations,
        previews=previews(registrations[0]) if registrations else [],
        receivers=receivers_of(person),
        form=form,
    )


@bp.get("/network/mine.json")
@limiter.limit("20/hour", key_func=whose_network)
def download_mine() -> Response:
    """Send everything of the person, for programs."""
    return _as_json(everything_of(signed_in_person()))


@bp.get("/network/mine.zip")
@limiter.limit("20/hour", key_func=whose_network)
def download_tables() -> Response:
    """Send everything of the person as tables, for spreadsheets."""
    return _as_tables(everything_of(signed_in_person()))


@bp.post("/network/mine/deletion")
def delete_mine() -> ResponseReturnValue:
    """Delete the person everywhere."""
    person, form = signed_in_person(), DeletionForm()
    if not form.validate_on_submit():
        return _mine(person, form), 422
    slugs = [one.event.slug for one in registrations_of(person)]
    delete_person(person)
    db.session.commit()
    for slug in slugs:
        leave_my_event(slug)
    close_network()
    return _gone("people.show_sign_in")


@bp.get("/my/<slug>/data")
def show_data(slug: str) -> str:
    """Show what an event holds of the guest, and how to take or delete it."""
    return _data(guest_of(slug), DeletionForm())


def _data(guest: Registration, form: DeletionForm) -> str:
    return render_template(
        "privacy/data.html",
        guest=guest,
        event=guest.event,
        previews=previews(guest),
        form=form,
    )


@bp.get("/my/<slug>/data.json")
@limiter.limit("20/hour", key_func=whose_requests)
def download_data(slug: str) -> Response:
    """Send everything of the guest at this event, for programs."""
    return _as_json(everything_at(guest_of(slug)))


@bp.get("/my/<slug>/data.zip")
@limiter.limit("20/hour", key_func=whose_requests)
def download_data_tables(slug: str) -> Response:
    """Send everything of the guest at this event as tables, for spreadsheets."""
    return _as_tables(everything_at(guest_of(slug)))


@bp.post("/my/<slug>/data/deletion")
def delete_data(slug: str) -> ResponseReturnValue:
    """Delete the guest at this event."""
    guest, form = guest_of(slug), DeletionForm()
    if not form.validate_on_submit():
        return _data(guest, form), 422
    delete_registration(guest)
    db.session.commit()
    leave_my_event(slug)
    return _gone("web.show_front")


def _gone(endpoint: str) -> ResponseReturnValue:
    flash(_("Everything of you is deleted. What others wrote for themselves stays with them."))
    response = redirect(url_for(endpoint), 303)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _as_json(everything: dict[str, Any]) -> Response:
    text = json.dumps(everything, ensure_ascii=False, indent=1)
    return _file(text.encode(errors="replace"), "application/json; charset=utf-8", "json")


def _as_tables(everything: dict[str, Any]) -> Response:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in as_tables(everything).items():
            text = BYTE_ORDER_MARK + "".join(written(rows))
            archive.writestr(f"{name}.csv", text.encode(errors="replace"))
    return _file(kept.getvalue(), "application/zip", "zip")


def _file(content: bytes, content_type: str, ending: str) -> Response:
    response = Response(content, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="eventmatch-mine.{ending}"'
    return response
