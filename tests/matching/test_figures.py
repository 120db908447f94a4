"""Figures about the lists, and about nobody in particular."""

from datetime import timedelta

import pytest
from flask import Flask

from eventmatch.clock import now
from eventmatch.db import db
from eventmatch.matching.actions import give_feedback, refresh_suggestions
from eventmatch.matching.figures import Asking, asking_of, coverage_of, feedback_counts, gini
from eventmatch.matching.introducing import Answer, withdraw_introduction
from eventmatch.matching.models import Feedback, Suggestion
from tests.exchange.pairs import made_mutual
from tests.factories import a_registration, an_account, an_event, organiser_browser
from tests.matching.wishes import answered, let_expire, wished


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ([], 0.0),
        ([(0, 3)], 0.0),
        ([(4, 10)], 0.0),
        ([(0, 1), (1, 1)], 0.5),
        ([(0, 99), (5, 1)], 0.99),
        ([(1, 1), (2, 1), (3, 1)], 2 / 9),
    ],
)
def test_gini_says_how_uneven_it_is(times: list[tuple[int, int]], expected: float):
    assert gini(times) == pytest.approx(expected)


def test_coverage_tells_who_is_shown_how_often(either_app: Flask):
    event = an_event()
    a, b, c, d = (a_registration(event) for _ in range(4))
    for reader, other in ((a, b), (c, b), (d, b), (b, a), (a, c), (d, c)):
        db.session.add(
            Suggestion(
                event_id=event.id,
                registration_id=reader.id,
                other_id=other.id,
                rank=1,
                score=1,
                reasons=[],
            )
        )
    reserve = Suggestion(
        event_id=event.id, registration_id=a.id, other_id=d.id, rank=11, score=1, reasons=[]
    )
    db.session.add(reserve)
    db.session.commit()

    found = coverage_of(event)

    assert (found.people, found.suggestions, found.shown) == (4, 6, 3)
    assert (found.least_shown, found.median_shown, found.most_shown) == (0, 1, 3)


def test_feedback_is_counted_from_five_answers_on(app: Flask):
    owner = an_account()
    event = an_event(owner)
    guest = a_registration(event)
    page = organiser_browser(app, owner)
    shown = []
    for _ in range(5):
        other = a_registration(event)
        made_mutual(guest, other)
        give_feedback(guest, other, Feedback.USEFUL)
        db.session.commit()
        shown.append(feedback_counts(event))

    assert shown[:4] == [None] * 4
    assert shown[4] == {
        Feedback.USEFUL: 5,
        Feedback.KNOWN: 0,
        Feedback.NOT_USEFUL: 0,
        Feedback.NOT_MET: 0,
    }
    assert page.get(f"/organise/events/{event.slug}/matching").status_code == 200


def test_requests_are_counted_in_fives_once_they_are_over(either_app: Flask):
    event = an_event()
    people = [a_registration(event) for _ in range(14)]
    pairs = list(zip(people[::2], people[1::2], strict=True))
    requests = [wished(one, other, was_shown=True) for one, other in pairs]
    seen = []

    def look() -> None:
        seen.append(asking_of(event))

    for (_one, other), asked, answer in zip(pairs, requests, [*Answer, *Answer], strict=False):
        answered(asked, other, answer)
    look()
    for number, asked in enumerate(requests):
        asked.answered_at = asked.answered_at and asked.asked_at + timedelta(minutes=10 + number)
        asked.asked_at -= timedelta(days=3)
        asked.answered_at = asked.answered_at and asked.answered_at - timedelta(days=3)
        asked.expires_at = now() - timedelta(hours=10 - number)
        db.session.commit()
        if number in {3, 4, 6}:
            look()

    assert seen == [
        None,  # none is over
        None,  # four are
        Asking(asked=5, answered=5, accepted=None, median_minutes=12),
        Asking(asked=5, answered=5, accepted=None, median_minutes=12),  # seven are
    ]


def test_what_was_taken_back_is_not_counted(app: Flask):
    event = an_event()
    for _number in range(5):
        asked = wished(a_registration(event), a_registration(event), was_shown=True)
        withdraw_introduction(asked, asked.asker)
        let_expire(asked)

    assert asking_of(event) is None


def test_the_organiser_reads_how_guests_asked_and_never_who(app: Flask):
    owner = an_account()
    event = an_event(owner)
    refresh_suggestions(event)
    page = organiser_browser(app, owner)
    path = f"/organise/events/{event.slug}/matching"

    before = page.get(path).text
    for number in range(5):
        asked = wished(
            a_registration(event, name=f"Asker {number}"), a_registration(event), was_shown=True
        )
        if number:
            answered(asked, asked.asked, Answer.YES if number == 1 else Answer.NO)
        let_expire(asked)
    after = page.get(path).text

    assert "Shown from five requests on" in before
    assert "fewer than 5" in after
    assert "Asker" not in after
