"""Both agree, or nothing happens."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from eventmatch.clock import now
from eventmatch.db import db
from eventmatch.errors import NotFound, TooOften
from eventmatch.exchange.actions import (
    ExchangeOver,
    RequestGone,
    TooManyWaiting,
    accept,
    ask,
    decline,
    withdraw,
)
from eventmatch.exchange.models import Exchange, ExchangeState, Standing
from eventmatch.exchange.queries import (
    asked_by,
    card_for,
    mutual_of,
    relation_by,
    requests_for,
    standing_between,
)
from eventmatch.people.visibility import Relation
from eventmatch.registration.actions import cancel
from eventmatch.registration.models import Registration
from tests.exchange.pairs import a_pair, asked, long_over, made_mutual
from tests.factories import ALL_CONSENTS, a_registration, an_event, badge_of, guest_browser


def relation_of(viewer: Registration, other: Registration) -> Relation:
    return relation_by(standing_between(viewer, other), viewer, other)


def test_a_scan_asks_and_a_scan_back_agrees(app: Flask):
    ada, bob = a_pair()

    first = asked(ada, bob)
    seen_after_one = (standing_between(ada, bob), standing_between(bob, ada))
    second = asked(bob, ada)

    assert seen_after_one == (Standing.ASKED, Standing.REQUESTED)
    assert second is first
    assert first.state is ExchangeState.MUTUAL
    assert first.way == "scan"


def test_until_both_agree_nobody_sees_more_than_the_badge(app: Flask):
    ada, bob = a_pair(phone="+44 1")

    asked(ada, bob)

    assert relation_of(ada, bob) is Relation.AT_THE_EVENT
    assert [one.card.phone for one in asked_by(ada)] == [""]
    assert [one.card.phone for one in requests_for(bob)] == [""]
    assert mutual_of(ada) == mutual_of(bob) == []


def test_the_answer_of_the_other_makes_it_mutual_for_both(app: Flask):
    ada, bob = a_pair(phone="+44 1")
    exchange = asked(ada, bob)

    accept(exchange, bob)
    accept(exchange, bob)

    assert exchange.way == "answer"
    assert [one.card.phone for one in mutual_of(ada)] == ["+44 1"]
    assert [one.card.phone for one in mutual_of(bob)] == ["+44 20 7946 0001"]
    assert requests_for(bob) == asked_by(ada) == []


def test_who_asks_cannot_answer_for_the_other(app: Flask):
    ada, bob = a_pair()
    exchange = asked(ada, bob)

    with pytest.raises(NotFound):
        accept(exchange, ada)
    with pytest.raises(NotFound):
        decline(exchange, ada)
    with pytest.raises(NotFound):
        withdraw(exchange, bob)

    assert exchange.state is ExchangeState.WAITING


def test_a_no_is_silent_and_cannot_be_asked_away(app: Flask):
    ada, bob = a_pair()
    exchange = asked(ada, bob)
    before = asked_by(ada)

    decline(exchange, bob)
    db.session.commit()
    asked(ada, bob)
    withdraw(exchange, ada)
    asked(ada, bob)

    assert standing_between(ada, bob) is Standing.ASKED
    assert [one.card for one in asked_by(ada)] == [one.card for one in before]
    assert standing_between(bob, ada) is Standing.NOTHING
    assert requests_for(bob) == []


def test_a_no_does_not_move_the_request_in_the_askers_list(app: Flask):
    event = an_event()
    ada, bob, cleo = (a_registration(event) for _ in range(3))
    refused = asked(ada, bob)
    asked(ada, cleo)
    before = asked_by(ada)

    decline(refused, bob)
    db.session.commit()

    assert asked_by(ada) == before


def test_who_said_no_can_change_their_mind_by_scanning(app: Flask):
    ada, bob = a_pair()
    exchange = asked(ada, bob)
    decline(exchange, bob)

    asked(bob, ada)

    assert exchange.state is ExchangeState.MUTUAL


def test_a_contact_that_is_withdrawn_is_gone_for_both_and_needs_both_again(app: Flask):
    ada, bob = a_pair()
    exchange = made_mutual(ada, bob)

    withdraw(exchange, ada)
    withdraw(exchange, ada)
    db.session.commit()
    after = (mutual_of(ada), mutual_of(bob), standing_between(bob, ada))
    asked(bob, ada)
    bothered = requests_for(ada)
    asked(ada, bob)

    assert after == ([], [], Standing.NOTHING)
    assert bothered == []
    assert standing_between(ada, bob) is Standing.MUTUAL


def test_who_withdrew_can_ask_again_and_the_other_is_asked(app: Flask):
    ada, bob = a_pair()
    exchange = made_mutual(ada, bob)
    withdraw(exchange, ada)

    asked(ada, bob)

    assert [one.card.name for one in requests_for(bob)] == ["Ada Lovelace"]


def test_a_no_after_a_yes_takes_the_yes_back(app: Flask):
    ada, bob = a_pair()
    exchange = made_mutual(ada, bob)

    decline(exchange, bob)

    assert mutual_of(ada) == []
    assert standing_between(ada, bob) is Standing.NOTHING


def test_a_request_that_was_taken_back_cannot_be_accepted(app: Flask):
    ada, bob = a_pair()
    exchange = asked(ada, bob)
    withdraw(exchange, ada)

    with pytest.raises(RequestGone):
        accept(exchange, bob)

    assert requests_for(bob) == []


def test_who_asked_and_cancelled_waits_for_nobody(app: Flask):
    ada, bob = a_pair()
    exchange = asked(ada, bob)
    cancel(ada)
    db.session.commit()

    assert requests_for(bob) == []
    with pytest.raises(RequestGone):
        accept(exchange, bob)


def test_an_answer_counts_until_two_weeks_after_the_event(app: Flask):
    ada, bob = a_pair()
    exchange = asked(ada, bob)

    long_over(ada.event)

    with pytest.raises(ExchangeOver):
        accept(exchange, bob)
    with pytest.raises(ExchangeOver):
        ask(bob, ada)
    assert requests_for(bob) == asked_by(ada) == []


def test_nobody_asks_themselves_or_guests_of_another_event(app: Flask):
    ada, _bob = a_pair()
    elsewhere = a_registration()

    with pytest.raises(NotFound):
        ask(ada, ada)
    with pytest.raises(NotFound):
        ask(ada, elsewhere)


def test_who_does_not_want_to_be_scanned_is_not_asked(app: Flask):
    ada, bob = a_pair(consents=ALL_CONSENTS | {"may_be_scanned": False})

    with pytest.raises(NotFound):
        ask(ada, bob)

    assert relation_of(ada, bob) is Relation.NOBODY


def test_who_asks_shows_their_own_badge_by_asking(app: Flask):
    ada, bob = a_pair(consents=ALL_CONSENTS | {"may_be_scanned": False})

    asked(bob, ada)

    assert [one.card.name for one in requests_for(ada)] == ["Bob Babbage"]
    assert asked(ada, bob).state is ExchangeState.MUTUAL


def test_who_no_longer_wants_to_be_scanned_vanishes_from_the_lists_of_those_who_wait(app: Flask):
    ada, bob = a_pair()
    asked(ada, bob)

    bob.may_be_scanned = False
    db.session.commit()

    assert asked_by(ada) == []


@pytest.mark.parametrize("whose", ["asker", "other"])
def test_without_a_seat_nobody_asks_or_is_asked(app: Flask, whose: str):
    ada, bob = a_pair()
    cancel(ada if whose == "asker" else bob)
    db.session.commit()

    with pytest.raises(NotFound):
        ask(ada, bob)


def test_only_so_many_people_an_hour_can_be_asked(app: Flask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(app.config, "EXCHANGES_PER_HOUR", 5)
    event = an_event()
    ada, *others = (a_registration(event) for _ in range(7))
    exchanges = [asked(ada, other) for other in others[:5]]

    with pytest.raises(TooOften):
        ask(ada, others[-1])
    db.session.rollback()
    assert asked(others[-1], ada).state is ExchangeState.WAITING
    assert asked(ada, others[-1]).state is ExchangeState.MUTUAL, "answering is always possible"

    exchanges[0].asked_at = now() - timedelta(minutes=61)
    db.session.commit()
    assert asked(ada, a_registration(event)).state is ExchangeState.WAITING


def test_asking_the_same_person_again_and_again_counts_each_time(
    app: Flask, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(app.config, "EXCHANGES_PER_HOUR", 3)
    ada, bob = a_pair()
    for _ in range(3):
        withdraw(asked(ada, bob), ada)
        db.session.commit()

    with pytest.raises(TooOften):
        ask(ada, bob)
    db.session.rollback()
    asked(bob, ada)

    assert asked(ada, bob).is_mutual, "answering is always possible"


def test_who_asks_again_the_next_day_asks_once(app: Flask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(app.config, "EXCHANGES_PER_HOUR", 3)
    ada, bob = a_pair()
    for _ in range(5):
        exchange = asked(ada, bob)
        withdraw(exchange, ada)
        exchange.asked_at = now() - timedelta(minutes=61)
        db.session.commit()

    assert asked(ada, bob).times_asked == 1


@pytest.mark.parametrize("limit", ["EXCHANGES_PER_HOUR", "EXCHANGES_PENDING"])
def test_limits_hold_for_questions_at_the_same_moment(
    either_app: Flask, monkeypatch: pytest.MonkeyPatch, limit: str
):
    monkeypatch.setitem(either_app.config, limit, 1)
    event = an_event()
    barrier = Barrier(4)

    def press(pressed: tuple[FlaskClient, str]) -> int:
        browser, code = pressed
        barrier.wait()
        return browser.post(f"/B/{code}").status_code

    for _ in range(5):
        codes = [badge_of(a_registration(event)) for _ in range(4)]
        ada = a_registration(event)  # the last to register, whom nobody else's question holds
        browsers = [guest_browser(either_app, ada) for _ in codes]
        db.session.commit()
        with ThreadPoolExecutor(4) as pool:
            statuses = pool.map(press, zip(browsers, codes, strict=True))
        assert sorted(statuses) == [303, 429, 429, 429]


def test_only_so_many_answers_can_be_waited_for(app: Flask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(app.config, "EXCHANGES_PENDING", 2)
    event = an_event()
    ada, *others = (a_registration(event) for _ in range(4))
    waiting, refused = asked(ada, others[0]), asked(ada, others[1])
    decline(refused, others[1])
    db.session.commit()

    with pytest.raises(TooManyWaiting):
        ask(ada, others[2])
    db.session.rollback()
    withdraw(waiting, ada)
    db.session.commit()

    assert asked(ada, others[2]).state is ExchangeState.WAITING


def test_how_long_one_can_answer_is_a_setting(app: Flask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(app.config, "EXCHANGE_DAYS", 20)
    ada, bob = a_pair()
    exchange = asked(ada, bob)
    long_over(ada.event)

    accept(exchange, bob)

    assert exchange.is_mutual


def test_released_fields_follow_the_owner_at_once(app: Flask):
    ada, bob = a_pair(phone="+44 1")
    made_mutual(ada, bob)

    bob.visibility = {"phone": "nobody"}
    db.session.commit()

    assert mutual_of(ada)[0].card.phone == ""
    assert mutual_of(ada)[0].card.email == bob.email
    assert card_for(bob, Relation.NOBODY).name == ""


def test_two_who_scan_each_other_at_the_same_moment_have_one_mutual_exchange(either_app: Flask):
    event = an_event()
    pairs = [(a_registration(event).id, a_registration(event).id) for _ in range(20)]
    barrier = Barrier(2)

    def scan(ids: tuple[int, int]) -> None:
        barrier.wait()
        with either_app.app_context():
            asker, other = (db.session.get_one(Registration, id_) for id_ in ids)
            ask(asker, other)
            db.session.commit()

    with ThreadPoolExecutor(2) as pool:
        for one, other in pairs:
            list(pool.map(scan, [(one, other), (other, one)]))

    states = list(db.session.scalars(select(Exchange.state)))
    assert states == [ExchangeState.MUTUAL] * 20


def test_the_same_scan_twice_at_the_same_moment_asks_once(either_app: Flask):
    event = an_event()
    pairs = [(a_registration(event).id, a_registration(event).id) for _ in range(10)]
    barrier = Barrier(4)

    def scan(ids: tuple[int, int]) -> None:
        barrier.wait()
        with either_app.app_context():
            asker, other = (db.session.get_one(Registration, id_) for id_ in ids)
            ask(asker, other)
            db.session.commit()

    with ThreadPoolExecutor(4) as pool:
        for pair in pairs:
            list(pool.map(scan, [pair] * 4))

    states = list(db.session.scalars(select(Exchange.state)))
    assert states == [ExchangeState.WAITING] * 10


def test_the_database_keeps_one_row_for_a_pair(either_app: Flask):
    ada, bob = a_pair()
    asked(ada, bob)

    db.session.add(Exchange(event_id=ada.event_id, low_id=ada.id, high_id=bob.id, asker_id=bob.id))
    with pytest.raises(IntegrityError):
        db.session.commit()

    db.session.rollback()
    assert db.session.scalar(select(func.count(Exchange.id))) == 1
