"""Printing in the background: the PDF lies in a file until it is a day old."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from eventmatch import clock
from eventmatch.badges.actions import note_all_printed
from eventmatch.badges.printing import print_badges
from eventmatch.badges.sheet import Layout
from eventmatch.db import db
from eventmatch.errors import NotFound
from eventmatch.events.models import Event
from eventmatch.jobs import Job, enqueue, every, job, report_progress
from eventmatch.registration.access import secret

JOB = "print_badges"
KEPT_FOR = timedelta(days=1)


def enqueue_sheet(event: Event, layout: Layout, *, both_faces: bool) -> Job:
    """Queue the printing of all badges; the same sheet that still waits is not queued twice."""
    return enqueue(
        JOB,
        key=f"{event.slug}:{layout.value}:{'both' if both_faces else 'one'}",
        event_id=event.id,
        layout=layout.value,
        both_faces=both_faces,
    )


def sheets_for(event: Event) -> list[Job]:
    """Return the newest sheets that were asked for, the newest first, unless they are too old."""
    statement = (
        select(Job)
        .where(
            Job.kind == JOB,
            Job.key.startswith(f"{event.slug}:", autoescape=True),
            Job.created_at > clock.now() - KEPT_FOR,
        )
        .order_by(Job.created_at.desc())
        .limit(5)
    )
    return list(db.session.scalars(statement))


def get_sheet(job_id: UUID, event: Event) -> Job:
    """Return the printing of this event's badges with this id.

    Raises: NotFound.
    """
    found = db.session.get(Job, job_id)
    if found is None or found.kind != JOB or found.arguments.get("event_id") != event.id:
        raise NotFound
    return found


def sheet_file(sheet: Job) -> Path:
    """Return where the PDF lies, or will lie."""
    return _folder() / f"{sheet.id}.pdf"


def _folder() -> Path:
    folder: Path = current_app.config["INSTANCE"] / "badges"
    folder.mkdir(exist_ok=True)
    return folder


@job(JOB)
def print_sheet(running: Job, *, event_id: int, layout: str, both_faces: bool) -> None:
    """Print the badges of one event."""
    event = db.session.get(Event, event_id)
    if event is None:
        return
    pdf = print_badges(
        event,
        Layout(layout),
        secret=secret(),
        base_url=current_app.config["BASE_URL"],
        fonts=further_fonts(),
        both_faces=both_faces,
        on_progress=lambda done, total: report_progress(running, done, total),
    )
    partial = sheet_file(running).with_suffix(".part")
    partial.write_bytes(pdf)
    partial.rename(sheet_file(running))
    note_all_printed(event)


def further_fonts() -> Path | None:
    """Return the folder with fonts that this server adds to ours."""
    text: str = current_app.config["FONTS"]
    return Path(text) if text else None


@every(3600)
def throw_away_old_sheets() -> None:
    """Delete PDFs that are a day old: they are full of names, and quickly made again."""
    oldest = (clock.now() - KEPT_FOR).timestamp()
    for file in _folder().iterdir():
        if file.stat().st_mtime < oldest:
            file.unlink(missing_ok=True)
