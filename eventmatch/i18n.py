"""Both languages of the house, and how a sentence is marked for translation."""

from collections.abc import Callable

from flask_babel import force_locale, gettext, lazy_gettext, ngettext

LANGUAGES = {"de": "Deutsch", "en": "English"}
DEFAULT_LANGUAGE = "en"

_: Callable[..., str] = gettext
_n: Callable[..., str] = ngettext
_l = lazy_gettext

__all__ = ["DEFAULT_LANGUAGE", "LANGUAGES", "_", "_l", "_n", "force_locale"]
