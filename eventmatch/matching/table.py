"""`eventmatch suggest`: profiles from a CSV file, suggestions into one."""

import csv
import errno
import gc
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from eventmatch.matching.profile import Profile
from eventmatch.matching.ranking import find_lists, gather
from eventmatch.matching.rules import NO_RULES, RulesOfFile

if TYPE_CHECKING:
    from eventmatch.matching.crowd import Crowd
    from eventmatch.matching.lists import Lists

COLUMNS = tuple(field.name for field in fields(Profile))
OUTPUT = ("id", "suggested_id", "rank", "score", "reasons")

LONGEST_CELL = 1_000_000  # letters
_SEPARATOR = re.compile(r"\s*sep=([,;\t])\r?\n", re.IGNORECASE)  # Excel's own first line


class UnreadableTable(ValueError):
    """A file cannot be read as a list of profiles; the message says where and why."""


def read_profiles(path: Path) -> list[Profile]:
    """Return the profiles of a CSV file, in its order.

    The first row names the columns, in any order and case; missing columns are empty, columns that
    we do not know are left alone. Without a column `id`, people are numbered from 1 by their rows.
    UTF-8, with or without a byte order mark, UTF-16 with one, or else Windows-1252; columns parted
    by comma, semicolon or tab, which a first line such as `sep=;` may say.
    Raises: UnreadableTable.
    """
    with _cells_of_any_length():
        return _profiles(_rows(path), path)


@contextmanager
def _cells_of_any_length() -> Iterator[None]:
    """Let long cells be read, so that they are refused with the column's name.

    The limit is the whole process's: who reads other files meanwhile must find it as it was.
    """
    limit = csv.field_size_limit(2**31 - 1)
    try:
        yield
    finally:
        csv.field_size_limit(limit)


def _profiles(rows: Iterator[tuple[int, list[str]]], path: Path) -> list[Profile]:
    _, names = next(rows, (1, []))
    columns = _columns(names, path)
    line_of: dict[str, int] = {}
    profiles: list[Profile] = []
    for number, (line, row) in enumerate(rows, start=1):
        profile = _profile(columns, row, line=line, number=number, width=len(names))
        if profile.id in line_of:
            raise UnreadableTable(
                f"Line {line}, column id: {profile.id!r} stands in line"
                f" {line_of[profile.id]} already."
            )
        line_of[profile.id] = line
        profiles.append(profile)
    return profiles


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not empty, each with the line that it starts in."""
    text = _decoded(path)
    said = _SEPARATOR.match(text)
    delimiter = said[1] if said else _delimiter(text)
    start = said.end() if said else 0
    reader = csv.reader(io.StringIO(text[start:], newline=""), delimiter=delimiter, strict=True)
    lines_before = text.count("\n", 0, start)
    line = lines_before + 1
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise UnreadableTable(f"Line {line}: {_complaint(error)}.") from error
        if row is None:
            return
        if any(cell.strip() for cell in row):
            yield line, row
        line = lines_before + reader.line_num + 1


def _complaint(error: csv.Error) -> str:
    if "unexpected end" in str(error):
        return "a quotation mark is opened there and never closed"
    return str(error)


def _decoded(path: Path) -> str:
    text = _text_of(path.read_bytes(), path.name)
    nul = text.find("\0")
    if nul >= 0:
        line = text.count("\n", 0, nul) + 1
        raise UnreadableTable(f"Line {line} of {path.name} holds a NUL sign: this is no text file.")
    if not text.strip():
        raise UnreadableTable(
            f"{path.name} is empty. Its first line names columns, such as id, interests, offers"
            " and seeks."
        )
    return text


def _text_of(content: bytes, name: str) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UnreadableTable(
            f"Line {line} of {name} is neither UTF-8 nor Windows-1252 text."
        ) from error


def _delimiter(text: str) -> str:
    header = text.lstrip("\r\n").partition("\n")[0]
    return max(",;\t", key=header.count)


def _columns(names: Sequence[str], path: Path) -> dict[str, int]:
    """Return where each of our columns stands."""
    found: dict[str, int] = {}
    for place, name in enumerate(name.strip().casefold() for name in names):
        if name in found:
            raise UnreadableTable(f"Line 1: the column {name} stands there twice.")
        if name in COLUMNS:
            found[name] = place
    if not found:
        raise UnreadableTable(
            f"Line 1 of {path.name} names none of the columns {', '.join(COLUMNS)}."
        )
    return found


def _profile(
    columns: dict[str, int], row: Sequence[str], *, line: int, number: int, width: int
) -> Profile:
    if any(cell.strip() for cell in row[width:]):
        raise UnreadableTable(f"Line {line} has {len(row)} cells, but line 1 only {width}.")
    texts = {name: row[place].strip() for name, place in columns.items() if place < len(row)}
    for name, text in texts.items():
        if len(text) > LONGEST_CELL:
            raise UnreadableTable(
                f"Line {line}, column {name}: it has {len(text):,} letters, and at most"
                f" {LONGEST_CELL:,} are read."
            )
    if "id" not in columns:
        texts["id"] = str(number)
    if not texts.get("id"):
        raise UnreadableTable(f"Line {line}, column id: it is empty.")
    return Profile(**texts)


def run_suggest(
    input: Path,
    output: Path,
    *,
    top: int,
    cap: int | None = None,
    seed: int = 0,
    ruled: RulesOfFile = NO_RULES,
) -> int:
    """Read profiles, write suggestions sorted by id and rank, and return how many.

    The output depends on the profiles and the seed, not on the order of the rows.
    Raises: UnreadableTable; ValueError when top or cap is below 1; OSError for the files.
    """
    if not output.absolute().parent.is_dir():  # rather now than after all the work
        raise FileNotFoundError(errno.ENOENT, "its folder does not exist", str(output))
    with _without_garbage_collection():
        rules = ruled.rules
        crowd = gather(read_profiles(input), seed=seed, parameters=rules.parameters)
        lists = find_lists(
            crowd, limit=top, cap=cap or ruled.cap, excluded=ruled.apart, closed=rules.closed
        )
        rows = _rows_of(crowd, lists)
        return _write(output, rows)


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Spare Python looking through a million words that are all still needed."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _rows_of(crowd: "Crowd", lists: "Lists") -> Iterator[tuple[str, str, int, str, str]]:
    """Yield the rows by id and rank."""
    from eventmatch.matching.sayings import Sayings

    ids = [profile.id for profile in crowd.profiles]
    shown, ranks, scores = lists.shown.tolist(), lists.rank.tolist(), lists.scores
    sayings = Sayings(lists)
    entries = lists.entries(len(ids))
    for reader in sorted(range(len(ids)), key=ids.__getitem__):
        for entry in entries[reader]:
            score = f"{scores[entry]:.9f}"
            yield ids[reader], ids[shown[entry]], ranks[entry], score, sayings.of(entry)


def _write(path: Path, rows: Iterable[tuple[str, str, int, str, str]]) -> int:
    """Write the rows and return how many there are; see OUTPUT for the columns."""
    written = 0

    def counted() -> Iterator[tuple[str, str, int, str, str]]:
        nonlocal written
        for row in rows:
            written += 1
            yield row

    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(OUTPUT)
        writer.writerows(counted())
    return written
