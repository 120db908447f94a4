"""Who organises, and what."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventmatch.accounts.models import Account
from eventmatch.events.models import Event
from tests.factories import an_account, an_event, organiser_browser


@pytest.fixture
def owner(app: Flask) -> Account:
    return an_account()


@pytest.fixture
def organiser(app: Flask, owner: Account) -> FlaskClient:
    return organiser_browser(app, owner)


@pytest.fixture
def fair(owner: Account) -> Event:
    return an_event(owner)
