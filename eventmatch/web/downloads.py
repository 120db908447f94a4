"""Files that are sent as they are made."""

from collections.abc import Iterable, Iterator, Sequence

from flask import Response, stream_with_context

from eventmatch.spreadsheet import BYTE_ORDER_MARK, Cell, written


def download(parts: Iterable[str], *, name: str, content_type: str) -> Response:
    """Return a file that grows while it is sent; `name` has only letters of ASCII."""
    response = Response(stream_with_context(iter(parts)), content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def csv_download(
    rows: Iterable[Sequence[Cell]], *, name: str, separator: str = ",", marked: bool = True
) -> Response:
    """Return a table as CSV; `marked` tells Excel and Outlook that it is UTF-8."""

    def lines() -> Iterator[str]:
        if marked:
            yield BYTE_ORDER_MARK
        yield from written(rows, separator=separator)

    return download(lines(), name=name, content_type="text/csv; charset=utf-8")
