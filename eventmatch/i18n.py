"""Both languages of the house, and which of them a visitor reads."""

from flask import has_request_context, request
from flask_babel import force_locale, gettext, lazy_gettext, ngettext

LANGUAGES = {"de": "Deutsch", "en": "English"}
DEFAULT_LANGUAGE = "en"

_ = gettext
_n = ngettext
_l = lazy_gettext

__all__ = ["DEFAULT_LANGUAGE", "LANGUAGES", "_", "_l", "_n", "choose_language", "force_locale"]


def choose_language() -> str:
    """Return the visitor's own choice, else the browser's wish, else English."""
    if not has_request_context():
        return DEFAULT_LANGUAGE
    chosen = request.args.get("lang") or request.cookies.get("language")
    if chosen in LANGUAGES:
        return chosen
    return request.accept_languages.best_match(LANGUAGES) or DEFAULT_LANGUAGE
