"""The demo fair can be started again, whatever was done to it."""

from flask import Flask

from eventmatch.db import db
from eventmatch.demo.seed import describe, ensure_demo
from eventmatch.network.actions import close_event


def test_a_closed_demo_still_starts(app: Flask):
    event = ensure_demo(2)
    assert "Pair a door" in describe(event)
    close_event(event)
    db.session.commit()

    text = describe(ensure_demo())

    assert "Organise" in text
    assert "Pair a door" not in text
