"""The lists of an event: made in the background, without keeping anybody from writing."""

from typing import Any

import pytest
from flask import Flask

from eventmatch.db import db, hold
from eventmatch.events.models import Event
from eventmatch.exchange.actions import accept, ask
from eventmatch.matching import ranking, swapping
from eventmatch.matching.actions import refresh_suggestions
from eventmatch.matching.figures import coverage_of
from eventmatch.matching.jobs import refresh_changed_events
from eventmatch.matching.material import events_to_refresh
from eventmatch.matching.models import MatchRun
from eventmatch.matching.queries import find_run, suggestions_for
from eventmatch.registration.actions import (
    cancel,
    change_profile,
    set_consents,
)
from eventmatch.registration.models import Registration
from eventmatch.registration.profile import Profile
from tests.conftest import a_browser
from tests.factories import a_registration, an_event, ticket_of


def a_pair(event: Event | None = None) -> tuple[Registration, Registration]:
    """Return two guests of whom one offers what the other seeks."""
    event = event or an_event()
    offering = a_registration(
        event, name="Olga", company="Mill", offers="hydraulic presses", seeks="sawdust"
    )
    seeking = a_registration(
        event, name="Selim", company="Yard", seeks="hydraulic press", offers="sawdust and chips"
    )
    return offering, seeking


def names(registration: Registration) -> list[str]:
    return [suggestion.name for suggestion in suggestions_for(registration)]


def test_two_who_fit_are_suggested_to_each_other_with_the_words_of_both(either_app: Flask):
    offering, seeking = a_pair()

    refresh_suggestions(offering.event)

    assert names(offering) == ["Selim"]
    assert names(seeking) == ["Olga"]
    [suggestion] = suggestions_for(seeking)
    sought = next(reason for reason in suggestion.reasons if reason.kind == "you_seek")
    assert "hydraulic" in sought.mine
    assert sought.my_text == "hydraulic press"
    assert sought.their_text == "hydraulic presses"


def test_an_address_that_nobody_proved_is_not_matched(either_app: Flask):
    event = an_event()
    mine = a_registration(event, name="Olga", offers="hydraulic presses", seeks="sawdust")
    typed = a_registration(
        event, name="Selim", seeks="hydraulic press", offers="sawdust", verified=False
    )

    refresh_suggestions(event)

    assert names(mine) == names(typed) == []

    a_browser(either_app).post(f"/T/{ticket_of(typed)}")
    assert events_to_refresh() == [event]
    refresh_suggestions(event)

    assert names(mine) == ["Selim"]
    assert names(typed) == ["Olga"]


def test_a_list_made_before_shows_nobody_whose_address_is_not_proven(app: Flask):
    offering, seeking = a_pair()
    refresh_suggestions(offering.event)
    seeking.verified_at = None
    db.session.commit()

    assert names(offering) == names(seeking) == []


def test_nobody_waits_for_the_thinking(either_app: Flask, monkeypatch: pytest.MonkeyPatch):
    offering, _seeking = a_pair()
    event = offering.event
    think = ranking.gather

    def think_while_another_writes(*arguments: Any, **options: Any) -> Any:
        with either_app.app_context():
            db.session.get_one(Event, event.id).title = "Written meanwhile"
            db.session.commit()
        return think(*arguments, **options)

    monkeypatch.setattr(ranking, "gather", think_while_another_writes)

    refresh_suggestions(event)

    assert event.title == "Written meanwhile"
    assert names(offering) == ["Selim"]


def test_a_reader_has_a_list_at_every_moment_of_a_swap(
    either_app: Flask, monkeypatch: pytest.MonkeyPatch
):
    event = an_event()
    readers = [*a_pair(event), *a_pair(event)]
    refresh_suggestions(event)
    seen: list[list[str]] = []

    def look_and_hold(row: Event) -> None:
        seen.append([name for reader in readers for name in names(reader)])
        hold(row)

    monkeypatch.setattr(swapping, "_READERS_AT_ONCE", 1)
    monkeypatch.setattr(swapping, "hold", look_and_hold)

    refresh_suggestions(event)

    assert len(seen) > len(readers)
    assert all(len(found) == len(seen[0]) for found in seen)


def test_a_run_from_older_profiles_leaves_the_lists_of_a_newer_one(
    app: Flask, monkeypatch: pytest.MonkeyPatch
):
    offering, seeking = a_pair()
    event = offering.event
    think = ranking.gather

    def think_while_another_runs(*arguments: Any, **options: Any) -> Any:
        monkeypatch.setattr(ranking, "gather", think)
        change_profile(seeking, Profile(name="Selim", company="Yard", seeks="beekeeping"))
        db.session.commit()
        refresh_suggestions(event)
        return think(*arguments, **options)

    monkeypatch.setattr(ranking, "gather", think_while_another_runs)

    run = refresh_suggestions(event)

    assert names(offering) == []
    assert run.profiles_until == seeking.profile_changed_at


def test_who_did_not_agree_is_suggested_to_nobody_and_gets_no_list(app: Flask):
    event = an_event()
    offering, _seeking = a_pair(event)
    shy = a_registration(event, name="Shy", offers="sawdust", seeks="hydraulic", consents={})

    refresh_suggestions(event)

    assert names(shy) == []
    assert "Shy" not in names(offering)


def test_who_takes_the_consent_back_disappears_at_once(app: Flask):
    offering, seeking = a_pair()
    refresh_suggestions(offering.event)

    set_consents(seeking, {}, way="profile")
    db.session.commit()

    assert names(offering) == []
    assert names(seeking) == []


def test_who_cancels_disappears_at_once(app: Flask):
    offering, seeking = a_pair()
    refresh_suggestions(offering.event)

    cancel(seeking)
    db.session.commit()

    assert names(offering) == []


def test_colleagues_are_not_suggested_to_each_other(app: Flask):
    event = an_event()
    one = a_registration(event, company="Mill GmbH", offers="hydraulic presses")
    a_registration(event, company="mill", seeks="hydraulic presses")

    refresh_suggestions(event)

    assert names(one) == []


def test_who_are_in_contact_are_no_longer_suggested(app: Flask):
    offering, seeking = a_pair()
    refresh_suggestions(offering.event)

    accept(ask(offering, seeking), seeking)
    db.session.commit()

    assert names(offering) == []
    refresh_suggestions(offering.event)
    assert coverage_of(offering.event).suggestions == 0


def test_a_changed_profile_is_noticed_and_an_unchanged_one_is_left_alone(either_app: Flask):
    offering, seeking = a_pair()
    event = offering.event
    refresh_changed_events()
    first = find_run(event)
    assert first is not None
    finished_at = first.finished_at

    refresh_changed_events()
    assert db.session.get_one(MatchRun, event.id).finished_at == finished_at

    change_profile(seeking, Profile(name="Selim", company="Yard", seeks="beekeeping"))
    first.seconds = 0  # it has rested
    db.session.commit()
    refresh_changed_events()

    assert names(seeking) == []


def test_a_change_that_was_committed_late_is_noticed_too(app: Flask):
    offering, _seeking = a_pair()
    event = offering.event
    late = a_registration(event, name="Late", seeks="hydraulic presses", company="Late Ltd")
    early = late.profile_changed_at
    db.session.delete(late)
    db.session.commit()
    run = refresh_suggestions(event)
    run.seconds = 0
    again = a_registration(event, name="Late", seeks="hydraulic presses", company="Late Ltd")
    again.profile_changed_at = early  # it began before the last run
    db.session.commit()

    refresh_changed_events()

    assert names(again) == ["Olga"]


def test_an_event_without_guests_gets_no_list_and_no_error(app: Flask):
    run = refresh_suggestions(an_event())

    assert run.profiles == 0
    assert run.registrations == 0
