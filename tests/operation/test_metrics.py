"""What Prometheus reads, and who may."""

import os
import re
import subprocess
import sys
from uuid import uuid4

import pytest
from flask import Flask

from eventmatch import metrics
from eventmatch.checkin.actions import record_scan
from eventmatch.clock import now
from eventmatch.db import db
from eventmatch.jobs import Heartbeat, enqueue
from eventmatch.matching.actions import refresh_suggestions
from tests.conftest import a_browser
from tests.factories import SECRET, a_registration, an_event, badge_of


def told(app: Flask) -> dict[str, float]:
    """Return each line's number, by its name with labels."""
    answer = a_browser(app).get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain")
    lines = re.findall(r"^(eventmatch_\S+) (\S+)$", answer.text, re.MULTILINE)
    return {name: float(number) for name, number in lines}


def test_a_scan_is_counted_by_its_verdict_and_once(app: Flask):
    guest = a_registration(an_event())
    scan_id, code = uuid4(), badge_of(guest)
    name = 'eventmatch_scans_total{verdict="admitted"}'
    before = told(app).get(name, 0)

    for _ in range(2):
        record_scan(guest.event, scan_id=scan_id, code=code, secret=SECRET)
        db.session.commit()

    numbers = told(app)
    assert numbers[name] - before == 1
    slug = guest.event.slug
    assert numbers[f'eventmatch_inside{{event="{slug}"}}'] == 1
    assert numbers[f'eventmatch_came{{event="{slug}"}}'] == 1
    assert numbers[f'eventmatch_guests{{event="{slug}",status="confirmed"}}'] == 1


def test_what_an_earlier_start_counted_is_forgotten(app: Flask):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    earlier = metrics.FOLDER / f"counter_{gone.pid}.db"
    earlier.touch()
    a_browser(app).get("/")

    metrics.forget_earlier()

    assert not earlier.exists()
    assert (metrics.FOLDER / f"histogram_{os.getpid()}.db").exists()


def test_requests_are_timed_by_page(app: Flask):
    name = 'eventmatch_request_seconds_count{endpoint="web.show_front",status="2xx"}'
    before = told(app).get(name, 0)

    a_browser(app).get("/")

    assert told(app)[name] - before == 1


def test_work_that_waits_is_told(app: Flask):
    db.session.add(Heartbeat(id=1, seen_at=now()))
    enqueue("nothing", key="1")
    db.session.commit()

    numbers = told(app)

    assert numbers['eventmatch_jobs{state="queued"}'] == 1
    assert numbers["eventmatch_oldest_job_seconds"] >= 0
    assert numbers["eventmatch_worker_seen_seconds"] < 60


def test_matching_is_told(app: Flask):
    event = an_event()
    for _ in range(3):
        a_registration(event, offers="mills and gears", seeks="gears and mills")
    refresh_suggestions(event)
    db.session.commit()

    numbers = told(app)

    assert numbers[f'eventmatch_matching_seconds{{event="{event.slug}"}}'] > 0
    assert 0 <= numbers[f'eventmatch_exposure_gini{{event="{event.slug}"}}'] <= 1


@pytest.mark.parametrize(
    ("address", "headers"),
    [("203.0.113.7", {}), ("127.0.0.1", {"X-Forwarded-For": "203.0.113.7"}), ("", {})],
)
def test_without_a_token_only_the_machine_itself_is_answered(
    app: Flask, address: str, headers: dict[str, str]
):
    answer = a_browser(app).get(
        "/metrics", headers=headers, environ_overrides={"REMOTE_ADDR": address}
    )

    assert answer.status_code == 404
    assert "eventmatch_scans" not in answer.text


@pytest.mark.parametrize(
    ("given", "status"), [("right", 200), ("wrong", 404), ("", 404), ("ü", 404)]
)
def test_with_a_token_it_alone_counts(
    app: Flask, monkeypatch: pytest.MonkeyPatch, given: str, status: int
):
    monkeypatch.setitem(app.config, "METRICS_TOKEN", "right")

    answer = a_browser(app).get("/metrics", headers={"Authorization": f"Bearer {given}"})

    assert answer.status_code == status


@pytest.mark.parametrize("given", ["from-a-proxy-17", "two words", "x" * 65, ""])
def test_each_answer_names_its_request(app: Flask, given: str):
    named = a_browser(app).get("/", headers={"X-Request-ID": given}).headers["X-Request-ID"]

    assert re.fullmatch(r"[0-9A-Za-z-]{1,64}", named)
    assert (named == given) is (given == "from-a-proxy-17")
