"""What two guests can do: ask, agree, say no, and take it back.

Whatever is done twice is done once. A yes holds until it is taken back; a no is silent, and the
one who said it is not asked again by the same person, but can ask themselves. A block is a no that
holds at every event, both ways: to the blocked everything looks as if the other had opted out.
"""

from datetime import timedelta

from eventmatch import clock
from eventmatch.config import setting
from eventmatch.db import db, hold
from eventmatch.errors import Conflict, NotFound, TooOften
from eventmatch.events.models import Event
from eventmatch.exchange.models import Block, Exchange, ExchangeState, Standing
from eventmatch.exchange.queries import (
    are_apart,
    asked_since,
    count_asked,
    exchanges_between,
    find_block,
    find_exchange,
    is_answerable,
    relation_by,
)
from eventmatch.i18n import _l
from eventmatch.people.visibility import Relation
from eventmatch.registration.models import Registration

_HOUR = timedelta(hours=1)


class ExchangeOver(Conflict):
    """The event ended too long ago to ask or to answer."""

    code = "exchange_over"
    message = _l("The time to exchange contacts from this event is over.")


class TooManyWaiting(TooOften):
    """The guest waits for too many answers already."""

    code = "too_many_waiting"
    message = _l("You wait for many answers already. Take some questions back, or come back later.")


class RequestGone(Conflict):
    """The one who asked has taken it back."""

    code = "request_gone"
    message = _l("This request was taken back in the meantime.")


def ask(asker: Registration, other: Registration) -> Exchange:
    """Ask for the other's contact, as a scan of their badge does.

    If the other has asked before, both agree now. If the other has said no, the asker waits and
    the other learns nothing. Raises: NotFound where the other's badge shows nothing to the asker,
    and where one has blocked the other; ExchangeOver; TooOften; TooManyWaiting.
    """
    exchange = _held(asker, other)
    standing = exchange.seen_by(asker) if exchange else Standing.NOTHING
    if relation_by(standing, asker, other) is Relation.NOBODY or are_apart(asker, other):
        raise NotFound
    if exchange is not None and standing in {Standing.ASKED, Standing.MUTUAL}:
        return exchange
    _check_in_time(asker)
    if exchange is not None and exchange.state is not ExchangeState.WITHDRAWN:
        _agree(exchange, way="scan")
        return exchange
    _check_limits(asker)
    return _ask_anew(asker, other, exchange)


def meet(one: Registration, other: Registration, *, way: str) -> Exchange:
    """Let the two have exchanged contacts at once, since both have just said so.

    As by one who shows a code on their screen and the other who scans it: whether they may be
    scanned otherwise does not matter. Raises: NotFound where one blocked the other; ExchangeOver.
    """
    exchange = _held(one, other)
    if not (one.has_seat and other.has_seat) or are_apart(one, other):
        raise NotFound
    if exchange is not None and exchange.is_mutual:
        return exchange
    _check_in_time(one)
    if exchange is None:
        exchange = _ask_anew(one, other, None)
    _agree(exchange, way=way)
    return exchange


def _held(one: Registration, other: Registration) -> Exchange | None:
    """Return the exchange of the two, if there is one; nobody else changes it until we commit.

    The two may scan each other at the same moment, and one of them may answer at that moment. Who
    acts is held first, since their limits count whom else they ask; then the lower of the two: as
    nobody waits for a higher one than they hold, nobody waits in a circle.
    """
    if one.id == other.id or one.event_id != other.event_id:
        raise NotFound
    hold(one)
    if other.id < one.id:
        hold(other)
    exchange = find_exchange(one, other)
    if exchange is not None:
        hold(exchange)
    return exchange


def _check_limits(asker: Registration) -> None:
    """Keep one guest from asking a whole hall."""
    if asked_since(asker, clock.now() - _HOUR) >= setting("EXCHANGES_PER_HOUR"):
        raise TooOften
    if count_asked(asker) >= setting("EXCHANGES_PENDING"):
        raise TooManyWaiting


def _id(registration: Registration) -> int:
    return registration.id


def _check_in_time(registration: Registration) -> None:
    if not is_answerable(db.session.get_one(Event, registration.event_id), at=clock.now()):
        raise ExchangeOver


def _ask_anew(asker: Registration, other: Registration, exchange: Exchange | None) -> Exchange:
    exchange = exchange or _new_exchange(asker, other)
    is_again = exchange.asker_id == asker.id and exchange.asked_at > clock.now() - _HOUR
    exchange.times_asked = exchange.times_asked + 1 if is_again else 1
    has_refused = exchange.refuser_id == other.id
    exchange.state = ExchangeState.DECLINED if has_refused else ExchangeState.WAITING
    exchange.refuser_id = other.id if has_refused else None
    exchange.asker_id = asker.id
    exchange.asked_at = clock.now()
    exchange.answered_at, exchange.way = None, ""
    db.session.flush()
    return exchange


def _new_exchange(one: Registration, other: Registration) -> Exchange:
    low, high = sorted((one, other), key=_id)
    exchange = Exchange(
        event_id=one.event_id,
        low_id=low.id,
        high_id=high.id,
        low=low,
        high=high,
        asker_id=one.id,
        asked_at=clock.now(),
        times_asked=0,
    )
    db.session.add(exchange)
    return exchange


def _agree(exchange: Exchange, *, way: str) -> None:
    exchange.state = ExchangeState.MUTUAL
    exchange.refuser_id = None
    exchange.way = way
    exchange.answered_at = clock.now()


def accept(exchange: Exchange, registration: Registration) -> None:
    """Agree to what the other asked, also after having said no.

    Raises: NotFound for the one who asked; RequestGone; ExchangeOver.
    """
    hold(exchange)
    if exchange.is_mutual:
        return
    if exchange.asker_id == registration.id or not registration.has_seat:
        raise NotFound
    other = db.session.get_one(Registration, exchange.other_id_of(registration))
    is_gone = exchange.state is ExchangeState.WITHDRAWN or not other.has_seat
    if is_gone or are_apart(registration, other):
        raise RequestGone
    _check_in_time(registration)
    _agree(exchange, way="answer")


def decline(exchange: Exchange, registration: Registration) -> None:
    """Say no, without the other being told; after a yes it takes the yes back.

    Raises: NotFound for the one who asked.
    """
    hold(exchange)
    if exchange.is_mutual:
        _withdraw(exchange, registration)
        return
    if exchange.asker_id == registration.id:
        raise NotFound
    exchange.refuser_id = exchange.refuser_id or registration.id
    exchange.note_refusal(registration.id)
    if exchange.state is ExchangeState.WAITING:
        exchange.state = ExchangeState.DECLINED
        exchange.answered_at = clock.now()


def withdraw(exchange: Exchange, registration: Registration) -> None:
    """Take back one's question or one's yes; neither sees the other from now on.

    Raises: NotFound for the one who was asked and has not agreed; they can decline.
    """
    hold(exchange)
    if exchange.state is ExchangeState.WITHDRAWN:
        return
    if exchange.is_mutual:
        _withdraw(exchange, registration)
        return
    if exchange.asker_id != registration.id:
        raise NotFound
    exchange.state = ExchangeState.WITHDRAWN  # an earlier no of the other stays
    exchange.note_refusal(registration.id)
    exchange.answered_at = clock.now()


def _withdraw(exchange: Exchange, registration: Registration) -> None:
    exchange.state = ExchangeState.WITHDRAWN
    exchange.refuser_id = registration.id
    exchange.note_refusal(registration.id)
    exchange.answered_at = clock.now()


def block(registration: Registration, other: Registration) -> Block:
    """Let the two have nothing to do with each other any more, at any event.

    What the two had agreed on or asked is taken back or declined, everywhere. Raises: NotFound.
    """
    if registration.event_id != other.event_id:
        raise NotFound
    return block_person(registration, other)


def block_person(registration: Registration, other: Registration) -> Block:
    """Do the same for two people whose registrations may be of different events.

    For who knows already that the two have to do with each other. Raises: NotFound for oneself.
    """
    is_same = registration.id == other.id or (
        registration.person_id is not None and registration.person_id == other.person_id
    )
    if is_same:
        raise NotFound
    hold(min(registration, other, key=_id))  # one of them may ask at this moment
    for exchange in exchanges_between(registration, other):
        _end(exchange, registration)
    made = find_block(registration, other)
    if made is None:
        made = Block(registration_id=registration.id, other_id=other.id)
        db.session.add(made)
        db.session.flush()
    return made


def _end(exchange: Exchange, registration: Registration) -> None:
    low = exchange.low
    is_low = low.id == registration.id or low.person_id == registration.person_id is not None
    mine = low if is_low else exchange.high
    exchange.note_refusal(mine.id)
    if exchange.is_mutual or exchange.asker_id == mine.id:
        withdraw(exchange, mine)
    else:
        decline(exchange, mine)


def unblock(registration: Registration, other: Registration) -> None:
    """Take a block back; what it ended stays ended."""
    made = find_block(registration, other)
    if made is not None:
        db.session.delete(made)
        db.session.flush()
