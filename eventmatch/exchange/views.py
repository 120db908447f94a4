"""Pages of this room: where a phone lands that scans a badge, and a guest's contacts."""

from typing import NamedTuple
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventmatch import clock
from eventmatch.db import db
from eventmatch.errors import NotFound
from eventmatch.exchange import actions
from eventmatch.exchange.models import Exchange, Standing
from eventmatch.exchange.queries import (
    are_apart,
    asked_by,
    card_for,
    count_asked,
    find_exchange,
    get_exchange,
    is_answerable,
    mutual_of,
    relation_by,
    requests_for,
    standing_between,
)
from eventmatch.exchange.scanning import Held, find_phone, take
from eventmatch.i18n import _
from eventmatch.people.visibility import Relation
from eventmatch.registration.access import find_guest, guest_of, secret, whose_requests
from eventmatch.registration.models import Registration
from eventmatch.registration.queries import find_badge
from eventmatch.web.limits import limiter

bp = Blueprint("exchange", __name__)


_tries = limiter.shared_limit("60/minute", scope="badges", key_func=whose_requests)


class Encounter(NamedTuple):
    """A guest with a seat, and whose badge or phone they hold their own to."""

    guest: Registration
    held: Held

    @property
    def owner(self) -> Registration:
        """Return the other of the two."""
        return self.held.owner


def _encounter(code: str) -> Encounter | None:
    """Return who meets whom by this badge; None for whoever is to learn nothing."""
    badge = find_badge(code, secret=secret())
    if badge is None or badge.withdrawn_at is not None:
        return None
    return _met_by(Held(badge.registration))


def _met_by(held: Held | None) -> Encounter | None:
    guest = None if held is None else find_guest(held.owner.event.slug)
    if held is None or guest is None or not guest.has_seat:
        return None
    return Encounter(guest, held)


def _neutral() -> str:
    """Return the one page for everybody who is to learn nothing, whatever the reason."""
    g.event = None
    return render_template("exchange/neutral.html")


@bp.get("/B/<code>")
@_tries
def show_badge(code: str) -> ResponseReturnValue:
    """Show what the badge shows, to guests of the same event; looking asks for nothing."""
    met = _encounter(code)
    if met is None:
        return _neutral()
    guest, owner = met.guest, met.owner
    if guest.id == owner.id:
        return render_template("exchange/own_badge.html", event=guest.event)
    standing = standing_between(guest, owner)
    relation = relation_by(standing, guest, owner)
    is_over = not is_answerable(guest.event, at=clock.now())
    if relation is Relation.NOBODY or (is_over and standing is not Standing.MUTUAL):
        return _neutral()
    if are_apart(guest, owner):
        return _neutral()
    exchange = find_exchange(guest, owner)
    if exchange is not None and standing in {Standing.ASKED, Standing.MUTUAL}:
        return _page_of(exchange, guest)
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
    return _taken(met)


def _taken(met: Encounter) -> ResponseReturnValue:
    """Ask or agree, and go on to the page of the other; or say nothing."""
    try:
        exchange = take(met.held, met.guest)
    except NotFound:
        db.session.rollback()
        return _neutral()
    db.session.commit()
    return _page_of(exchange, met.guest)


def _page_of(exchange: Exchange, guest: Registration) -> ResponseReturnValue:
    page = url_for("meeting.show_exchange", slug=guest.event.slug, uid=exchange.uid)
    return redirect(page, 303)


@bp.get("/P/<code>")
@_tries
def show_phone_code(code: str) -> str:
    """Show who shows this code on their screen, to guests of the same event."""
    met = _met_by(find_phone(code, secret=secret()))
    if met is None or are_apart(met.guest, met.owner):
        return _neutral()
    guest, owner = met.guest, met.owner
    if guest.id == owner.id:
        return render_template("exchange/own_badge.html", event=guest.event)
    is_fresh = met.held.is_fresh_for(guest) and owner.has_seat
    standing = standing_between(guest, owner)
    if not is_fresh and relation_by(standing, guest, owner) is Relation.NOBODY:
        return _neutral()  # as for the blocked
    return render_template(
        "exchange/phone_code.html",
        event=guest.event,
        code=code,
        card=card_for(owner, Relation.AT_THE_EVENT if is_fresh else Relation.NOBODY),
        is_fresh=is_fresh and is_answerable(guest.event, at=clock.now()),
    )


@bp.post("/P/<code>")
@_tries
def take_phone_code(code: str) -> ResponseReturnValue:
    """Exchange contacts with whoever shows this code; too late, it only asks."""
    met = _met_by(find_phone(code, secret=secret()))
    return _neutral() if met is None else _taken(met)


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
        unanswered=0 if is_answerable(guest.event, at=clock.now()) else count_asked(guest),
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
