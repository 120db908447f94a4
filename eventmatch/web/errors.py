"""From a failure to a page or to JSON: the only place that knows both.

Programs get `{"error": {"code", "message", "fields"}}`, people a page in their language.
"""

from urllib.parse import urlsplit

import structlog
from apiflask.exceptions import HTTPError
from flask import (
    Flask,
    Response,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from pydantic import ValidationError
from sqlalchemy.exc import DataError, DBAPIError, OperationalError, SQLAlchemyError
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from eventmatch import errors
from eventmatch.db import db
from eventmatch.i18n import _
from eventmatch.web.bodies import faults_of

log = structlog.get_logger()

_STATUS: tuple[tuple[type[errors.Refusal], int], ...] = (
    (errors.NotFound, 404),
    (errors.NotSignedIn, 401),
    (errors.NotAllowed, 403),
    (errors.Conflict, 409),
    (errors.Invalid, 422),
    (errors.TooOften, 429),
    (errors.Unavailable, 503),
)
_HTTP_CODES = {
    400: "bad_request",
    401: "not_signed_in",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    409: "conflict",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid",
    429: "too_often",
    500: "internal_error",
    503: "unavailable",
}


def wants_json() -> bool:
    """Tell whether a program asks: by the address, or by what it accepts."""
    if request.path.startswith("/api/"):
        return True
    return request.accept_mimetypes.best == "application/json"


def answer(
    *, status: int, code: str, message: str, fields: dict[str, list[str]] | None = None
) -> Response:
    """Return the one shape of an error, as JSON or as a page."""
    response: Response
    if wants_json():
        error = {"code": code, "message": message, "fields": fields or {}}
        response = jsonify({"error": error})
    else:
        response = Response(
            render_template("error.html", status=status, message=message, fields=fields or {}),
            mimetype="text/html",
        )
    response.status_code = status
    if status in {429, 503}:
        response.headers["Retry-After"] = "5"
    if status == 401 and wants_json():
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def status_of(refusal: errors.Refusal) -> int:
    """Return the HTTP status of a refusal."""
    return next((status for kind, status in _STATUS if isinstance(refusal, kind)), 400)


def _answer_refusal(refusal: errors.Refusal) -> ResponseReturnValue:
    db.session.rollback()
    status = status_of(refusal)
    if isinstance(refusal, errors.NotSignedIn) and not wants_json():
        return redirect(url_for(refusal.sign_in_endpoint, next=_way_back()))
    return answer(
        status=status, code=refusal.code, message=str(refusal.message), fields=refusal.fields
    )


def _way_back() -> str | None:
    """Return the page to come back to after signing in; None if what was sent came from none."""
    if request.method in {"GET", "HEAD"}:
        return request.full_path.rstrip("?")
    try:
        page = urlsplit(request.referrer or "")
        if (
            page.netloc != request.host
            or (routes := current_app.create_url_adapter(request)) is None
        ):
            return None
        routes.match(page.path, method="GET")
    except (ValueError, HTTPException):
        return None
    return f"{page.path}?{page.query}".rstrip("?")


def _bad_request() -> str:
    if wants_json():
        return _("This request is not complete, or cannot be read.")
    return _("This request is not complete, or the page was open for too long.")


def _sentences(status: int) -> str:
    if status == 400:
        return _bad_request()
    if status == 404:
        return str(errors.NotFound.message)
    if status == 405:
        return _("This address cannot be used in this way.")
    if status == 413:
        return _("This is too large. Please send a smaller file.")
    if status == 429:
        return str(errors.TooOften.message)
    if status >= 500:
        return _("Something went wrong on our side. Nothing that we confirmed to you is lost.")
    return _("This request could not be answered.")


def _answer_http(failure: HTTPException) -> ResponseReturnValue:
    if failure.response is not None and failure.code is None:
        return failure.response
    if isinstance(failure, SecurityError):
        return Response("This host name is not ours.\n", 400, mimetype="text/plain")
    status = failure.code or 500
    if 300 <= status < 400:
        return failure.get_response()
    return answer(
        status=status, code=_HTTP_CODES.get(status, "http_error"), message=_sentences(status)
    )


def answer_api_error(failure: HTTPError) -> Response:
    """Return the one shape for what APIFlask refuses, above all a body that does not fit."""
    status: int = failure.status_code
    problem = failure.__cause__
    fields = faults_of(problem) if isinstance(problem, ValidationError) else {}
    return answer(
        status=status,
        code=_HTTP_CODES.get(status, "http_error"),
        message=str(errors.Invalid.message) if status == 422 else _sentences(status),
        fields=fields,
    )


def _answer_database(failure: SQLAlchemyError) -> Response:
    """Tell a busy, locked or lost database, which is away for a moment, from our own mistake."""
    db.session.rollback()
    if isinstance(failure, DataError):  # PostgreSQL takes no NUL and no number beyond its column
        log.warning("database refused a value", exc_info=failure)
        return answer(status=400, code="bad_request", message=_sentences(400))
    is_away = isinstance(failure, OperationalError) or (
        isinstance(failure, DBAPIError) and failure.connection_invalidated
    )
    if not is_away:
        return _answer_mistake(failure)
    log.warning("database away", reason=type(failure).__name__)
    refusal = errors.Unavailable()
    return answer(status=503, code=refusal.code, message=str(refusal.message))


def _answer_mistake(failure: BaseException) -> Response:
    log.error("request failed", exc_info=failure, path=request.path)
    return answer(status=500, code="internal_error", message=_sentences(500))


def _answer_internal(failure: InternalServerError) -> Response:
    return _answer_mistake(failure.original_exception or failure)


def init_errors(app: Flask) -> None:
    """Let this app answer every failure in one shape."""
    app.register_error_handler(errors.Refusal, _answer_refusal)
    app.register_error_handler(SQLAlchemyError, _answer_database)
    app.register_error_handler(InternalServerError, _answer_internal)
    app.register_error_handler(HTTPException, _answer_http)
