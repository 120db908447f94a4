"""Pages of an event's organiser: the list of registrations, one registration, importing a list."""

from typing import Any
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from eventmatch.codes import grouped
from eventmatch.db import db
from eventmatch.errors import Invalid, NotFound
from eventmatch.events.access import organised_event
from eventmatch.events.models import Event
from eventmatch.i18n import _
from eventmatch.mail import names_of_letters
from eventmatch.paging import read_cursor
from eventmatch.questions.models import Purpose
from eventmatch.questions.queries import questions_of
from eventmatch.registration.access import secret
from eventmatch.registration.actions import (
    AlreadyCancelled,
    BadgeReplaced,
    TicketReplaced,
    cancel,
    correct_name,
    replace_badge,
    replace_ticket,
    send_ticket,
)
from eventmatch.registration.answers import guest_rows, said
from eventmatch.registration.blueprint import bp
from eventmatch.registration.groups import group_sizes, set_group
from eventmatch.registration.importing import FIELD_NAMES, REASONS, Reason
from eventmatch.registration.imports import (
    choose_columns,
    discard_guest_list,
    import_job,
    keep_guest_list,
    start_import,
    start_undo,
    table_of,
    undo_job,
)
from eventmatch.registration.models import GuestList, Registration, Status
from eventmatch.registration.organiser_forms import (
    GuestListForm,
    ImportForm,
    NameForm,
    ReplacedForm,
)
from eventmatch.registration.queries import (
    badge_short_code,
    count_registrations,
    current_badges,
    get_guest_list,
    get_registration,
    letters_to,
    newest_registrations,
)
from eventmatch.web.downloads import csv_download
from eventmatch.web.requests import takes_files

_EVENT = "/organise/events/<slug>"


@bp.get(f"{_EVENT}/registrations")
def show_registrations(slug: str) -> str:
    """Show the registrations that fit a search; to htmx only the list."""
    event = organised_event(slug)
    search, status = request.args.get("q", "").strip()[:200], _status()
    stretch = newest_registrations(
        event,
        search=search,
        status=status,
        before=read_cursor(request.args.get("before")),
        after=read_cursor(request.args.get("after")),
    )
    return render_template(
        f"registration/organiser/{'_' if _is_fragment() else ''}registrations.html",
        event=event,
        stretch=stretch,
        counts=count_registrations(event),
        search=search,
        status=status,
        has_private=any(
            one.purpose is Purpose.PRIVATE for one in questions_of(event, also_retired=True)
        ),
        sign_up_url=_public_address("registration.new_registration", slug=event.slug),
    )


@bp.get(f"{_EVENT}/registrations.csv")
def download_registrations(slug: str) -> Response:
    """Send the list of guests with their answers; private ones only if asked for."""
    event = organised_event(slug)
    with_private = request.args.get("private") == "1"
    rows = guest_rows(event, questions_of(event, also_retired=True), with_private=with_private)
    return csv_download(rows, name=f"{slug}-guests.csv")


def _is_fragment() -> bool:
    """Tell whether htmx asks for a part of a page; going back it wants all of it."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in headers


def _status() -> Status | None:
    text = request.args.get("status", "")
    return Status(text) if text in {status.value for status in Status} else None


def _public_address(endpoint: str, **values: Any) -> str:
    base_url: str = current_app.config["BASE_URL"]
    return base_url + url_for(endpoint, **values)


@bp.get(f"{_EVENT}/registrations/<uuid:uid>")
def show_registration(slug: str, uid: UUID) -> str:
    """Show one registration, and what can be done with it."""
    event = organised_event(slug)
    registration = get_registration(uid, event)
    return _registration_page(registration, NameForm(obj=registration))


def _registration_page(registration: Registration, form: NameForm) -> str:
    badge = current_badges([registration]).get(registration.id)
    short_code = badge and badge_short_code(registration, badge.version, secret=secret())
    return render_template(
        "registration/organiser/registration.html",
        event=registration.event,
        registration=registration,
        form=form,
        badge=badge,
        short_code=grouped(short_code) if short_code else None,
        answers=said(registration, questions_of(registration.event, also_retired=True)),
        letters=letters_to(registration),
        kinds=names_of_letters(),
        groups=[label for label in group_sizes(registration.event) if label],
    )


def _to_registration(registration: Registration) -> ResponseReturnValue:
    return redirect(
        url_for(".show_registration", slug=registration.event.slug, uid=registration.uid), 303
    )


@bp.post(f"{_EVENT}/registrations/<uuid:uid>/name")
def change_name(slug: str, uid: UUID) -> ResponseReturnValue:
    """Put right what the badge says, and to which group the guest belongs."""
    registration = get_registration(uid, organised_event(slug))
    form = NameForm()
    if not form.validate_on_submit():
        return _registration_page(registration, form), 422
    correct_name(
        registration,
        name=form.name.data,
        first_name=form.first_name.data or "",
        company=form.company.data or "",
    )
    set_group(registration, form.group.data or "")
    db.session.commit()
    flash(_("Saved. A badge that was printed before still says the old."), "success")
    return _to_registration(registration)


@bp.post(f"{_EVENT}/registrations/<uuid:uid>/cancellation")
def cancel_registration(slug: str, uid: UUID) -> ResponseReturnValue:
    """Give up somebody's place on their behalf."""
    registration = get_registration(uid, organised_event(slug))
    cancel(registration)
    db.session.commit()
    flash(_("The registration is cancelled, and we wrote to the guest."), "success")
    return _to_registration(registration)


@bp.post(f"{_EVENT}/registrations/<uuid:uid>/tickets")
def resend_ticket(slug: str, uid: UUID) -> ResponseReturnValue:
    """Send the ticket again."""
    registration = get_registration(uid, organised_event(slug))
    if registration.status is Status.CANCELLED:
        raise AlreadyCancelled
    send_ticket(registration, registration.event)
    db.session.commit()
    flash(_("The ticket is on its way."), "success")
    return _to_registration(registration)


@bp.post(f"{_EVENT}/registrations/<uuid:uid>/ticket")
def create_ticket(slug: str, uid: UUID) -> ResponseReturnValue:
    """Make a new ticket link for a guest whose old one has gone astray."""
    registration = get_registration(uid, organised_event(slug))
    form = ReplacedForm()
    if not form.validate_on_submit():
        raise NotFound
    try:
        replace_ticket(registration, version=form.replaced.data, secret=secret())
        flash(
            _("A new ticket link is on its way. The old one no longer opens anything."), "success"
        )
    except TicketReplaced as refusal:  # a second press
        flash(str(refusal.message))
    db.session.commit()
    return _to_registration(registration)


@bp.post(f"{_EVENT}/registrations/<uuid:uid>/badges")
def create_badge(slug: str, uid: UUID) -> ResponseReturnValue:
    """Make a new badge code; the old one no longer opens anything."""
    registration = get_registration(uid, organised_event(slug))
    form = ReplacedForm()
    if not form.validate_on_submit():
        raise NotFound
    try:
        replace_badge(registration, version=form.replaced.data, secret=secret())
        flash(_("The old badge no longer works. Please print the new one."), "success")
    except BadgeReplaced as refusal:  # a second press; the page shows the newest badge
        flash(str(refusal.message))
    db.session.commit()
    return _to_registration(registration)


@bp.get(f"{_EVENT}/import")
def show_import(slug: str) -> str:
    """Show where to choose a file."""
    return _import_page(organised_event(slug), GuestListForm())


def _import_page(event: Event, form: GuestListForm) -> str:
    return render_template("registration/organiser/import.html", event=event, form=form)


@bp.post(f"{_EVENT}/import")
@takes_files
def create_import(slug: str) -> ResponseReturnValue:
    """Read a file and show what importing it would do."""
    event = organised_event(slug)
    form = GuestListForm()
    if not form.validate_on_submit():
        return _import_page(event, form), 422
    file: FileStorage = form.file.data
    db.session.commit()  # reading a long list takes seconds, which nobody at the door shall wait
    try:
        kept = keep_guest_list(event, filename=file.filename or "", content=file.read())
    except Invalid as refusal:
        form.file.errors = [*form.file.errors, *refusal.fields["file"]]
        return _import_page(event, form), 422
    db.session.commit()
    return _to_guest_list(event, kept)


def _to_guest_list(event: Event, kept: GuestList) -> ResponseReturnValue:
    return redirect(url_for(".show_guest_list", slug=event.slug, list_id=kept.id), 303)


@bp.get(f"{_EVENT}/import/<uuid:list_id>")
def show_guest_list(slug: str, list_id: UUID) -> str:
    """Show what an import would do, how far it is, or what it did; to htmx only that."""
    event = organised_event(slug)
    kept = get_guest_list(list_id, event)
    form = ImportForm()
    return render_template(
        f"registration/organiser/{'_' if _is_fragment() else ''}guest_list.html",
        event=event,
        kept=kept,
        job=import_job(kept),
        undo=undo_job(kept) if kept.imported_at else None,
        form=form,
        reason_for=_reason_for,
        field_names=FIELD_NAMES,
    )


def _reason_for(code: str) -> str:
    return str(REASONS[Reason(code)])


@bp.post(f"{_EVENT}/import/<uuid:list_id>/columns")
def change_columns(slug: str, list_id: UUID) -> ResponseReturnValue:
    """Read the list again, with what the organiser says that its columns hold."""
    event = organised_event(slug)
    kept = get_guest_list(list_id, event, with_file=True)
    db.session.commit()  # reading a long list takes seconds, which nobody at the door shall wait
    table = table_of(kept, request.form.getlist("field"))
    choose_columns(event, kept, table)
    db.session.commit()
    return _to_guest_list(event, kept)


@bp.post(f"{_EVENT}/import/<uuid:list_id>")
def create_registrations(slug: str, list_id: UUID) -> ResponseReturnValue:
    """Import the list, in the background."""
    event = organised_event(slug)
    kept = get_guest_list(list_id, event)
    form = ImportForm()
    if not form.validate_on_submit():
        raise NotFound
    start_import(event, kept, write_letters=form.write_letters.data)
    db.session.commit()
    return _to_guest_list(event, kept)


@bp.post(f"{_EVENT}/import/<uuid:list_id>/undo")
def undo_import(slug: str, list_id: UUID) -> ResponseReturnValue:
    """Take the import back, in the background."""
    event = organised_event(slug)
    kept = get_guest_list(list_id, event)
    start_undo(event, kept)
    db.session.commit()
    return _to_guest_list(event, kept)


@bp.post(f"{_EVENT}/import/<uuid:list_id>/removal")
def remove_guest_list(slug: str, list_id: UUID) -> ResponseReturnValue:
    """Forget a list that was sent."""
    event = organised_event(slug)
    discard_guest_list(event, get_guest_list(list_id, event))
    db.session.commit()
    flash(_("The file is forgotten; nobody was imported."), "success")
    return redirect(url_for(".show_import", slug=event.slug), 303)
