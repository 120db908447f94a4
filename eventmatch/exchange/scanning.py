"""What a guest's own phone reads, now or late, and the code that it shows to others.

A scan has an id that the phone made: delivered twice, or long after, it does once what it says.
What the guest themselves said of the other in the meantime counts more than an old scan.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from eventmatch import clock
from eventmatch.codes import SHORT_CODE_LENGTH, fingerprint, fresh_code, read_code
from eventmatch.db import db, hold
from eventmatch.errors import NotFound
from eventmatch.exchange.actions import ask, meet
from eventmatch.exchange.models import (
    CodeScan,
    Exchange,
    Outcome,
    PhoneCode,
    Standing,
)
from eventmatch.exchange.queries import find_exchange
from eventmatch.registration.models import Badge, Registration

CODE_GOOD_FOR = timedelta(seconds=60)
_KEPT_FOR = timedelta(days=1)  # for phones that were without network when they scanned


@dataclass(frozen=True)
class Held:
    """Whose code was held up; `phone` if it was one on their screen."""

    owner: Registration
    phone: PhoneCode | None = None

    def is_fresh_for(self, guest: Registration) -> bool:
        """Tell whether the owner agrees by it: on their screen, in time, and taken by nobody.

        Nor do they any more once they have said no to this guest since they showed it.
        """
        code = self.phone
        if code is None or clock.now() >= code.expires_at:
            return False
        exchange = find_exchange(guest, self.owner)
        shown_at = code.expires_at - CODE_GOOD_FOR
        is_refused = exchange is not None and exchange.has_refused_since(shown_at, self.owner.id)
        return code.used_by_id in {None, guest.id} and not is_refused


def show_code(registration: Registration, *, secret: str) -> str:
    """Return a code for the guest's screen; their earlier ones stay good for what is left."""
    code = fresh_code()
    now = clock.now()
    db.session.execute(
        delete(PhoneCode).where(
            PhoneCode.registration_id == registration.id, PhoneCode.expires_at < now - _KEPT_FOR
        )
    )
    db.session.add(
        PhoneCode(
            registration_id=registration.id,
            fingerprint=fingerprint(secret, code),
            expires_at=now + CODE_GOOD_FOR,
        )
    )
    return code


def find_held(text: str, guest: Registration, *, secret: str) -> Held | None:
    """Return whose code this is, among the guests of the same event; None if nobody's.

    The short code under a badge's QR code is good here, too: it is this event's guest who types.
    """
    read = fingerprint(secret, text)
    badge = db.session.scalar(_badge(guest).where(Badge.fingerprint == read))
    if badge is None and len(read_code(text)) == SHORT_CODE_LENGTH:
        badge = db.session.scalar(_badge(guest).where(Badge.short_fingerprint == read))
    if badge is not None:
        return Held(badge.registration)
    held = find_phone(text, secret=secret)
    return held if held is not None and held.owner.event_id == guest.event_id else None


def _badge(guest: Registration) -> Select[Badge]:
    return (
        select(Badge)
        .join(Badge.registration)
        .where(Badge.withdrawn_at.is_(None), Registration.event_id == guest.event_id)
        .options(joinedload(Badge.registration))
    )


def find_phone(text: str, *, secret: str) -> Held | None:
    """Return on whose screen this code is or lately was, with their event; None if on nobody's."""
    phone = db.session.scalar(
        select(PhoneCode)
        .where(PhoneCode.fingerprint == fingerprint(secret, text))
        .options(joinedload(PhoneCode.registration).joinedload(Registration.event))
    )
    return None if phone is None else Held(phone.registration, phone)


def take(held: Held, guest: Registration) -> Exchange:
    """Let the guest have scanned this: a fresh code on a screen is the owner's yes at once.

    Any other only asks. Raises: NotFound; ExchangeOver; TooOften; TooManyWaiting.
    """
    if held.phone is None:
        return ask(guest, held.owner)
    if guest.id == held.owner.id:
        raise NotFound
    hold(guest)  # in the order of `record_scan`
    hold(held.phone)  # two may scan the same screen at the same moment
    if not held.is_fresh_for(guest):
        return ask(guest, held.owner)
    exchange = meet(guest, held.owner, way="phone")
    held.phone.used_by_id = guest.id
    return exchange


def record_scan(
    guest: Registration, *, scan_id: UUID, code: str, scanned_at: datetime | None, secret: str
) -> CodeScan:
    """Do what a scan says, or return what came of it when it was delivered before.

    Raises: NotFound for the id of somebody else's scan; ExchangeOver; TooOften; TooManyWaiting:
    after these it can be delivered again.
    """
    hold(guest)  # the same scan may come twice at the same moment
    known = _known(scan_id)
    if known is not None:
        return _if_theirs(known, guest)
    now = clock.now()
    moment = min(scanned_at or now, now)
    outcome, exchange = _done(guest, code, moment, secret=secret)
    scan = CodeScan(
        id=scan_id,
        registration_id=guest.id,
        exchange=exchange,
        outcome=outcome,
        scanned_at=moment,
    )
    try:
        with db.session.begin_nested():
            db.session.add(scan)
    except IntegrityError:  # somebody else's scan has this id
        raise NotFound from None
    return scan


def _known(scan_id: UUID) -> CodeScan | None:
    return db.session.scalar(
        select(CodeScan).where(CodeScan.id == scan_id).options(joinedload(CodeScan.exchange))
    )


def _if_theirs(scan: CodeScan, guest: Registration) -> CodeScan:
    if scan.registration_id != guest.id:
        raise NotFound
    return scan


def _done(
    guest: Registration, code: str, moment: datetime, *, secret: str
) -> tuple[Outcome, Exchange | None]:
    held = find_held(code, guest, secret=secret)
    if held is None or not guest.has_seat:
        return Outcome.NOBODY, None
    if held.owner.id == guest.id:
        return Outcome.OWN, None
    if _is_overtaken(find_exchange(guest, held.owner), guest, moment):
        return Outcome.OVERTAKEN, None
    try:
        exchange = take(held, guest)
    except NotFound:
        return Outcome.NOBODY, None
    return (Outcome.MUTUAL if exchange.is_mutual else Outcome.ASKED), exchange


def _is_overtaken(exchange: Exchange | None, guest: Registration, moment: datetime) -> bool:
    """Tell whether the guest has said no, or taken their word back, after this scan.

    Not where they have asked or agreed again since: then the scan says nothing new.
    """
    if exchange is None or exchange.seen_by(guest) in {Standing.ASKED, Standing.MUTUAL}:
        return False
    return exchange.has_refused_since(moment, guest.id)
