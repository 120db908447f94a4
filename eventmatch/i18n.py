"""Both languages of the house, and how a sentence is marked for translation."""

from collections.abc import Callable

from babel import Locale
from flask_babel import force_locale, get_locale, gettext, lazy_gettext, ngettext

LANGUAGES = {"de": "Deutsch", "en": "English"}
DEFAULT_LANGUAGE = "en"

_: Callable[..., str] = gettext
_n: Callable[..., str] = ngettext
_l = lazy_gettext

_CONVENTIONS = {"de": Locale("de"), "en": Locale("en", "GB")}


def conventions(language: str | None = None) -> Locale:
    """Return how a language writes dates and times, in English: 3 May 2027, 09:00.

    Without a language: the reader's.
    """
    reader = get_locale()
    return _CONVENTIONS[language or (reader.language if reader else DEFAULT_LANGUAGE)]


__all__ = ["DEFAULT_LANGUAGE", "LANGUAGES", "_", "_l", "_n", "conventions", "force_locale"]
