"""The demo fair can be started again, whatever was done to it."""

import re
from datetime import timedelta

import time_machine
from flask import Flask

from eventmatch.checkin.actions import create_device, pair_device
from eventmatch.checkin.queries import devices_of, find_pairing
from eventmatch.clock import now
from eventmatch.codes import fingerprint
from eventmatch.db import db
from eventmatch.demo.seed import describe, ensure_demo
from eventmatch.network.actions import close_event
from tests.factories import SECRET


def test_a_closed_demo_still_starts(app: Flask):
    event = ensure_demo(2)
    assert "Pair a door" in describe(event)
    close_event(event)
    db.session.commit()

    text = describe(ensure_demo())

    assert "Organise" in text
    assert "Pair a door" not in text


def test_each_start_offers_one_device_and_leaves_the_others_alone(app: Flask):
    event = ensure_demo(2)
    create_device(event, name="My own phone", gate="Side", secret=SECRET)
    first = describe(event)
    pair_device(re.findall(r"/door/pair/(\w+)", first)[0], secret=SECRET)

    links = [re.findall(r"/door/pair/(\w+)", describe(ensure_demo()))[0] for _start in range(3)]

    names = [seen.device.name for seen in devices_of(event)]
    assert names == ["My own phone", "Demo door", "Demo door"]  # one is paired, one waits
    assert find_pairing(fingerprint(SECRET, links[-1]), now=now())


def test_a_demo_that_is_over_takes_place_once_more(app: Flask):
    event = ensure_demo(2)

    with time_machine.travel(event.ends_at + timedelta(days=3), tick=False):
        text = describe(ensure_demo())
        again = describe(ensure_demo())

        assert event.starts_at.date() == now().date()
        assert event.ends_at > now()
    assert "It was over" in text
    assert "It was over" not in again


def test_a_closed_demo_keeps_its_dates(app: Flask):
    event = ensure_demo(2)
    close_event(event)
    db.session.commit()
    ended = event.ends_at

    with time_machine.travel(ended + timedelta(days=3), tick=False):
        describe(ensure_demo())

    assert event.ends_at == ended
