"""Few tries at codes that are short enough to be typed: 40 bits hold only with a limit.

A longer code has 128 bits and is never guessed. QR codes from elsewhere, which somebody may hold
out again and again, have another length: they must not shut a door for those who come next.
"""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Response, g

from eventmatch.codes import SHORT_CODE_LENGTH, read_code
from eventmatch.web.limits import limiter

_Limit = Callable[[Callable[..., Any]], Callable[..., Any]]


def few_guesses(rate: str, *, scope: str, key: Callable[[], str]) -> _Limit:
    """Return the limit of a view that reads codes: so many unknown ones, by whoever `key` names."""
    limit: _Limit = limiter.shared_limit(
        rate, scope=scope, key_func=key, deduct_when=_has_guessed, cost=_guesses
    )
    return limit


def note_guesses(unknown_codes: Iterable[str]) -> None:
    """Count those of these codes, which nobody has, that can have been guessed."""
    g.guesses = sum(len(read_code(code)) == SHORT_CODE_LENGTH for code in unknown_codes)


def _has_guessed(_response: Response) -> bool:
    return bool(g.get("guesses"))


def _guesses() -> int:
    return max(1, int(g.get("guesses", 0)))
