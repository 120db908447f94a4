"""What every page knows: its language, its theme, and the way to the other language."""

from typing import Any
from urllib.parse import urlencode

from flask import Flask, g, request
from flask_babel import get_locale
from werkzeug.wrappers import Response

from eventmatch.clock import now
from eventmatch.i18n import LANGUAGES

_A_YEAR = 365 * 24 * 3600
_THEMES = {"light", "dark"}


def _language_links() -> list[tuple[str, str, str, bool]]:
    """Return code, name, address and whether it is the present one, for each language.

    None on what answers a POST: it has no address, and a link would drop what was typed.
    """
    if request.method not in {"GET", "HEAD"}:
        return []
    current = str(get_locale())
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return [
        (code, name, f"{request.path}?{urlencode([*kept, ('lang', code)])}", code == current)
        for code, name in LANGUAGES.items()
    ]


def _page_context() -> dict[str, Any]:
    theme = request.cookies.get("theme", "")
    return {
        "language": str(get_locale()),
        "theme": theme if theme in _THEMES else "auto",
        "language_links": _language_links(),
        "accent_event": g.get("event"),
        "present": now(),
    }


def _keep_language(response: Response) -> Response:
    """Remember the language that was chosen by a link."""
    chosen = request.args.get("lang")
    if chosen in LANGUAGES and request.cookies.get("language") != chosen:
        response.set_cookie(
            "language", chosen, max_age=_A_YEAR, samesite="Lax", secure=request.is_secure
        )
    return response


def init_context(app: Flask) -> None:
    """Give these to all templates."""
    app.context_processor(_page_context)
    app.after_request(_keep_language)
