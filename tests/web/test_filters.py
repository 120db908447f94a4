"""Dates and times read as the visitor's language writes them, in the event's own zone."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from eventmatch.i18n import force_locale
from eventmatch.web.filters import local_day, local_moment, local_span, local_time, percent

OPENING = datetime(2027, 5, 3, 7, 0, 59, tzinfo=UTC)
EVENING = datetime(2027, 5, 3, 16, 30, tzinfo=UTC)
LAST_DAY = datetime(2027, 5, 4, 16, 30, tzinfo=UTC)
ZONE = "Europe/Berlin"


@pytest.mark.parametrize(
    ("language", "time", "moment", "day", "span", "days"),
    [
        (
            "en", "09:00", "3 May 2027, 09:00", "3 May 2027",
            "Monday, 3 May 2027, 09:00 – 18:30",
            "Monday, 3 May 2027, 09:00 – Tuesday, 4 May 2027, 18:30",
        ),
        (
            "de", "09:00", "03.05.2027, 09:00", "3. Mai 2027",
            "Montag, 3. Mai 2027, 09:00 – 18:30",
            "Montag, 3. Mai 2027, 09:00 – Dienstag, 4. Mai 2027, 18:30",
        ),
    ],
)  # fmt: skip
def test_moments_have_no_seconds_and_the_clock_has_24_hours(
    app: Flask, language: str, time: str, moment: str, day: str, span: str, days: str
):
    with app.test_request_context(), force_locale(language):
        assert local_time(OPENING, ZONE) == time
        assert local_moment(OPENING, ZONE) == moment
        assert local_day(OPENING, ZONE) == day
        assert local_span(OPENING, EVENING, ZONE) == span
        assert local_span(OPENING, LAST_DAY, ZONE) == days


def test_the_day_is_that_of_the_events_zone(app: Flask):
    late = datetime(2027, 5, 3, 22, 30, tzinfo=UTC)

    with app.test_request_context(), force_locale("en"):
        assert local_moment(late, ZONE) == "4 May 2027, 00:30"


@pytest.mark.parametrize(("language", "written"), [("en", "97.3 %"), ("de", "97,3 %")])
def test_a_share_is_written_as_the_language_writes_it(app: Flask, language: str, written: str):
    with app.test_request_context(), force_locale(language):
        assert percent(0.9731) == written
        assert percent(1) == "100 %"
