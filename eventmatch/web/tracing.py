"""A line of the log and a count for each request, under an id that the answer names, too."""

import re
import secrets
import time

import structlog
from flask import Flask, Response, g, request

from eventmatch import metrics

log = structlog.get_logger()

_UNTOLD = {"static", "styles", "web.show_health", "operation.show_metrics"}
_ID = re.compile(r"[0-9A-Za-z-]{1,64}")  # what a proxy may have named it


def init_tracing(app: Flask) -> None:
    """Time, count and log every request of this app."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()
        given = request.headers.get("X-Request-ID", "")
        g.request_id = given if _ID.fullmatch(given) else secrets.token_hex(8)
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @app.after_request
    def note(response: Response) -> Response:
        if "began" not in g:  # refused before anything of ours was asked
            return response
        seconds = time.perf_counter() - g.began
        response.headers["X-Request-ID"] = g.request_id
        if request.endpoint not in _UNTOLD:
            log.info(
                "request",
                method=request.method,
                endpoint=request.endpoint,  # never the address: it may hold a ticket
                status=response.status_code,
                ms=round(seconds * 1000),
            )
        status = f"{response.status_code // 100}xx"
        metrics.REQUESTS.labels(request.endpoint or "none", status).observe(seconds)
        return response

    @app.teardown_request
    def end(_failure: BaseException | None) -> None:
        structlog.contextvars.unbind_contextvars("request_id")
