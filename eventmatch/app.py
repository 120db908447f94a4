"""The wiring: settings, extensions, rooms, in this order. Imports every room, imported by none."""

import os
from collections.abc import Mapping
from importlib.util import find_spec

from apiflask import APIFlask
from flask import Flask, request
from flask_babel import Babel
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

import eventmatch.accounts.letters
import eventmatch.accounts.views
import eventmatch.badges.views
import eventmatch.checkin.api
import eventmatch.checkin.conflict_views
import eventmatch.checkin.device_views
import eventmatch.checkin.door_views
import eventmatch.checkin.kiosk_views
import eventmatch.checkin.lead_views
import eventmatch.checkin.organiser_views
import eventmatch.checkin.views
import eventmatch.events.letters
import eventmatch.events.team_views
import eventmatch.events.views
import eventmatch.exchange.guest_views
import eventmatch.exchange.views
import eventmatch.guest.letters
import eventmatch.guest.views
import eventmatch.matching.api
import eventmatch.matching.blueprint
import eventmatch.matching.guest_views
import eventmatch.matching.introduction_views
import eventmatch.matching.jobs
import eventmatch.matching.letter_views
import eventmatch.matching.letters
import eventmatch.matching.rule_views
import eventmatch.matching.views
import eventmatch.network.device_views
import eventmatch.network.graph_views
import eventmatch.network.home_views
import eventmatch.network.introduction_views
import eventmatch.network.jobs
import eventmatch.network.known_views
import eventmatch.network.letters
import eventmatch.network.upkeep_views
import eventmatch.network.views
import eventmatch.operation.views
import eventmatch.organiser.jobs
import eventmatch.organiser.views
import eventmatch.people.jobs
import eventmatch.people.letters
import eventmatch.people.views
import eventmatch.privacy.jobs
import eventmatch.privacy.views
import eventmatch.questions.views
import eventmatch.registration.api
import eventmatch.registration.blueprint
import eventmatch.registration.jobs
import eventmatch.registration.letters
import eventmatch.registration.organiser_views
import eventmatch.registration.views
import eventmatch.reports.organiser_views
import eventmatch.reports.views
import eventmatch.rounds.views
import eventmatch.web.views
from eventmatch.accounts.views import init_accounts
from eventmatch.config import ROOT, read_settings
from eventmatch.db import db, engine_options, set_reading
from eventmatch.logs import set_up_logs
from eventmatch.web.assets import init_assets, static_url_path
from eventmatch.web.context import init_context
from eventmatch.web.description import init_description
from eventmatch.web.errors import answer_api_error, init_errors
from eventmatch.web.filters import init_filters
from eventmatch.web.headers import init_headers
from eventmatch.web.language import language_of_visitor
from eventmatch.web.limits import limiter
from eventmatch.web.requests import READING, init_requests
from eventmatch.web.tracing import init_tracing

_PAGES = (
    eventmatch.web.views.bp,
    eventmatch.accounts.views.bp,
    eventmatch.people.views.bp,
    eventmatch.events.views.bp,
    eventmatch.events.team_views.bp,
    eventmatch.questions.views.bp,
    eventmatch.registration.blueprint.bp,
    eventmatch.badges.views.bp,
    eventmatch.checkin.views.bp,
    eventmatch.checkin.door_views.bp,
    eventmatch.checkin.conflict_views.bp,
    eventmatch.checkin.lead_views.bp,
    eventmatch.checkin.kiosk_views.bp,
    eventmatch.checkin.device_views.bp,
    eventmatch.checkin.organiser_views.bp,
    eventmatch.exchange.views.bp,
    eventmatch.exchange.guest_views.bp,
    eventmatch.reports.views.bp,
    eventmatch.reports.organiser_views.bp,
    eventmatch.matching.blueprint.bp,
    eventmatch.matching.guest_views.bp,
    eventmatch.matching.introduction_views.bp,
    eventmatch.matching.letter_views.bp,
    eventmatch.network.views.bp,
    eventmatch.network.home_views.bp,
    eventmatch.network.device_views.bp,
    eventmatch.network.known_views.bp,
    eventmatch.network.upkeep_views.bp,
    eventmatch.network.upkeep_views.stop_bp,
    eventmatch.network.introduction_views.bp,
    eventmatch.network.graph_views.bp,
    eventmatch.rounds.views.bp,
    eventmatch.organiser.views.bp,
    eventmatch.operation.views.bp,
    eventmatch.privacy.views.bp,
    eventmatch.guest.views.bp,
)
_APIS = (
    eventmatch.registration.api.bp,
    eventmatch.checkin.api.bp,
    eventmatch.matching.api.bp,
)

csrf = CSRFProtect()


def create_app(environment: Mapping[str, str] | None = None) -> Flask:
    """Return the app as this environment sets it up; the process's own as it comes."""
    settings = read_settings(os.environ if environment is None else environment)
    set_up_logs(settings["LOG_LEVEL"])
    app = APIFlask(
        __name__,
        title="eventmatch",
        version="1",
        spec_path="/api/v1/openapi.json",
        docs_path=None,
        static_url_path=static_url_path(),
        template_folder=str(ROOT / "templates"),
        instance_path=str(settings["INSTANCE"]),
        json_errors=False,
    )
    app.config.update(settings)
    init_description(app)
    _init_requests(app)  # first: what the extensions read for a page is to be reading, too
    _init_extensions(app)
    for page in _PAGES:
        app.register_blueprint(page)
    csrf.exempt(eventmatch.network.upkeep_views.stop_bp)  # pressed by mail programs
    csrf.exempt(eventmatch.matching.letter_views.choose_letters)  # mail programs post there
    for api in _APIS:
        csrf.exempt(api)
        app.register_blueprint(api)
    _register_address_book(app)
    return app


def _register_address_book(app: APIFlask) -> None:
    """Let phones subscribe to a network, where the operator has installed Radicale."""
    if find_spec("radicale") is not None:
        from eventmatch.network import dav

        csrf.exempt(dav.bp)
        app.register_blueprint(dav.bp)


def _init_extensions(app: APIFlask) -> None:
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(app.config["DATABASE_URL"])
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "eventmatch" / "migrations"))
    Babel(app, locale_selector=language_of_visitor)
    csrf.init_app(app)
    limiter.init_app(app)
    app.error_processor(answer_api_error)
    init_errors(app)  # after it, since it also takes hold of what is not the API's
    init_filters(app)
    init_context(app)
    init_headers(app)
    init_assets(app)
    init_accounts(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if app.config["PROXIES"]:
        count = app.config["PROXIES"]
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count
        )


def _init_requests(app: Flask) -> None:
    init_requests(app)
    init_tracing(app)

    @app.before_request
    def begin() -> None:
        set_reading(reading=request.method in READING)

    @app.teardown_request
    def end(_failure: BaseException | None) -> None:
        set_reading(reading=False)
