"""Lists that live: what a guest sets aside goes at once, and can be brought back."""

from datetime import timedelta

import pytest
from flask import Flask

from eventmatch import clock
from eventmatch.db import db
from eventmatch.errors import NotFound
from eventmatch.events.models import Event
from eventmatch.matching.actions import (
    block_guest,
    bring_back,
    give_feedback,
    refresh_suggestions,
    set_aside,
)
from eventmatch.matching.figures import coverage_of
from eventmatch.matching.jobs import refresh_changed_events
from eventmatch.matching.marks import get_other, pairs_set_aside, people_met, set_aside_by
from eventmatch.matching.material import events_to_refresh
from eventmatch.matching.models import Feedback, Mark, MatchRun, SetAside, Suggestion
from eventmatch.matching.queries import suggestions_for
from eventmatch.registration.actions import change_profile
from eventmatch.registration.models import Registration
from eventmatch.registration.profile import Profile
from tests.exchange.pairs import made_mutual
from tests.factories import a_registration, an_event


def two_who_fit(event: Event | None = None) -> tuple[Registration, Registration]:
    """Return Olga, who offers what Selim seeks; their lists are made."""
    event = event or an_event()
    olga = a_registration(event, name="Olga", company="Mill", offers="hydraulic presses")
    selim = a_registration(event, name="Selim", company="Yard", seeks="hydraulic press")
    refresh_suggestions(event)
    return olga, selim


def names(registration: Registration) -> list[str]:
    return [suggestion.name for suggestion in suggestions_for(registration)]


def marked(registration: Registration, other: Registration, why: SetAside) -> None:
    set_aside(registration, other, why)
    db.session.commit()


def test_not_now_hides_from_the_one_who_says_it_only(either_app: Flask):
    olga, selim = two_who_fit()

    marked(olga, selim, SetAside.NOT_NOW)

    assert names(olga) == []
    assert names(selim) == ["Olga"]


def test_not_now_ends_after_a_day(either_app: Flask, monkeypatch: pytest.MonkeyPatch):
    olga, selim = two_who_fit()
    marked(olga, selim, SetAside.NOT_NOW)
    tomorrow = clock.now() + timedelta(days=1, minutes=1)

    monkeypatch.setattr(clock, "now", lambda: tomorrow)

    assert names(olga) == ["Selim"]
    assert set_aside_by(olga) == []


def test_not_now_ends_when_the_others_profile_changes(either_app: Flask):
    olga, selim = two_who_fit()
    marked(olga, selim, SetAside.NOT_NOW)

    change_profile(selim, Profile(name="Selim", company="Yard", seeks="hydraulic press, new"))
    db.session.commit()

    assert names(olga) == ["Selim"]


def test_who_know_each_other_are_suggested_to_neither(either_app: Flask):
    olga, selim = two_who_fit()

    marked(olga, selim, SetAside.KNOWN)

    assert names(olga) == names(selim) == []


def test_who_is_blocked_is_suggested_to_neither(either_app: Flask):
    olga, selim = two_who_fit()

    block_guest(olga, selim)
    db.session.commit()

    assert names(olga) == names(selim) == []


def test_a_run_leaves_out_who_know_or_block_each_other(either_app: Flask):
    event = an_event()
    olga, selim = two_who_fit(event)
    third = a_registration(event, name="Third", company="Third Ltd", seeks="hydraulic press")
    marked(olga, selim, SetAside.KNOWN)
    block_guest(third, olga)
    db.session.commit()

    refresh_suggestions(event)

    listed = db.session.query(Suggestion).filter(~Suggestion.is_kept_back)
    pairs = {frozenset((one.registration_id, one.other_id)) for one in listed}
    assert pairs <= {frozenset((selim.id, third.id))}
    assert coverage_of(event).suggestions == listed.count()


def test_bringing_back_works_at_once_also_after_a_run(either_app: Flask):
    olga, selim = two_who_fit()
    marked(olga, selim, SetAside.KNOWN)
    refresh_suggestions(olga.event)

    bring_back(olga, selim)
    bring_back(olga, selim)
    db.session.commit()

    assert names(olga) == ["Selim"]
    assert names(selim) == ["Olga"]
    assert db.session.query(Mark).count() == 0


def test_a_second_answer_changes_the_first_and_there_is_one_row(either_app: Flask):
    olga, selim = two_who_fit()

    marked(olga, selim, SetAside.NOT_NOW)
    marked(olga, selim, SetAside.KNOWN)
    marked(olga, selim, SetAside.KNOWN)

    assert [mark.set_aside for mark in db.session.query(Mark)] == [SetAside.KNOWN]
    assert [one.why for one in set_aside_by(olga)] == ["known"]


def test_knowing_each_other_and_blocks_hold_at_later_events(either_app: Flask):
    olga, selim = two_who_fit()
    marked(olga, selim, SetAside.KNOWN)
    later = an_event()
    again = [
        a_registration(
            later, email=olga.email, name="Olga", company="Mill", offers="hydraulic presses"
        ),
        a_registration(
            later, email=selim.email, name="Selim", company="Yard", seeks="hydraulic press"
        ),
    ]

    refresh_suggestions(later)

    assert [names(one) for one in again] == [[], []]
    assert pairs_set_aside(later) == [(again[0].id, again[1].id)]
    assert [one.card.name for one in set_aside_by(again[0])] == ["Selim"]


def test_the_next_best_moves_up_and_the_list_does_not_grow(app: Flask):
    event = an_event()
    seeker = a_registration(event, name="Seeker", company="S", seeks="hydraulic press")
    for number in range(14):
        a_registration(
            event, name=f"Maker {number}", company=f"M{number}", offers="hydraulic press"
        )
    refresh_suggestions(event)
    first = names(seeker)
    assert len(first) == 10

    other = suggestions_for(seeker)[0]
    marked(seeker, get_other(other.uid, seeker), SetAside.NOT_NOW)

    assert len(names(seeker)) == 10
    assert set(names(seeker)) > set(first[1:])
    assert other.name not in names(seeker)


def test_setting_aside_for_good_lets_the_lists_be_made_anew_once(either_app: Flask):
    olga, selim = two_who_fit()
    assert events_to_refresh() == []

    marked(olga, selim, SetAside.NOT_NOW)
    assert events_to_refresh() == []
    marked(olga, selim, SetAside.KNOWN)
    assert events_to_refresh() == [olga.event]
    db.session.get_one(MatchRun, olga.event_id).seconds = 0  # it has rested
    db.session.commit()
    refresh_changed_events()

    assert events_to_refresh() == []


def test_a_block_lets_the_lists_be_made_anew(either_app: Flask):
    olga, selim = two_who_fit()

    block_guest(olga, selim)
    db.session.commit()

    assert events_to_refresh() == [olga.event]


def test_nobody_can_be_marked_with_whom_one_has_nothing_to_do(app: Flask):
    event = an_event()
    olga, _selim = two_who_fit(event)
    unrelated, elsewhere = a_registration(event), a_registration()

    for other in (unrelated, elsewhere, olga):
        with pytest.raises(NotFound):
            get_other(other.uid, olga)


def test_feedback_is_for_people_met_and_a_second_answer_changes_it(either_app: Flask):
    olga, selim = two_who_fit()
    with pytest.raises(NotFound):
        give_feedback(olga, selim, Feedback.USEFUL)
    made_mutual(olga, selim)

    for answer in (Feedback.USEFUL, Feedback.NOT_USEFUL, Feedback.NOT_USEFUL):
        give_feedback(olga, selim, answer)
    db.session.commit()

    assert [met.feedback for met in people_met(olga)] == ["not_useful"]
    assert [met.feedback for met in people_met(selim)] == [""]

    give_feedback(olga, selim, None)
    db.session.commit()
    assert db.session.query(Mark).count() == 0
