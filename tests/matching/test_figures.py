"""Figures about the lists, and about nobody in particular."""

import pytest
from flask import Flask

from eventmatch.db import db
from eventmatch.matching.actions import give_feedback
from eventmatch.matching.figures import coverage_of, feedback_counts, gini
from eventmatch.matching.models import Feedback, Suggestion
from tests.exchange.pairs import made_mutual
from tests.factories import a_registration, an_account, an_event, organiser_browser


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
