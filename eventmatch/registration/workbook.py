"""Spreadsheets (XLSX, ECMA-376) as lines of text, read so that no file can exhaust the machine."""

import json
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from eventmatch.i18n import _

MOST_UNPACKED = 50 * 1024 * 1024
_PACKED = b"PK\x03\x04"
_OLD = b"\xd0\xcf\x11\xe0"  # Excel before 2007, and files under a password
_READER = Path(__file__).with_name("workbook_reader.py")
_LONGEST_SECONDS = 120


class NotAWorkbook(Exception):
    """It cannot be read; the sentence is for people."""


def is_packed(data: bytes) -> bool:
    """Tell whether this is no text, but a file of a spreadsheet program."""
    return data.startswith((_PACKED, _OLD))


def read_workbook(data: bytes) -> tuple[str, list[tuple[int, list[str]]]]:
    """Return the name of the first sheet that has something in it, and its lines with numbers.

    Lines without anything in them are left out. It is read in a process of its own, with limits:
    see `workbook_reader`. Raises: NotAWorkbook.
    """
    if data.startswith(_OLD):
        raise NotAWorkbook(
            _("This spreadsheet is old or has a password. Please save it as XLSX or CSV, without.")
        )
    _check_parts(data)
    try:
        read = subprocess.run(  # noqa: S603 - a script of ours, and the file is its input only
            [sys.executable, "-I", str(_READER)],
            input=data,
            capture_output=True,
            check=True,
            timeout=_LONGEST_SECONDS,
            env={},
        )
    except (subprocess.SubprocessError, OSError):
        raise _unreadable() from None
    name, lines = json.loads(read.stdout)
    return name, [(number, cells) for number, cells in lines]


def _unreadable() -> NotAWorkbook:
    return NotAWorkbook(
        _("This spreadsheet cannot be read. Please copy the guests into a new one.")
    )


def _check_parts(data: bytes) -> None:
    """Refuse, before anything is unpacked, what is no XLSX or says that it is very large."""
    try:
        with ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
    except (BadZipFile, OSError, ValueError):
        raise _unreadable() from None
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise NotAWorkbook(_("This spreadsheet is too large."))
    if not any(part.filename.lower() == "xl/workbook.xml" for part in parts):
        raise NotAWorkbook(_("This is no XLSX file. Please save it as XLSX or CSV first."))
