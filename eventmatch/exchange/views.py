"""Pages of this room: where a phone lands that scans a badge, and a guest's contacts."""

from typing import NamedTuple
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_limiter.util import get_remote_address

from eventmatch import clock
from eventmatch.db import db
from eventmatch.errors import NotFound
from eventmatch.exchange import actions
from eventmatch.exchange.models import Standing
from eventmatch.exchange.queries import (
    asked_by,
    card_for,
    get_exchange,
    has_blocked,
    is_answerable,
    mutual_of,
    relation_by,
    requests_for,
    standing_between,
)
from eventmatch.i18n import _
from eventmatch.people.visibility import Relation
from eventmatch.registration.access import find_guest, guest_of, secret
from eventmatch.registration.models import Registration
from eventmatch.registration.queries import find_badge
from eventmatch.web.limits import limiter

bp = Blueprint("exchange", __name__)


def _who_tries() -> str:
    """Return the guest by their tickets; a hall full of strangers shares one address."""
    tickets = session.get("tickets") or {}
    return "".join(sorted(uid for uid, *_versions in tickets.values())) or get_remote_address()


_tries = limiter.shared_limit("60/minute", scope="badges", key_func=_who_tries)


class Encounter(NamedTuple):
    """A guest with a seat, and whose badge they hold."""

    guest: Registration
    owner: Registration


def _encounter(code: str) -> Encounter | None:
    """Return who meets whom by this badge; None for whoever is to learn nothing."""
    badge = find_badge(code, secret=secret())
    if badge is None or badge.withdrawn_at is not None:
        return None
    guest = find_guest(badge.registration.event.slug)
    if guest is None or not guest.has_seat:
        return None
    return Encounter(guest, badge.registration)


def _neutral() -> str:
    """Return the one page for everybody who is to learn nothing, whatever the reason."""
    g.event = None
    return render_template("exchange/neutral.html")


@bp.get("/B/<code>")
@_tries
def show_badge(code: str) -> str:
    """Show what the badge shows, to guests of the same event; looking asks for nothing."""
    met = _encounter(code)
    if met is None:
        return _neutral()
    guest, owner = met
    if guest.id == owner.id:
        return render_template("exchange/own_badge.html", event=guest.event)
    standing = standing_between(guest, owner)
    relation = relation_by(standing, guest, owner)
    is_over = not is_answerable(guest.event, at=clock.now())
    if relation is Relation.NOBODY or (is_over and standing is not Standing.MUTUAL):
        return _neutral()
    if has_blocked(guest, owner):
        return _neutral()
    return render_template(
        "exchange/badge.html",
        event=guest.event,
        code=code,
        card=card_for(owner, relation),
        standing=standing.value,
    )


@bp.post("/B/<code>")
@_tries
def create_exchange(code: str) -> ResponseReturnValue:
    """Ask the badge's owner for their contact, or agree if they have asked."""
    met = _encounter(code)
    if met is None:
        return _neutral()
    try:
        actions.ask(met.guest, met.owner)
    except NotFound:
        db.session.rollback()
        return _neutral()
    db.session.commit()
    return redirect(url_for("exchange.show_badge", code=code), 303)


@bp.get("/my/<slug>/contacts")
def show_contacts(slug: str) -> str:
    """Show whom a guest has exchanged contacts with, and for whose answer they wait."""
    guest = guest_of(slug)
    return render_template(
        "exchange/contacts.html",
        event=guest.event,
        contacts=mutual_of(guest),
        requests=requests_for(guest),
        asked=asked_by(guest),
    )


@bp.post("/my/<slug>/exchanges/<uuid:uid>/acceptance")
def accept(slug: str, uid: UUID) -> ResponseReturnValue:
    """Agree to what another guest asked."""
    guest = guest_of(slug)
    exchange = get_exchange(uid, guest)
    actions.accept(exchange, guest)
    db.session.commit()
    name = card_for(exchange.other_of(guest), Relation.MUTUAL).name
    flash(_("You and %(name)s now have each other's contact.", name=name), "success")
    return _back(slug)


@bp.post("/my/<slug>/exchanges/<uuid:uid>/refusal")
def decline(slug: str, uid: UUID) -> ResponseReturnValue:
    """Say no to another guest, who is not told."""
    guest = guest_of(slug)
    actions.decline(get_exchange(uid, guest), guest)
    db.session.commit()
    flash(_("Declined. They are not told, and cannot ask you again."), "message")
    return _back(slug)


@bp.post("/my/<slug>/exchanges/<uuid:uid>/withdrawal")
def withdraw(slug: str, uid: UUID) -> ResponseReturnValue:
    """Take back a question, or a contact that both had agreed to."""
    guest = guest_of(slug)
    actions.withdraw(get_exchange(uid, guest), guest)
    db.session.commit()
    flash(_("Taken back. From now on neither of you sees the other's details here."), "message")
    return redirect(url_for("exchange.show_contacts", slug=slug), 303)


def _back(slug: str) -> ResponseReturnValue:
    is_on_contacts = request.form.get("page") == "contacts"
    page = "exchange.show_contacts" if is_on_contacts else "guest.show_my_event"
    return redirect(url_for(page, slug=slug), 303)
