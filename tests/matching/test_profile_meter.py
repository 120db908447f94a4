"""What a guest hears of their words while typing them."""

from flask import Flask

from eventmatch.events.models import Event
from eventmatch.matching.actions import refresh_suggestions
from eventmatch.registration.models import Registration
from tests.conftest import a_browser
from tests.factories import a_registration, an_event, guest_browser


def meter(app: Flask, guest: Registration, **typed: str) -> str:
    answer = guest_browser(app, guest).post(f"/my/{guest.event.slug}/profile/meter", data=typed)
    assert answer.status_code == 200
    return " ".join(answer.text.split())


def an_event_that_seeks_presses() -> Event:
    event = an_event()
    for number in range(3):
        a_registration(event, seeks="eine hydraulische Presse", company=f"Firm {number}")
    a_registration(event, offers="investors", consents={}, company="Silent")
    refresh_suggestions(event)
    return event


def test_a_typed_word_is_answered_by_how_many_seek_it(app: Flask):
    guest = a_registration(an_event_that_seeks_presses())

    page = meter(app, guest, offers="Pressen aller Art", seeks="Investors")

    assert "<q>Pressen</q> 3 guests seek this" in page
    assert "Nobody here uses these words yet." in page  # who offers them did not agree to be found


def test_an_empty_field_says_what_a_line_would_bring(app: Flask):
    guest = a_registration(an_event_that_seeks_presses())

    assert "One line here could answer what 3 guests seek." in meter(app, guest, offers=" ")


def test_ones_own_words_are_no_answer(app: Flask):
    event = an_event()
    guest = a_registration(event, interests="Zeppelins", offers="hangars")
    a_registration(event, offers="hangars", company="Other")
    refresh_suggestions(event)

    assert "cares about this" not in meter(app, guest, interests="Zeppelins")


def test_before_the_first_run_there_is_nothing_to_say(app: Flask):
    guest = a_registration()

    answer = guest_browser(app, guest).post(f"/my/{guest.event.slug}/profile/meter", data={})

    assert (answer.status_code, answer.text) == (204, "")


def test_only_a_guest_is_answered(app: Flask):
    event = an_event_that_seeks_presses()

    answer = a_browser(app).post(f"/my/{event.slug}/profile/meter", data={"offers": "Presse"})

    assert answer.status_code == 404
