"""Pages on which a person keeps their network alive, and says what their contacts see."""

from hmac import compare_digest
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventmatch.db import db
from eventmatch.errors import Invalid, NotFound
from eventmatch.i18n import _
from eventmatch.network import upkeep
from eventmatch.network.forms import CardForm, ConnectorForm, UpkeepForm
from eventmatch.network.introducing import agree_to_introduce, connector_of
from eventmatch.network.queries import get_contact
from eventmatch.people.access import secret, signed_in_person
from eventmatch.people.models import Person
from eventmatch.people.visibility import RELEASABLE, Release

bp = Blueprint("upkeep", __name__)
stop_bp = Blueprint("digest", __name__)  # mail programs press its button, without our token


@bp.post("/network/<uuid:uid>/upkeep")
def change(uid: UUID) -> ResponseReturnValue:
    """Note a sign of life, put somebody off, away, or end it."""
    contact = get_contact(uid, signed_in_person())
    what = request.form.get("what", "")
    if what == "touched":
        upkeep.note_touch(contact)
        said = _("Noted: you were in touch today.")
    elif what == "later":
        upkeep.put_off(contact)
        said = _("You are reminded in a week.")
    elif what in {"archive", "back"}:
        upkeep.archive(contact, archived=what == "archive")
        said = _("Put away.") if what == "archive" else _("Back in your network.")
    elif what == "withdraw":
        upkeep.withdraw_contact(contact)
        said = _("Taken back. Neither of you sees the other any more; your note stays.")
    elif what == "block":
        upkeep.block_contact(contact)
        said = _("Blocked. You have nothing to do with each other any more; they are not told.")
    else:
        raise Invalid
    db.session.commit()
    flash(said, "success")
    on_contact = request.form.get("page") == "contact"
    return redirect(_page(uid) if on_contact else url_for("network.show_network"), 303)


def _page(uid: UUID) -> str:
    return url_for("network.show_contact", uid=uid)


# What my contacts see of me


@bp.get("/network/me")
def show_settings() -> str:
    """Show what contacts see, and how one wants to be reminded and asked."""
    return _settings(signed_in_person())


def _settings(
    person: Person,
    card: CardForm | None = None,
    reminders: UpkeepForm | None = None,
) -> str:
    registrations = upkeep.closed_registrations(person)
    newest = registrations[-1] if registrations else None
    if card is None and newest is not None:
        hidden = Release.NOBODY.value
        shown = [name for name in RELEASABLE if newest.visibility.get(name) != hidden]
        card = CardForm(None, **upkeep.card_fields(registrations), shown=shown)
    now = upkeep.upkeep_of(person)
    connector = connector_of(person)
    return render_template(
        "network/settings.html",
        person=person,
        card=card if newest is not None else None,
        reminders=reminders
        or UpkeepForm(None, wants_digest=now.wants_digest, paused_until=now.paused_until),
        connector=connector,
        willing=ConnectorForm(None, is_willing=connector.is_willing),
    )


@bp.post("/network/me/card")
def change_card() -> ResponseReturnValue:
    """Let all who may see the person's details see these from now on."""
    person, form = signed_in_person(), CardForm()
    if not form.validate_on_submit():
        return _settings(person, card=form), 422
    registrations = upkeep.closed_registrations(person)
    before = registrations[-1].visibility if registrations else {}
    fields = {name: form[name].data or "" for name in upkeep.CARD_FIELDS}
    upkeep.change_card(person, fields, form.releases(before))
    db.session.commit()
    flash(_("Saved. Whoever may see it sees it from now on."), "success")
    return redirect(url_for(".show_settings"), 303)


@bp.post("/network/me/reminders")
def change_reminders() -> ResponseReturnValue:
    """Keep whether and when to remind."""
    person, form = signed_in_person(), UpkeepForm()
    if not form.validate_on_submit():
        return _settings(person, reminders=form), 422
    upkeep.change_upkeep(
        person, wants_digest=form.wants_digest.data, paused_until=form.paused_until.data
    )
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for(".show_settings"), 303)


@bp.post("/network/me/introductions")
def change_willingness() -> ResponseReturnValue:
    """Keep whether the person may be asked for introductions."""
    person, form = signed_in_person(), ConnectorForm()
    form.validate()
    agree_to_introduce(person, agrees=bool(form.is_willing.data))
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for(".show_settings"), 303)


# Stopping the digest, from the letter itself


@stop_bp.get("/digest/<int:number>/<code>")
def show_stop(number: int, code: str) -> str:
    """Show the button that stops the letters."""
    _reader(number, code)
    return render_template("network/stop_digest.html", number=number, code=code, is_stopped=False)


@stop_bp.post("/digest/<int:number>/<code>")
def stop(number: int, code: str) -> str:
    """Stop the letters, also when a mail program presses the button for its reader."""
    person = _reader(number, code)
    upkeep.change_upkeep(person, wants_digest=False, paused_until=None)
    db.session.commit()
    return render_template("network/stop_digest.html", number=number, code=code, is_stopped=True)


def _reader(number: int, code: str) -> Person:
    person = db.session.get(Person, number)
    expected = upkeep.stop_code(number, secret=secret())
    if not compare_digest(expected.encode(), code.encode()) or person is None:
        raise NotFound
    return person
