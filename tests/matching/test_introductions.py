"""Asking to meet: who may, what an answer does, and what holds when two do things at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from flask import Flask

from eventmatch.clock import now
from eventmatch.db import db
from eventmatch.errors import NotFound, TooOften
from eventmatch.events.actions import EventClosed
from eventmatch.events.models import EventState
from eventmatch.exchange.actions import RequestGone, decline, withdraw
from eventmatch.exchange.models import Exchange, Standing
from eventmatch.exchange.queries import mutual_of, standing_between
from eventmatch.matching import introducing
from eventmatch.matching.actions import block_guest, bring_back, refresh_suggestions
from eventmatch.matching.introducing import (
    AlreadyContacts,
    Answer,
    RequestExpired,
    TooLateToMeet,
    TooManyWaiting,
    answer_introduction,
    ask_for_introduction,
    withdraw_introduction,
)
from eventmatch.matching.introductions import find_introduction, wishes_of
from eventmatch.matching.models import Introduction, IntroductionState
from eventmatch.matching.queries import suggestions_for
from eventmatch.registration.actions import cancel, set_consents
from eventmatch.registration.models import Registration
from tests.exchange.pairs import asked as scanned
from tests.exchange.pairs import made_mutual
from tests.factories import a_registration, an_event
from tests.matching.wishes import answered, let_expire, two_suggested, wished


def names(registration: Registration) -> list[str]:
    return [one.name for one in suggestions_for(registration)]


def to_answer(registration: Registration) -> list[str]:
    return [wish.card.name for wish in wishes_of(registration).to_answer]


def waiting(registration: Registration) -> list[str]:
    return [wish.card.name for wish in wishes_of(registration).asked if wish.is_waiting]


def test_who_is_asked_finds_the_question_and_is_no_suggestion_meanwhile(either_app: Flask):
    olga, selim = two_suggested()

    wished(selim, olga, reason="Presses?")

    (wish,) = wishes_of(olga).to_answer
    assert (wish.card.name, wish.reason) == ("Selim Sand", "Presses?")
    assert waiting(selim) == ["Olga Ofen"]
    assert names(olga) == names(selim) == []


def test_a_yes_makes_contacts_of_the_two(either_app: Flask):
    olga, selim = two_suggested()

    answered(wished(selim, olga), olga, Answer.YES)

    assert [one.card.name for one in mutual_of(selim)] == ["Olga Ofen"]
    assert [one.card.name for one in mutual_of(olga)] == ["Selim Sand"]
    assert mutual_of(olga)[0].way == "introduction"
    assert to_answer(olga) == waiting(selim) == []


def test_asked_twice_is_asked_once(either_app: Flask):
    olga, selim = two_suggested()

    first = wished(selim, olga, reason="First")
    again = wished(selim, olga, reason="Second")

    assert again is first
    assert first.reason == "First"
    assert db.session.query(Introduction).count() == 1


@pytest.mark.parametrize("answer", list(Answer))
def test_answered_twice_is_answered_once(either_app: Flask, answer: Answer):
    olga, selim = two_suggested()
    asked = wished(selim, olga)

    answered(asked, olga, answer)
    when = asked.answered_at
    answered(asked, olga, answer)

    assert asked.answered_at == when
    assert db.session.query(Exchange).count() == (answer is Answer.YES)


def test_two_who_ask_each_other_both_want_to_meet(either_app: Flask):
    olga, selim = two_suggested()

    wished(selim, olga)
    asked = wished(olga, selim)

    assert asked.state is IntroductionState.ACCEPTED
    assert standing_between(olga, selim) is Standing.MUTUAL


@pytest.mark.parametrize("answer", [Answer.NOT_NOW, Answer.NO])
def test_who_said_no_can_ask_themselves_and_then_both_want_to_meet(app: Flask, answer: Answer):
    olga, selim = two_suggested()
    answered(wished(selim, olga), olga, answer)

    wished(olga, selim)

    assert standing_between(olga, selim) is Standing.MUTUAL


def test_asking_each_other_in_the_same_moment_is_one_agreement(either_app: Flask):
    olga, selim = two_suggested()
    pairs = [(olga.id, selim.id), (selim.id, olga.id)] * 4
    together = Barrier(len(pairs))

    def ask(pair: tuple[int, int]) -> None:
        with either_app.app_context():
            asker, other = (db.session.get_one(Registration, one) for one in pair)
            db.session.refresh(asker, ["event"])
            db.session.commit()
            together.wait()
            try:
                ask_for_introduction(asker, other, reason="…", most_waiting=5)
                db.session.commit()
            except AlreadyContacts:
                db.session.rollback()

    with ThreadPoolExecutor(len(pairs)) as pool:
        list(pool.map(ask, pairs))

    assert db.session.query(Introduction).one().state is IntroductionState.ACCEPTED
    assert db.session.query(Exchange).one().is_mutual


def test_nobody_has_more_waiting_than_allowed_however_fast_they_click(either_app: Flask):
    event = an_event()
    seeker = a_registration(event, company="S", seeks="hydraulic press")
    others = [a_registration(event, company=f"M{n}", offers="hydraulic press") for n in range(6)]
    refresh_suggestions(event)
    ids, mine = [one.id for one in others], seeker.id
    together = Barrier(len(ids))

    def ask(other_id: int) -> bool:
        with either_app.app_context():
            asker, other = (db.session.get_one(Registration, one) for one in (mine, other_id))
            db.session.refresh(asker, ["event"])
            db.session.commit()
            together.wait()
            try:
                ask_for_introduction(asker, other, reason="…", most_waiting=2)
                db.session.commit()
            except TooManyWaiting:
                db.session.rollback()
                return False
            return True

    with ThreadPoolExecutor(len(ids)) as pool:
        asked = list(pool.map(ask, ids))

    assert sum(asked) == 2
    assert len(waiting(seeker)) == 2


@pytest.mark.parametrize("other", ["unrelated", "elsewhere", "oneself"])
def test_only_who_is_suggested_can_be_asked(app: Flask, other: str):
    event = an_event()
    olga, _selim = two_suggested(event)
    others = {
        "unrelated": a_registration(event),
        "elsewhere": a_registration(),
        "oneself": olga,
    }

    with pytest.raises(NotFound):
        wished(olga, others[other])


def test_who_was_suggested_when_the_page_was_opened_can_be_asked(app: Flask):
    event = an_event()
    olga, _selim = two_suggested(event)
    other = a_registration(event)

    wished(olga, other, was_shown=True)

    assert to_answer(other) == ["Olga Ofen"]


def test_the_cap_counts_who_waits_and_nobody_else(app: Flask):
    event = an_event()
    seeker = a_registration(event, company="S", seeks="hydraulic press")
    one, two, three = (
        a_registration(event, company=f"M{n}", offers="hydraulic press") for n in range(3)
    )
    refresh_suggestions(event)

    first = wished(seeker, one, most_waiting=1)
    with pytest.raises(TooManyWaiting):
        wished(seeker, two, most_waiting=1)
    answered(first, one, Answer.YES)
    second = wished(seeker, two, most_waiting=1)
    withdraw_introduction(second, seeker)
    db.session.commit()
    wished(seeker, three, most_waiting=1)

    assert len(waiting(seeker)) == 1


def test_nobody_asks_without_end(app: Flask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(introducing, "ASKS_PER_DAY", 1)
    event = an_event()
    olga, selim = two_suggested(event)
    other = a_registration(event)
    withdraw_introduction(wished(olga, selim), olga)
    db.session.commit()

    with pytest.raises(TooOften):
        wished(olga, other, was_shown=True)


def test_what_nobody_answers_expires_and_can_be_asked_again(either_app: Flask):
    olga, selim = two_suggested()
    asked = wished(selim, olga)

    let_expire(asked)

    assert to_answer(olga) == waiting(selim) == []
    assert [wish.is_waiting for wish in wishes_of(selim).asked] == [False]
    assert names(olga) == ["Selim Sand"], "who has not seen it may like to ask"
    assert names(selim) == []
    with pytest.raises(RequestExpired):
        answered(asked, olga, Answer.YES)
    db.session.commit()
    wished(selim, olga, reason="Once more")
    assert to_answer(olga) == ["Selim Sand"]


def test_not_now_holds_for_a_day_and_no_for_good(app: Flask):
    for answer, comes_through in ((Answer.NOT_NOW, True), (Answer.NO, False)):
        olga, selim = two_suggested()
        asked = wished(selim, olga)
        answered(asked, olga, answer)
        let_expire(asked)

        wished(selim, olga)
        assert to_answer(olga) == [], answer
        let_expire(asked)
        olga.event.ends_at = now() + timedelta(days=3)
        db.session.commit()
        with time_machine.travel(now() + timedelta(days=1, minutes=5), tick=False):
            wished(selim, olga)
            assert (to_answer(olga) == ["Selim Sand"]) is comes_through
            assert waiting(selim) == ["Olga Ofen"]


def test_taking_back_and_asking_anew_does_not_get_around_a_no(app: Flask):
    olga, selim = two_suggested()
    asked = wished(selim, olga)
    answered(asked, olga, Answer.NO)

    withdraw_introduction(asked, selim)
    db.session.commit()
    assert names(olga) == names(selim) == []
    wished(selim, olga)

    assert to_answer(olga) == []
    assert waiting(selim) == ["Olga Ofen"]


def test_who_said_no_to_a_scan_is_not_asked_in_another_way(app: Flask):
    olga, selim = two_suggested()
    exchange = scanned(selim, olga)
    decline(exchange, olga)
    db.session.commit()

    wished(selim, olga)

    assert to_answer(olga) == []
    assert waiting(selim) == ["Olga Ofen"]


def test_a_no_can_become_a_yes_while_there_is_time(app: Flask):
    olga, selim = two_suggested()
    asked = wished(selim, olga)

    answered(asked, olga, Answer.NO)
    answered(asked, olga, Answer.YES)
    answered(asked, olga, Answer.NO)  # a yes is taken back among the contacts

    assert standing_between(olga, selim) is Standing.MUTUAL


def test_nobody_answers_for_somebody_else(app: Flask):
    olga, selim = two_suggested()
    asked = wished(selim, olga)

    with pytest.raises(NotFound):
        answer_introduction(asked, selim, Answer.YES)
    with pytest.raises(NotFound):
        withdraw_introduction(asked, olga)


def test_what_was_taken_back_cannot_be_answered_and_can_be_asked_again(either_app: Flask):
    olga, selim = two_suggested()
    asked = wished(selim, olga)

    withdraw_introduction(asked, selim)
    withdraw_introduction(asked, selim)
    db.session.commit()

    assert to_answer(olga) == waiting(selim) == []
    assert [wish.is_taken_back for wish in wishes_of(selim).asked] == [True]
    assert names(olga) == ["Selim Sand"]
    with pytest.raises(RequestGone):
        answered(asked, olga, Answer.YES)
    db.session.commit()
    wished(selim, olga)
    assert to_answer(olga) == ["Selim Sand"]


def test_taking_back_after_a_yes_takes_nothing_back(app: Flask):
    olga, selim = two_suggested()
    asked = wished(selim, olga)
    answered(asked, olga, Answer.YES)

    withdraw_introduction(asked, selim)
    db.session.commit()

    assert standing_between(olga, selim) is Standing.MUTUAL


def _cancelled(registration: Registration) -> None:
    cancel(registration)


def _without_consent(registration: Registration) -> None:
    set_consents(registration, {}, way="profile")


@pytest.mark.parametrize("leave", [_cancelled, _without_consent])
@pytest.mark.parametrize("who", ["asker", "asked"])
def test_who_does_not_take_part_any_more_is_in_nobodys_list(
    either_app: Flask, leave: Any, who: str
):
    olga, selim = two_suggested()
    asked = wished(selim, olga)

    leave(selim if who == "asker" else olga)
    db.session.commit()

    assert to_answer(olga) == []
    assert wishes_of(selim).asked == []
    with pytest.raises(RequestGone):
        answered(asked, olga, Answer.YES)
    db.session.commit()
    with pytest.raises(NotFound):
        wished(selim, olga)


def test_a_closed_event_has_no_requests(app: Flask):
    olga, selim = two_suggested()
    asked = wished(selim, olga)
    olga.event.state = EventState.CLOSED
    db.session.commit()

    assert to_answer(olga) == []
    assert wishes_of(selim).asked == []
    with pytest.raises(EventClosed):
        answered(asked, olga, Answer.YES)


def test_nobody_is_asked_to_meet_at_an_event_that_is_over(app: Flask):
    olga, selim = two_suggested()
    olga.event.ends_at = now() - timedelta(minutes=1)
    db.session.commit()

    with pytest.raises(TooLateToMeet):
        wished(olga, selim)


def test_contacts_need_not_ask(app: Flask):
    olga, selim = two_suggested()
    made_mutual(olga, selim)

    with pytest.raises(AlreadyContacts):
        wished(olga, selim)


def test_a_scan_of_both_answers_the_request_too(app: Flask):
    olga, selim = two_suggested()
    wished(selim, olga)

    made_mutual(olga, selim)

    assert to_answer(olga) == waiting(selim) == []


def test_a_contact_that_was_withdrawn_is_no_way_to_ask_again(app: Flask):
    olga, selim = two_suggested()
    answered(wished(selim, olga), olga, Answer.YES)
    exchange = db.session.query(Exchange).one()
    withdraw(exchange, olga)
    db.session.commit()

    wished(selim, olga)

    assert to_answer(olga) == []


def test_the_blocked_ask_and_wait_and_who_blocked_sees_nothing(either_app: Flask):
    olga, selim = two_suggested()
    block_guest(olga, selim)
    db.session.commit()

    wished(selim, olga, was_shown=True)

    assert to_answer(olga) == []
    assert waiting(selim) == ["Olga Ofen"]
    with pytest.raises(NotFound):
        wished(olga, selim)


def test_a_block_ends_what_was_asked_and_is_not_seen(app: Flask):
    for who in ("asker", "asked"):
        olga, selim = two_suggested()
        asked = wished(selim, olga)

        block_guest(*((selim, olga) if who == "asker" else (olga, selim)))
        db.session.commit()

        assert to_answer(olga) == []
        assert waiting(selim) == ([] if who == "asker" else ["Olga Ofen"])
        with pytest.raises(RequestGone):
            answered(asked, olga, Answer.YES)
        db.session.commit()


def test_a_block_from_an_earlier_event_hides_a_request_at_a_later_one(app: Flask):
    olga, selim = two_suggested()
    block_guest(olga, selim)
    db.session.commit()
    later = an_event()
    olga_again = a_registration(later, name="Olga", email=olga.email, offers="hydraulic presses")
    selim_again = a_registration(later, name="Selim", email=selim.email, seeks="hydraulic press")

    wished(selim_again, olga_again, was_shown=True)

    assert to_answer(olga_again) == []
    assert waiting(selim_again) == ["Olga"]


def test_undoing_a_block_lets_the_other_ask_again(app: Flask):
    olga, selim = two_suggested()
    asked = wished(selim, olga)
    block_guest(olga, selim)
    bring_back(olga, selim)
    db.session.commit()
    let_expire(asked)

    wished(selim, olga)

    assert to_answer(olga) == ["Selim Sand"]


def test_a_new_run_leaves_out_who_was_asked_and_fills_the_list(app: Flask):
    event = an_event()
    seeker = a_registration(event, company="S", seeks="hydraulic press")
    for number in range(14):
        a_registration(event, name=f"M {number}", company=f"M{number}", offers="hydraulic press")
    refresh_suggestions(event)
    other = suggestions_for(seeker)[0]
    wished(seeker, db.session.query(Registration).filter_by(uid=other.uid).one())

    refresh_suggestions(event)

    assert len(names(seeker)) == 10
    assert other.name not in names(seeker)


def test_the_reasons_are_kept_for_whoever_answers(app: Flask):
    olga, selim = two_suggested()

    wished(selim, olga)

    found = find_introduction(olga, selim)
    assert found is not None
    assert [(one["kind"], one["mine"]) for one in found.reasons] == [
        ("you_seek", ["hydraulic"]),
        ("you_seek", ["press"]),
    ]
