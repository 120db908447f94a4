"""Headers on every answer: what a page may load, what others may keep or learn of it."""

from flask import Flask, Response, request
from secure import Secure
from secure.headers import (
    ContentSecurityPolicy,
    CrossOriginOpenerPolicy,
    PermissionsPolicy,
    ReferrerPolicy,
    StrictTransportSecurity,
    XContentTypeOptions,
)

_FOR_EVER = "public, max-age=31536000, immutable"


def _policy() -> ContentSecurityPolicy:
    return (
        ContentSecurityPolicy()
        .default_src("'self'")
        .script_src("'self'", "'wasm-unsafe-eval'")  # the decoder of the scanner is WebAssembly
        .style_src("'self'")
        .img_src("'self'", "data:")
        .font_src("'self'")
        .connect_src("'self'")
        .object_src("'none'")
        .base_uri("'none'")
        .form_action("'self'")
        .frame_ancestors("'none'")
    )


def init_headers(app: Flask) -> None:
    """Set the headers of every answer of this app."""
    is_safe = app.config["BASE_URL"].startswith("https://")
    headers = Secure(
        csp=_policy(),
        coop=CrossOriginOpenerPolicy().same_origin(),
        permissions=PermissionsPolicy().camera("self").geolocation().microphone(),
        referrer=ReferrerPolicy().same_origin(),
        xcto=XContentTypeOptions().nosniff(),
        hsts=StrictTransportSecurity().max_age(365 * 24 * 3600) if is_safe else None,
    )
    pairs = headers.headers

    @app.after_request
    def set_headers(response: Response) -> Response:
        for name, value in pairs.items():
            response.headers.setdefault(name, value)
        if request.endpoint == "static" and response.status_code in {200, 206, 304}:
            response.headers["Cache-Control"] = _FOR_EVER  # the address changes with the content
        else:
            # Pages are about people: neither a proxy nor the back button of another may keep them.
            # A view that wants it otherwise says so; "no-cache" is what Flask puts on every file.
            if response.headers.get("Cache-Control", "no-cache") == "no-cache":
                response.headers["Cache-Control"] = "no-store"
            if not response.cache_control.immutable:
                response.headers.add("Vary", "Cookie, Accept-Language")
        return response
