"""Which language a visitor reads."""

from flask import has_request_context, request

from eventmatch.i18n import DEFAULT_LANGUAGE, LANGUAGES


def language_of_visitor() -> str:
    """Return the visitor's own choice, else the browser's wish, else English."""
    if not has_request_context():
        return DEFAULT_LANGUAGE
    chosen = request.args.get("lang") or request.cookies.get("language")
    if chosen in LANGUAGES:
        return chosen
    return request.accept_languages.best_match(LANGUAGES) or DEFAULT_LANGUAGE
