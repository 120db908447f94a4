"""Tables as CSV, in which nothing that people wrote is a formula: the one writer of the house."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

BYTE_ORDER_MARK = "\ufeff"  # tells Excel and Outlook that the file is UTF-8
SEPARATORS = (",", ";", "\t")

Cell = str | int | float | None

_BLANK = '\\x00-\\x20\\x7f-\\xa0"\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u3000\\ufeff'
_SIGNS = "=+\\-@＝＋－＠"
_FORMULA = re.compile(f"[\t\r\n]|[{_BLANK}]*[{_SIGNS}]")


def written(rows: Iterable[Sequence[Cell]], *, separator: str = ",") -> Iterator[str]:
    """Yield each row as a line of CSV (RFC 4180), with every text in quotation marks."""
    for row in rows:
        yield separator.join(_cell(value, separator) for value in row) + "\r\n"


def harmless(text: str, *, separator: str = ",") -> str:
    """Return the text with an apostrophe wherever a spreadsheet would see a formula begin.

    That is at its start; and after a line break or another separator, where a program that
    divides cells in its own way sees the next one. Twice is once.
    Source: OWASP, "CSV Injection"; its list of signs has grown over the years.
    """
    if text.isalnum():
        return text
    start = "'" if _FORMULA.match(text) else ""
    return start + _inner_starts(separator).sub(_defused, text)


def _cell(value: Cell, separator: str) -> str:
    if isinstance(value, str):
        return '"' + harmless(value, separator=separator).replace('"', '""') + '"'
    return "" if value is None else str(value)


@cache
def _inner_starts(separator: str) -> re.Pattern[str]:
    """Return the pattern of where a cell may begin within a text, and of its first sign."""
    others = "".join(sign for sign in SEPARATORS if sign != separator)
    return re.compile(f"([\r\n{others}][{_BLANK}]*)([{_SIGNS}]?)")


def _defused(found: re.Match[str]) -> str:
    before, sign = found.groups()
    return f"{before}'{sign}" if sign else before
