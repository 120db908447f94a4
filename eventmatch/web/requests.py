"""What every request must be like before a room sees it; and it is here in full by then."""

from collections.abc import Callable
from io import BytesIO
from math import isfinite
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, request
from flask.json.provider import DefaultJSONProvider
from gunicorn.http.errors import ParseException
from werkzeug.routing import IntegerConverter, Map

from eventmatch.errors import NotAllowed

READING = frozenset({"GET", "HEAD", "OPTIONS", "PROPFIND", "REPORT"})
# What takes JSON, by POST and by PUT; all else takes forms, which fail over JSON.
_PROGRAMS = {"POST": ("/api/", "/door/presence", "/door/deliveries"), "PUT": ("/api/", "/door/")}

View = TypeVar("View", bound=Callable[..., Any])


class PlainJson(DefaultJSONProvider):
    """JSON as Flask reads it, but what is nested without end, or no number, is just not JSON."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Return what the text says.

        Raises: ValueError, which is answered as a bad request.
        """
        try:
            return super().loads(s, parse_constant=_number, parse_float=_number, **kwargs)
        except RecursionError:
            raise ValueError("This is nested too deeply.") from None


def _number(text: str) -> float:
    """Return the number; NaN and what is too large to count are none, and could not be answered.

    Raises: ValueError.
    """
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"{text} is no number.")
    return number


class SmallNumber(IntegerConverter):
    """A number in an address; beyond what a column holds there is nothing."""

    def __init__(self, map: Map, *args: Any, **options: Any) -> None:
        super().__init__(map, *args, **{"max": 2**31 - 1, **options})


def takes_files(view: View) -> View:
    """Let files come in; elsewhere a file in place of a text is refused."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def takes_at_most(octets: int) -> Callable[[View], View]:
    """Refuse a longer body, by whatever method it comes."""

    def note(view: View) -> View:
        view.most_octets = octets  # type: ignore[attr-defined]
        return view

    return note


def init_requests(app: Flask) -> None:
    """Take a request in before any transaction begins, and refuse what no page of ours sends."""
    app.url_map.converters["int"] = SmallNumber
    app.json_provider_class = PlainJson
    app.json = PlainJson(app)

    @app.before_request
    def take_in() -> None:
        most = getattr(_view(), "most_octets", None)
        if most is not None:
            request.max_content_length = most
        if request.method in READING:
            return
        if _is_from_elsewhere():
            raise NotAllowed
        _receive()
        if _is_of_the_wrong_kind():
            abort(415)
        if request.files and not _takes_files():
            abort(415)


def _is_from_elsewhere() -> bool:
    """Tell whether another site's page sent this: browsers say so, programs say nothing."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin", "null")
    if site is not None:
        return site not in {"same-origin", "none"}
    ours = {request.host, _host_in(current_app.config["BASE_URL"])}
    return origin != "null" and _host_in(origin) not in ours


def _host_in(address: str) -> str | None:
    """Return host and port of an address; None for what is no address, which is nowhere of ours."""
    try:
        return urlsplit(address).netloc
    except ValueError:
        return None


def _receive() -> None:
    """Take in the whole body: a phone on a bad network is not waited for inside a transaction.

    A body that breaks off, or whose chunks are not what they say, is a bad request.
    """
    try:
        request.get_data(parse_form_data=True)
    except (OSError, ParseException):
        request.stream = BytesIO()  # the page that says so reads the body once more
        abort(400)


def _is_of_the_wrong_kind() -> bool:
    """Tell whether a page gets JSON, or the API anything else."""
    if request.path.startswith("/api/"):
        has_body = bool(request.content_length) or "Transfer-Encoding" in request.headers
        return has_body and not request.is_json
    return request.is_json and not request.path.startswith(_PROGRAMS.get(request.method, "/api/"))


def _takes_files() -> bool:
    return getattr(_view(), "takes_files", False)


def _view() -> Callable[..., Any] | None:
    return current_app.view_functions.get(request.endpoint or "")
