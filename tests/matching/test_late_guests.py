"""Who comes or changes between two runs has a list at once, and is on others' after the next."""

from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventmatch import clock
from eventmatch.db import db
from eventmatch.events.models import Event, EventState
from eventmatch.matching import actions
from eventmatch.matching.actions import (
    block_guest,
    bring_back,
    give_late_lists,
    refresh_suggestions,
    set_aside,
)
from eventmatch.matching.jobs import give_late_guests_lists, refresh_changed_events
from eventmatch.matching.kept import Kept, KeptCrowds
from eventmatch.matching.models import MatchRun, SetAside, Suggestion
from eventmatch.matching.profile import Profile as Read
from eventmatch.matching.queries import find_run, suggestions_for
from eventmatch.matching.ranking import gather
from eventmatch.matching.rules import Rules
from eventmatch.matching.ruling import set_rules
from eventmatch.matching.swapping import swap_words
from eventmatch.registration.actions import change_profile, set_consents
from eventmatch.registration.models import Registration
from eventmatch.registration.profile import Profile
from tests.factories import a_registration, an_event


@pytest.fixture(autouse=True)
def worker_that_just_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "_crowds", KeptCrowds())


def names(registration: Registration) -> list[str]:
    return [suggestion.name for suggestion in suggestions_for(registration)]


def a_miller(event: Event, name: str = "Olga") -> Registration:
    """Return a guest who has what a late guest seeks."""
    return a_registration(
        event, name=name, company=name, offers="hydraulic presses", interests="carpentry"
    )


def a_seeker(event: Event, name: str = "Late") -> Registration:
    return a_registration(event, name=name, company=name, seeks="a hydraulic press")


def run_at_rest(event: Event) -> MatchRun:
    """Return the run that was just made, as if it had taken so long that the next is far off."""
    run = find_run(event)
    assert run is not None
    run.seconds = 3600
    db.session.commit()
    return run


def test_who_comes_late_has_a_list_before_the_next_run_and_is_on_others_after_it(
    either_app: Flask,
):
    event = an_event()
    miller, other = a_miller(event), a_miller(event, "Mika")
    refresh_suggestions(event)
    run = run_at_rest(event)

    late = a_seeker(event)
    refresh_changed_events()
    assert names(late) == []
    give_late_guests_lists()

    assert sorted(names(late)) == ["Mika", "Olga"]
    assert names(miller) == ["Mika"]

    run.finished_at -= timedelta(seconds=301)
    db.session.commit()
    refresh_changed_events()

    assert sorted(names(late)) == ["Mika", "Olga"]
    assert "Late" in names(miller)
    assert "Late" in names(other)


def test_who_changes_what_they_say_gets_another_list_at_once(app: Flask):
    event = an_event()
    a_miller(event)
    a_registration(event, name="Bea", company="Bea", offers="beekeeping")
    changing = a_seeker(event, "Selim")
    refresh_suggestions(event)
    assert names(changing) == ["Olga"]

    change_profile(changing, Profile(name="Selim", company="Selim", seeks="beekeeping"))
    db.session.commit()
    assert give_late_lists(event) == 1

    assert names(changing) == ["Bea"]
    assert give_late_lists(event) == 0  # a second look finds nothing new


def test_who_agrees_late_has_a_list_and_who_takes_it_back_has_none(app: Flask):
    event = an_event()
    a_miller(event)
    late = a_registration(event, name="Late", seeks="a hydraulic press", consents={})
    refresh_suggestions(event)

    set_consents(late, {"may_be_suggested": True}, way="profile")
    db.session.commit()
    give_late_lists(event)
    assert names(late) == ["Olga"]

    set_consents(late, {"may_be_suggested": False}, way="profile")
    db.session.commit()
    assert give_late_lists(event) == 0
    assert names(late) == []


def test_a_worker_that_started_after_the_run_gives_the_same_list(
    app: Flask, monkeypatch: pytest.MonkeyPatch
):
    event = an_event()
    a_miller(event)
    a_miller(event, "Mika")
    refresh_suggestions(event)
    late = a_seeker(event)
    monkeypatch.setattr(actions, "_crowds", KeptCrowds())

    assert give_late_lists(event) == 1

    assert sorted(names(late)) == ["Mika", "Olga"]
    assert give_late_lists(event) == 0


def test_a_late_list_leaves_out_who_is_blocked_and_keeps_back_who_was_set_aside(app: Flask):
    event = an_event()
    miller, mika = a_miller(event), a_miller(event, "Mika")
    seeker = a_seeker(event)
    refresh_suggestions(event)
    set_aside(seeker, miller, SetAside.KNOWN)
    block_guest(mika, seeker)
    db.session.commit()

    change_profile(seeker, Profile(name="Late", company="Late", seeks="one hydraulic press"))
    db.session.commit()
    give_late_lists(event)
    assert names(seeker) == []

    bring_back(seeker, miller)
    db.session.commit()
    assert names(seeker) == ["Olga"]


def test_late_guests_are_not_shown_who_is_on_enough_lists(
    app: Flask, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(actions, "LIST_LENGTH", 1)
    monkeypatch.setattr(actions, "RESERVE", 0)
    event = an_event()
    set_rules(event, Rules(shown_at_most=2))
    db.session.commit()
    for name in ("Olga", "Mika"):
        a_miller(event, name)
    refresh_suggestions(event)  # each of the two is shown to the other

    late = [a_seeker(event, f"Late {number}") for number in range(3)]
    for _ in late:  # one after the other, as they come
        give_late_lists(event, limit=1)

    shown = [name for one in late for name in names(one)]
    assert sorted(shown) == ["Mika", "Olga"]
    assert names(late[2]) == []


def test_a_list_given_while_a_run_thinks_is_not_lost_to_an_older_one(
    app: Flask, monkeypatch: pytest.MonkeyPatch
):
    event = an_event()
    a_miller(event)
    a_registration(event, name="Bea", company="Bea", offers="beekeeping")
    changing = a_seeker(event, "Selim")
    refresh_suggestions(event)

    def change_meanwhile(*arguments: object, **options: object) -> None:
        change_profile(changing, Profile(name="Selim", company="Selim", seeks="beekeeping"))
        db.session.commit()
        swap_words(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(actions, "swap_words", change_meanwhile)
    refresh_suggestions(event)
    monkeypatch.undo()

    give_late_guests_lists()

    assert names(changing) == ["Bea"]


def test_a_closed_event_gives_no_lists_any_more(app: Flask):
    event = an_event()
    a_miller(event)
    refresh_suggestions(event)
    a_seeker(event)
    event.state = EventState.CLOSED
    db.session.commit()

    give_late_guests_lists()

    assert give_late_lists(event) == 0


def test_before_the_first_run_nobody_is_late(app: Flask):
    event = an_event()
    a_miller(event)

    assert give_late_lists(event) == 0
    assert db.session.scalar(select(func.count(Suggestion.id))) == 0


def test_a_worker_forgets_the_oldest_crowds_before_its_memory_is_full():
    kept = KeptCrowds(most_people=3)
    crowd = gather([Read(id="a"), Read(id="b")])
    now = clock.now()

    for event_id in (1, 2):
        kept.keep(event_id, Kept(now, crowd, shown=Counter()))

    assert kept.find(1, now) is None
    assert kept.find(2, now) is not None
    assert kept.find(2, now + timedelta(seconds=1)) is None
