"""The page for Prometheus."""

import hmac
from ipaddress import ip_address

from flask import Blueprint, Response, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST

from eventmatch.errors import NotFound
from eventmatch.operation.metrics import exposition

bp = Blueprint("operation", __name__)


@bp.get("/metrics")
def show_metrics() -> Response:
    """Tell what is counted, to whoever has the token; without one, to this machine itself."""
    if not _may_read():
        raise NotFound
    return Response(exposition(), content_type=CONTENT_TYPE_LATEST)


def _may_read() -> bool:
    token: str = current_app.config["METRICS_TOKEN"]
    if token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), token.encode())
    try:
        is_here = ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        is_here = False
    # Behind a proxy that nobody has told us of, everybody seems to be on this machine.
    return is_here and "X-Forwarded-For" not in request.headers
