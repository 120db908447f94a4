"""The guest's own scanner, the code on their screen, and the page of somebody they just met."""

from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from eventmatch import clock, qr
from eventmatch.db import db
from eventmatch.errors import Invalid, NotFound
from eventmatch.exchange.forms import RemarkForm, ScanForm
from eventmatch.exchange.models import CodeScan, Exchange, ExchangeState, Outcome, Standing
from eventmatch.exchange.queries import (
    are_apart,
    card_for,
    get_exchange,
    is_answerable,
    mutual_of,
    relation_by,
)
from eventmatch.exchange.remarks import add_to_remark, find_remark, write_remark
from eventmatch.exchange.scanning import CODE_GOOD_FOR, record_scan, show_code
from eventmatch.i18n import _
from eventmatch.people.visibility import Card
from eventmatch.registration.access import guest_of, secret, whose_requests
from eventmatch.registration.models import Registration
from eventmatch.web.guesses import few_guesses, note_guesses
from eventmatch.web.limits import limiter

bp = Blueprint("meeting", __name__)


_few_guesses = few_guesses("20/minute", scope="guesses of guests", key=whose_requests)
# A phone that was long without network brings many; each becomes a row.
_scans = limiter.shared_limit("120/minute", scope="scans of guests", key_func=whose_requests)


# The scanner


@bp.get("/my/<slug>/scan")
def show_scanner(slug: str) -> str:
    """Show the camera, and a field for the code under the QR code; without network, too."""
    return _scanner(guest_of(slug), ScanForm())


def _scanner(guest: Registration, form: ScanForm) -> str:
    return render_template("exchange/scan.html", event=guest.event, guest=guest, form=form)


@bp.post("/my/<slug>/scans")
@_scans
@_few_guesses
def create_scan(slug: str) -> ResponseReturnValue:
    """Take a code that was typed, and go on to the page of its owner."""
    guest, form = guest_of(slug), ScanForm()
    if not form.validate_on_submit():
        return _scanner(guest, form), 422
    scan = _recorded(guest, UUID(form.scan_id.data), form)
    if scan.exchange is not None:
        return redirect(_page(guest, scan.exchange), 303)
    flash(_outcome_said(scan.outcome), "info")
    return redirect(url_for(".show_scanner", slug=slug), 303)


@bp.put("/my/<slug>/scans/<uuid:scan_id>")
@_scans
@_few_guesses
def put_scan(slug: str, scan_id: UUID) -> ResponseReturnValue:
    """Take a scan of the guest's phone, now or late; the same id gets the same answer."""
    guest, form = guest_of(slug), ScanForm()
    form.scan_id.data = str(scan_id)
    if not form.validate():
        raise Invalid({name: [str(e) for e in errors] for name, errors in form.errors.items()})
    scan = _recorded(guest, scan_id, form)
    return jsonify(_answer(guest, scan))


def _recorded(guest: Registration, scan_id: UUID, form: ScanForm) -> CodeScan:
    scan = record_scan(
        guest, scan_id=scan_id, code=form.code.data, scanned_at=form.moment, secret=secret()
    )
    if scan.exchange is not None:  # also again: words may follow where an answer was lost
        add_to_remark(
            guest,
            db.session.get_one(Registration, scan.exchange.other_id_of(guest)),
            text=form.text.data or "",
            chips=form.chips.data or [],
        )
    db.session.commit()
    note_guesses([form.code.data] if scan.outcome is Outcome.NOBODY else [])
    return scan


def _answer(guest: Registration, scan: CodeScan) -> dict[str, Any]:
    """Return what came of a scan, as things stand now."""
    card, page = Card(), ""
    if scan.exchange is not None:
        card = _card_now(guest, scan.exchange)
        page = _page(guest, scan.exchange) if card.name else ""
    return {
        "scan": str(scan.id),
        "outcome": scan.outcome.value,
        "name": card.name,
        "said": _outcome_said(scan.outcome),
        "page": page,
    }


def _outcome_said(outcome: Outcome) -> str:
    return {
        Outcome.ASKED: _("You have asked. Now it is their turn."),
        Outcome.MUTUAL: _("You have exchanged contacts."),
        Outcome.OWN: _("This is your own badge."),
        Outcome.OVERTAKEN: _("You have taken this back in the meantime; nothing was sent."),
        Outcome.NOBODY: _("This code shows nothing here. Some guests do not want to be scanned."),
    }[outcome]


def _page(guest: Registration, exchange: Exchange) -> str:
    return url_for("meeting.show_exchange", slug=guest.event.slug, uid=exchange.uid)


# Somebody whom the guest has just met


def _card_now(guest: Registration, exchange: Exchange) -> Card:
    """Return what the guest may see of the other at this moment."""
    other = db.session.get_one(Registration, exchange.other_id_of(guest))
    standing = exchange.seen_by(guest)
    if are_apart(guest, other) or standing is Standing.NOTHING:
        return Card()
    return card_for(other, relation_by(standing, guest, other))


def _met(slug: str, uid: UUID) -> tuple[Registration, Exchange, Card]:
    """Return guest, exchange and what they may see of the other.

    Raises: NotFound for whom the guest is to learn nothing, and when the time to answer is over.
    """
    guest = guest_of(slug)
    exchange = get_exchange(uid, guest)
    card = _card_now(guest, exchange)
    is_over = not is_answerable(guest.event, at=clock.now())
    if not card.name or (is_over and not exchange.is_mutual):
        raise NotFound
    return guest, exchange, card


@bp.get("/my/<slug>/exchanges/<uuid:uid>")
def show_exchange(slug: str, uid: UUID) -> str:
    """Show somebody whom the guest has met here, with a note and chips for the guest alone."""
    guest, exchange, card = _met(slug, uid)
    remark = find_remark(guest, exchange.other_of(guest))
    form = RemarkForm(
        text=remark.text if remark else "", chips=list(remark.chips) if remark else []
    )
    return _exchange_page(guest, exchange, card, form)


def _exchange_page(guest: Registration, exchange: Exchange, card: Card, form: RemarkForm) -> str:
    return render_template(
        "exchange/exchange.html",
        event=guest.event,
        exchange=exchange,
        other_uid=exchange.other_of(guest).uid,
        card=card,
        standing=exchange.seen_by(guest).value,
        form=form,
        is_in_network=guest.event.is_closed and exchange.state is ExchangeState.MUTUAL,
    )


@bp.post("/my/<slug>/exchanges/<uuid:uid>/remark")
def change_remark(slug: str, uid: UUID) -> ResponseReturnValue:
    """Keep the guest's note and chips."""
    guest, exchange, card = _met(slug, uid)
    form = RemarkForm()
    if not form.validate_on_submit():
        return _exchange_page(guest, exchange, card, form), 422
    write_remark(
        guest,
        exchange.other_of(guest),
        text=form.text.data or "",
        chips=form.chips.data or [],
    )
    db.session.commit()
    flash(_("Kept. Only you see it."), "success")
    return redirect(_page(guest, exchange), 303)


# The code on the screen


@bp.get("/my/<slug>/code")
def show_code_page(slug: str) -> str:
    """Say what the code on the screen does; looking makes none."""
    return _code_page(guest_of(slug), "")


@bp.post("/my/<slug>/code")
@limiter.limit("30/minute", key_func=whose_requests)
def create_code(slug: str) -> ResponseReturnValue:
    """Show a new code; a script that asks for it gets the part of the page alone."""
    guest = guest_of(slug)
    if not guest.has_seat or not is_answerable(guest.event, at=clock.now()):
        raise NotFound
    code = show_code(guest, secret=secret())
    db.session.commit()
    address = f"{current_app.config['BASE_URL']}{url_for('exchange.show_phone_code', code=code)}"
    picture = qr.svg(address.upper())
    if request.headers.get("X-Part"):
        return render_template("exchange/_code.html", qr=picture)
    return _code_page(guest, picture)


def _code_page(guest: Registration, picture: str) -> str:
    return render_template(
        "exchange/code.html",
        event=guest.event,
        guest=guest,
        qr=picture,
        is_over=not is_answerable(guest.event, at=clock.now()),
        seconds=int(CODE_GOOD_FOR.total_seconds()),
    )


@bp.get("/my/<slug>/code/agreed")
def show_agreed(slug: str) -> str:
    """Show with whom the guest has exchanged contacts in the last minutes."""
    guest = guest_of(slug)
    since = clock.now() - 2 * CODE_GOOD_FOR
    return render_template(
        "exchange/_agreed.html", event=guest.event, agreed=mutual_of(guest, since=since)
    )
