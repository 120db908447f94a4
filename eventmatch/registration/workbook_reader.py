"""Reads one spreadsheet from its input and writes it as JSON, in a process of its own.

Run as a script, by `workbook`: it imports nothing of ours, so that it starts at once, and it lays
limits upon itself, since a small file can ask for any amount of memory: by one cell far out, or by
a long text that a million cells refer to. Where memory is refused, the process ends.
"""

import contextlib
import datetime as dt
import json
import sys
from io import BytesIO

from python_calamine import CalamineWorkbook

MOST_MEMORY = 1024**3
MOST_SECONDS = 30  # of a processor
MOST_SIGNS = 100 * 1024 * 1024

_Value = str | float | bool | dt.date | dt.time | dt.datetime | dt.timedelta


def text_of(value: _Value) -> str:
    """Return a value as one would type it: whole numbers without a point, days as 2026-05-01."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)


def first_sheet(data: bytes) -> tuple[str, list[tuple[int, list[str]]]]:
    """Return the name of the first sheet that has something in it, and its lines with numbers.

    Raises: ValueError when there is more than a list of guests can hold; what the library raises.
    """
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        lines = [
            (number, [text_of(value) for value in row])
            for number, row in enumerate(rows, 1)
            if any(value != "" for value in row)
        ]
        if sum(len(cell) for _number, line in lines for cell in line) > MOST_SIGNS:
            raise ValueError(MOST_SIGNS)
        if lines:
            return name, lines
    return "", []


def _lay_limits() -> None:
    """Limit this process, as far as the system can."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


if __name__ == "__main__":
    _lay_limits()
    json.dump(first_sheet(sys.stdin.buffer.read()), sys.stdout)
