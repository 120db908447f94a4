"""An event and its organiser, for the tests of this room."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from eventmatch.accounts.models import Account
from eventmatch.db import db
from eventmatch.events.models import Event
from tests.factories import (
    an_account,
    an_event,
    organiser_browser,
)


@pytest.fixture
def fair(app: Flask) -> Event:
    return an_event(an_account("olga@example.org"), title="Fair", capacity=1000)


@pytest.fixture
def olga(app: Flask, fair: Event) -> FlaskClient:
    return browser_of(app, "olga@example.org")


def browser_of(app: Flask, email: str, language: str = "en") -> FlaskClient:
    account = db.session.scalars(select(Account).where(Account.email == email)).one()
    return organiser_browser(app, account, language)
