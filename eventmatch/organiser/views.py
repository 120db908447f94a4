"""Pages of this room: how an event stands, its letters, and its end."""

from collections.abc import Sequence
from dataclasses import asdict
from io import BytesIO
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue

from eventmatch import clock
from eventmatch.checkin.queries import numbers_of
from eventmatch.db import db
from eventmatch.errors import NotFound
from eventmatch.events.access import organised_event
from eventmatch.events.actions import EventClosed
from eventmatch.i18n import _
from eventmatch.jobs import JobState, newest_job
from eventmatch.mail import Letter, LetterState, file_of, letters_about, names_of_letters
from eventmatch.matching.figures import coverage_of
from eventmatch.network import actions
from eventmatch.network.moving import count_to_move
from eventmatch.organiser.figures import contacts_by_group, days_of, funnel_of
from eventmatch.organiser.queries import closing_of, failed_letters, get_letter, overview_of
from eventmatch.organiser.readiness import Setup, checks, next_step
from eventmatch.organiser.stored_letter import StoredLetter, read_letter
from eventmatch.spreadsheet import Cell
from eventmatch.web.downloads import csv_download

bp = Blueprint("organiser", __name__)

# A letter brings its own style and images, and nothing else may come or go with it.
_LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'self'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
_AT_WORK = (JobState.QUEUED, JobState.RUNNING)


@bp.get("/organise/events/<slug>")
def show_dashboard(slug: str) -> str:
    """Show how the event stands and what comes next."""
    event = organised_event(slug)
    overview = overview_of(event)
    closing = newest_job("close_event", event.slug) if event.is_closed else None
    to_move = count_to_move(event) if closing is not None else 0
    return render_template(
        "organiser/dashboard.html",
        event=event,
        overview=overview,
        checks=checks(event, overview, _setup()),
        step=next_step(event, overview, clock.now()),
        moved=overview.mutual - to_move,
        is_closing=closing is not None and to_move > 0 and closing.state in _AT_WORK,
        has_failed=closing is not None and to_move > 0 and closing.state is JobState.FAILED,
    )


@bp.get("/organise/events/<slug>/figures")
def show_figures(slug: str) -> str:
    """Show how the event goes, or went, as charts with their tables."""
    event = organised_event(slug)
    days, asked = days_of(event), request.args.get("day", "")
    newest = days[-1] if days else None
    return render_template(
        "organiser/figures.html",
        event=event,
        days=days,
        day=next((one for one in days if one.day.isoformat() == asked), newest),
        numbers=numbers_of(event),
        funnel=funnel_of(event),
        coverage=coverage_of(event),
        groups=contacts_by_group(event),
    )


@bp.get("/organise/events/<slug>/figures/<name>.csv")
def download_figures(slug: str, name: str) -> Response:
    """Send one of the tables."""
    event = organised_event(slug)
    rows: list[Sequence[Cell]]
    if name == "arrivals":
        rows = [
            ("starts_at", "arrivals"),
            *((at.isoformat(), count) for day in days_of(event) for at, count in day.slots),
        ]
    elif name == "funnel":
        rows = [("step", "guests"), *asdict(funnel_of(event)).items()]
    elif name == "groups":
        rows = [("group", "other_group", "contacts"), *contacts_by_group(event)]
    else:
        raise NotFound
    return csv_download(rows, name=f"{event.slug}-{name}.csv")


def _setup() -> Setup:
    return Setup(
        sends_mail=bool(current_app.config["MAIL_URL"]),
        is_https=current_app.config["BASE_URL"].startswith("https://"),
    )


@bp.get("/organise/events/<slug>/closing")
def show_closing(slug: str) -> str:
    """Say what closing the event will do."""
    event = organised_event(slug)
    if event.is_closed:
        raise EventClosed
    return render_template("organiser/closing.html", event=event, closing=closing_of(event))


@bp.post("/organise/events/<slug>/closing")
def close_event(slug: str) -> ResponseReturnValue:
    """Close the event; the contacts follow in the background."""
    event = organised_event(slug)
    actions.close_event(event)
    db.session.commit()
    flash(_("The event is closed."), "success")
    return redirect(url_for("organiser.show_dashboard", slug=event.slug), 303)


@bp.get("/organise/events/<slug>/letters")
def show_letters(slug: str) -> str:
    """List the event's letters and how far they are; `?state=failed` only those that failed."""
    event = organised_event(slug)
    only_failed = request.args.get("state") == LetterState.FAILED.value
    letters = failed_letters(event) if only_failed else letters_about(event.slug)
    return render_template(
        "organiser/letters.html",
        event=event,
        letters=letters,
        only_failed=only_failed,
        kinds=names_of_letters(),
        can_open=_are_kept_here(),
        kept={letter.id for letter in letters if _lies_here(letter)},
    )


def _lies_here(letter: Letter) -> bool:
    """Tell whether a letter went no further than the outbox folder."""
    return letter.state is LetterState.SENT and file_of(letter).exists()


def _are_kept_here() -> bool:
    return not current_app.config["MAIL_URL"]


def _stored_letter(slug: str, uid: UUID) -> StoredLetter:
    """Return a letter that lies here because no mail server is set up.

    Raises: NotFound, above all as soon as letters are really sent: they hold guests' secrets.
    """
    event = organised_event(slug)
    path = file_of(get_letter(uid, event))
    if not _are_kept_here() or not path.exists():
        raise NotFound
    return read_letter(path)


@bp.get("/organise/events/<slug>/letters/<uuid:uid>")
def show_letter(slug: str, uid: UUID) -> str:
    """Show one letter."""
    stored = _stored_letter(slug, uid)
    return render_template(
        "organiser/letter.html", event=organised_event(slug), stored=stored, uid=uid
    )


@bp.get("/organise/events/<slug>/letters/<uuid:uid>/page")
def show_letter_page(slug: str, uid: UUID) -> Response:
    """Answer with the letter's own page, which is shown in a frame."""
    response = Response(_stored_letter(slug, uid).html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = _LETTER_POLICY
    return response


@bp.get("/organise/events/<slug>/letters/<uuid:uid>/files/<int:number>")
def download_file(slug: str, uid: UUID, number: int) -> Response:
    """Answer with a file that came with the letter."""
    files = _stored_letter(slug, uid).files
    if number >= len(files):
        raise NotFound
    file = files[number]
    return send_file(
        BytesIO(file.content),
        mimetype=file.media_type,
        as_attachment=True,
        download_name=file.name,
    )
