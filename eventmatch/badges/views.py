"""Pages of this room: badges on paper, for an event's organiser."""

from uuid import UUID

from flask import (
    Blueprint,
    Response,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from eventmatch.badges.forms import LAYOUT_NAMES, SheetForm
from eventmatch.badges.jobs import (
    enqueue_sheet,
    further_fonts,
    get_sheet,
    sheet_file,
    sheets_for,
)
from eventmatch.badges.printing import NobodyToPrint, picture_of_badge, print_badges
from eventmatch.badges.queries import first_with_badge
from eventmatch.badges.sheet import Layout
from eventmatch.db import db
from eventmatch.errors import NotFound
from eventmatch.events.access import organised_event
from eventmatch.events.models import Event
from eventmatch.jobs import Job, JobState
from eventmatch.registration.access import secret
from eventmatch.registration.queries import get_registration

bp = Blueprint("badges", __name__)

_EVENT = "/organise/events/<slug>"


@bp.get(f"{_EVENT}/badges")
def show_badges(slug: str) -> str:
    """Show how badges can be printed, and the sheets of today."""
    return _badges_page(organised_event(slug), SheetForm())


def _badges_page(event: Event, form: SheetForm) -> str:
    sheets = [
        (sheet, LAYOUT_NAMES[Layout(sheet.arguments["layout"])], _is_ready(sheet))
        for sheet in sheets_for(event)
    ]
    return render_template(
        "badges/badges.html",
        event=event,
        form=form,
        first=first_with_badge(event),
        sheets=sheets,
    )


@bp.post(f"{_EVENT}/badges")
def create_badges(slug: str) -> ResponseReturnValue:
    """Print the badges of everybody who has a seat, in the background."""
    event = organised_event(slug)
    form = SheetForm()
    if not form.validate_on_submit():
        return _badges_page(event, form), 422
    if first_with_badge(event) is None:
        raise NobodyToPrint
    sheet = enqueue_sheet(event, Layout(form.layout.data), both_faces=form.both_faces.data)
    db.session.commit()
    return redirect(url_for(".show_sheet", slug=event.slug, job_id=sheet.id), 303)


@bp.get(f"{_EVENT}/badges/<uuid:job_id>")
def show_sheet(slug: str, job_id: UUID) -> str:
    """Show how far the printing is, then the link to the file; to htmx only that."""
    event = organised_event(slug)
    sheet = get_sheet(job_id, event)
    part = "_" if request.headers.get("HX-Request") == "true" else ""
    return render_template(
        f"badges/{part}sheet.html",
        event=event,
        sheet=sheet,
        layout_name=LAYOUT_NAMES[Layout(sheet.arguments["layout"])],
        is_ready=_is_ready(sheet),
    )


def _is_ready(sheet: Job) -> bool:
    return sheet.state is JobState.DONE and sheet_file(sheet).exists()


@bp.get(f"{_EVENT}/badges/<uuid:job_id>.pdf")
def download(slug: str, job_id: UUID) -> Response:
    """Hand out the printed badges."""
    event = organised_event(slug)
    sheet = get_sheet(job_id, event)
    if not _is_ready(sheet):
        raise NotFound
    name = f"badges-{event.slug}-{sheet.arguments['layout']}.pdf"
    return _file(sheet_file(sheet).read_bytes(), name)


def _file(pdf: bytes, name: str) -> Response:
    """Return the file as a download; unlike what `send_file` hands out, nobody keeps a copy."""
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(pdf, mimetype="application/pdf", headers=headers)


@bp.get(f"{_EVENT}/registrations/<uuid:uid>/badge.pdf")
def download_badge(slug: str, uid: UUID) -> Response:
    """Hand out the badge of one guest, for printing at the desk."""
    event = organised_event(slug)
    registration = get_registration(uid, event)
    pdf = print_badges(
        event,
        Layout.A6,
        secret=secret(),
        base_url=current_app.config["BASE_URL"],
        fonts=further_fonts(),
        only=registration,
        both_faces=False,
    )
    return _file(pdf, f"badge-{event.slug}.pdf")


@bp.get(f"{_EVENT}/registrations/<uuid:uid>/badge.png")
def show_picture(slug: str, uid: UUID) -> Response:
    """Show one badge as it will be printed."""
    event = organised_event(slug)
    registration = get_registration(uid, event)
    picture = picture_of_badge(
        event,
        registration,
        secret=secret(),
        base_url=current_app.config["BASE_URL"],
        fonts=further_fonts(),
    )
    return Response(picture, mimetype="image/png")
