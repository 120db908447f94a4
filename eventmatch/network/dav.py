"""The address book for phones and programs (CardDAV): who asks, and what Radicale answers."""

import io
import logging
from functools import cache
from typing import TYPE_CHECKING
from uuid import UUID

import structlog
from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_limiter.util import get_remote_address
from werkzeug.wrappers import Response

from eventmatch.codes import fingerprint
from eventmatch.db import db, set_reading
from eventmatch.errors import NotFound
from eventmatch.network.entries import entry_of
from eventmatch.network.queries import contacts_of
from eventmatch.network.vcard import Entry
from eventmatch.people.access import secret
from eventmatch.people.actions import needs_note_of_use, note_use
from eventmatch.people.models import AppPassword, Person
from eventmatch.people.queries import find_app_password
from eventmatch.web.limits import limiter
from eventmatch.web.requests import takes_at_most

if TYPE_CHECKING:
    from radicale.app import Application

log = structlog.get_logger()

bp = Blueprint("dav", __name__)

MOST_OCTETS = 64 * 1024
_READ = {"OPTIONS", "HEAD", "GET", "PROPFIND", "REPORT"}
_WRITE = {
    "PUT", "DELETE", "POST", "PATCH", "PROPPATCH", "MKCOL", "MKCALENDAR", "MOVE", "COPY",
    "LOCK", "UNLOCK", "ACL",
}  # fmt: skip
_CAN = {"Allow": ", ".join(sorted(_READ)), "DAV": "1, 3, addressbook"}
_ANY = sorted(_READ | _WRITE)
_OPTIONS = {"methods": _ANY, "provide_automatic_options": False}


def _caller() -> str:
    """Return who asks, for counting: a program by its password, whether it works or not."""
    said = request.authorization
    return fingerprint(secret(), str(said.password)) if said else get_remote_address()


@bp.route("/.well-known/carddav", **_OPTIONS)
def find_address_book() -> ResponseReturnValue:
    """Tell a program that knows only our name where the address book is (RFC 6764)."""
    return redirect(url_for(".answer"), 301)


@bp.route("/dav/", **_OPTIONS)
@bp.route("/dav/<path:path>", **_OPTIONS)
@takes_at_most(MOST_OCTETS)
@limiter.limit("600/minute", key_func=_caller)
@limiter.limit("60/minute", deduct_when=lambda response: response.status_code == 401)
def answer(path: str = "") -> Response:
    """Answer a program that reads a person's contacts; nothing can be written."""
    body = request.get_data()  # before a transaction begins
    password = _password()
    if password is None:
        challenge = {"WWW-Authenticate": 'Basic realm="eventmatch", charset="UTF-8"'}
        return Response("", 401, challenge)
    if request.method in _WRITE:
        return Response("This address book can only be read.\n", 403, mimetype="text/plain")
    if request.method in {"GET", "HEAD"} and not path.startswith(f"{password.id.hex}/"):
        raise NotFound  # above the book Radicale has pages of its own
    if request.method != "GET" and needs_note_of_use(password):
        _note_use(password)
    with force_locale(password.person.language):
        response = _answer(path, body, password)
    if request.method == "OPTIONS":
        response.headers.update(_CAN)
    return response


def _password() -> AppPassword | None:
    """Return the password that came with the request, if it works."""
    said = request.authorization
    if said is None or said.type != "basic" or not said.username or not said.password:
        return None
    code = fingerprint(secret(), said.password[:200])
    return find_app_password(code, email=said.username.strip()[:254])


def _note_use(password: AppPassword) -> None:
    """Note it in a transaction of its own: the request as a whole only reads."""
    db.session.commit()
    set_reading(reading=False)
    note_use(password)
    db.session.commit()
    set_reading(reading=True)


def _answer(path: str, body: bytes, password: AppPassword) -> Response:
    """Let Radicale answer.

    Where it fails by itself, nobody has written such a request before: it is a bad one. What
    fails on our side is raised, since Radicale would hide it in an answer of its own.
    """
    from eventmatch.network.address_book import serving

    book = _Book(password.person)
    with serving(book.entries):
        response = Response.from_app(
            _radicale(),
            {
                **request.environ,
                "SCRIPT_NAME": f"{request.script_root}/dav",
                "PATH_INFO": f"/{path}",
                "REMOTE_USER": password.id.hex,
                "wsgi.input": io.BytesIO(body),
                "CONTENT_LENGTH": str(len(body)),
            },
            buffered=True,
        )
    if book.failure is not None:
        raise book.failure
    if response.status_code >= 500:
        log.warning("request not understood", method=request.method)
        abort(400)
    return response


class _Book:
    """The entries of a person's network, and why they could not be read."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self.failure: Exception | None = None

    def entries(self, only: set[UUID] | None) -> list[Entry]:
        try:
            return [entry_of(view) for view in contacts_of(self._person, only=only)]
        except Exception as failure:
            self.failure = failure
            raise


@cache
def _radicale() -> "Application":
    """Return Radicale, loaded when it is first asked for: it takes half a second."""
    logging.getLogger("radicale").disabled = True  # it would write whole addresses
    from eventmatch.network.address_book import radicale

    return radicale()
