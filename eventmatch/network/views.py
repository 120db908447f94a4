"""Pages of this room: a person's own network, and the way home for it."""

import re
import unicodedata
from collections.abc import Iterable
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from eventmatch.badges.names import first_name_of
from eventmatch.db import db
from eventmatch.errors import NotFound
from eventmatch.exchange.forms import CHIP_NAMES
from eventmatch.i18n import _
from eventmatch.network import upkeep
from eventmatch.network.entries import entry_of
from eventmatch.network.forms import NoteForm
from eventmatch.network.friends import wishes_for_connector, wishes_for_target
from eventmatch.network.looking import Part, due, found, page_of, size_of, tags_of
from eventmatch.network.queries import (
    ContactView,
    by_event,
    contacts_of,
    get_contact,
    kept_notes,
    view_of,
)
from eventmatch.network.sentences import prepared_sentence
from eventmatch.network.vcard import written
from eventmatch.paging import read_cursor
from eventmatch.people.access import signed_in_person
from eventmatch.web.downloads import download

bp = Blueprint("network", __name__)

_LONGEST_SEARCH = 100  # signs
_MOST_DUE = 7


@bp.get("/network")
def show_network() -> str:
    """Show the signed-in person's contacts across events."""
    person, today = signed_in_person(), upkeep.today()
    search = request.args.get("q", "").strip()[:_LONGEST_SEARCH]
    tag, part = request.args.get("tag", "")[:_LONGEST_SEARCH], _part()
    everybody = contacts_of(person)
    page = page_of(
        found(everybody, search=search, tag=tag, part=part, today=today),
        after=read_cursor(request.args.get("cursor")),
    )
    is_front = part is Part.ALL and not (search or tag or request.args.get("cursor"))
    return render_template(
        "network/network.html",
        person=person,
        search=search,
        tag=tag,
        part=part.value,
        size=size_of(everybody, today),
        tags=tags_of(everybody),
        due=due(everybody, today)[:_MOST_DUE] if is_front else [],
        page=page,
        groups=by_event(page.items),
        notes=kept_notes(person),
        wishes=len(wishes_for_connector(person)) + len(wishes_for_target(person)),
        today=today,
        chips=CHIP_NAMES,
    )


def _part() -> Part:
    try:
        return Part(request.args.get("part", Part.ALL.value))
    except ValueError:
        return Part.ALL


@bp.get("/network/<uuid:uid>")
def show_contact(uid: UUID) -> str:
    """Show one contact, with the owner's note and plans."""
    contact = get_contact(uid, signed_in_person())
    form = NoteForm(
        None,
        note=contact.note,
        chips=contact.chips,
        tags=", ".join(contact.tags),
        follow_up_on=contact.follow_up_on,
        rhythm_days=str(contact.rhythm_days or ""),
    )
    return _contact_page(view_of(contact), form)


@bp.post("/network/<uuid:uid>")
def change_note(uid: UUID) -> ResponseReturnValue:
    """Keep what the owner writes and plans about a contact."""
    contact = get_contact(uid, signed_in_person())
    form = NoteForm()
    if not form.validate_on_submit():
        return _contact_page(view_of(contact), form), 422
    upkeep.plan(
        contact,
        note=form.note.data or "",
        tags=upkeep.read_tags(form.tags.data or ""),
        chips=form.chips.data or [],
        follow_up_on=form.follow_up_on.data,
        rhythm_days=int(form.rhythm_days.data or 0) or None,
    )
    db.session.commit()
    flash(_("Your note is saved."), "success")
    return redirect(url_for("network.show_contact", uid=uid), 303)


def _contact_page(view: ContactView, form: NoteForm) -> str:
    return render_template(
        "network/contact.html",
        contact=view,
        form=form,
        sentence=_sentence(view),
        today=upkeep.today(),
    )


def _sentence(view: ContactView) -> str:
    """Return what to begin a mail with to somebody whom one has met; else nothing."""
    if not view.meetings:
        return ""
    return prepared_sentence(
        first_name=view.first_name or first_name_of(view.card.name),
        event=view.meetings[0].title,
        chips=view.chips,
    )


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
