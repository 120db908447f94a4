"""Pages of this room: a person's own network, and the way home for it."""

import re
import unicodedata
from collections.abc import Iterable
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from eventmatch.db import db
from eventmatch.errors import NotFound
from eventmatch.i18n import _
from eventmatch.network.actions import change_note as write_note
from eventmatch.network.entries import entry_of
from eventmatch.network.forms import NoteForm
from eventmatch.network.queries import (
    ContactView,
    by_event,
    contacts_of,
    contacts_page,
    get_contact,
    kept_notes,
    view_of,
)
from eventmatch.network.vcard import written
from eventmatch.paging import read_cursor
from eventmatch.people.access import signed_in_person
from eventmatch.web.downloads import download

bp = Blueprint("network", __name__)

_LONGEST_SEARCH = 100  # signs


@bp.get("/network")
def show_network() -> str:
    """Show the signed-in person's contacts across events."""
    person = signed_in_person()
    search = request.args.get("q", "").strip()[:_LONGEST_SEARCH]
    page = contacts_page(person, search=search, after=read_cursor(request.args.get("cursor")))
    return render_template(
        "network/network.html",
        person=person,
        search=search,
        page=page,
        groups=by_event(page.items),
        notes=kept_notes(person),
    )


@bp.get("/network/<uuid:uid>")
def show_contact(uid: UUID) -> str:
    """Show one contact, with the owner's note."""
    contact = get_contact(uid, signed_in_person())
    return _contact_page(view_of(contact), NoteForm(note=contact.note))


@bp.post("/network/<uuid:uid>")
def change_note(uid: UUID) -> ResponseReturnValue:
    """Keep the owner's note about a contact."""
    contact = get_contact(uid, signed_in_person())
    form = NoteForm()
    if not form.validate_on_submit():
        return _contact_page(view_of(contact), form), 422
    write_note(contact, form.note.data or "")
    db.session.commit()
    flash(_("Your note is saved."), "success")
    return redirect(url_for("network.show_contact", uid=uid), 303)


def _contact_page(view: ContactView, form: NoteForm) -> str:
    return render_template("network/contact.html", contact=view, form=form)


@bp.get("/network/contacts.vcf")
def download_vcards() -> Response:
    """Send all contacts, one card after the other."""
    return _file(contacts_of(signed_in_person()), name="eventmatch")


@bp.get("/network/<uuid:uid>.vcf")
def download_vcard(uid: UUID) -> Response:
    """Send one contact."""
    view = view_of(get_contact(uid, signed_in_person()))
    if not view.is_shared:
        raise NotFound
    return _file([view], name=_file_name(view.card.name))


def _file(views: Iterable[ContactView], *, name: str) -> Response:
    entries = [entry_of(view) for view in views]
    return download(
        map(written, entries), name=f"{name}.vcf", content_type="text/vcard; charset=utf-8"
    )


def _file_name(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "contact"
