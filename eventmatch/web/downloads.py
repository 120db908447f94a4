"""Files that are sent while they are made."""

from collections.abc import Iterable, Iterator, Sequence

from flask import Response

from eventmatch.spreadsheet import BYTE_ORDER_MARK, Cell, written

_PIECE = 16 * 1024  # signs that go out together


def download(parts: Iterable[str], *, name: str, content_type: str) -> Response:
    """Return a file that grows while it is sent; `name` is plain ASCII.

    By then the request is over: the parts need neither the database nor a language any more.
    """
    response = Response(_pieces(parts), content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def csv_download(
    rows: Iterable[Sequence[Cell]], *, name: str, separator: str = ",", is_marked: bool = True
) -> Response:
    """Return a table as CSV; `is_marked` tells Excel and Outlook that it is UTF-8."""

    def lines() -> Iterator[str]:
        if is_marked:
            yield BYTE_ORDER_MARK
        yield from written(rows, separator=separator)

    return download(lines(), name=name, content_type="text/csv; charset=utf-8")


def _pieces(parts: Iterable[str]) -> Iterator[str]:
    """Yield the same text in fewer, larger pieces: each costs the server a call."""
    held: list[str] = []
    size = 0
    for part in parts:
        held.append(part)
        size += len(part)
        if size >= _PIECE:
            yield "".join(held)
            held, size = [], 0
    if held:
        yield "".join(held)
