"""`eventmatch suggest`: profiles from a CSV file, suggestions into one."""

import csv
import gc
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from functools import lru_cache
from pathlib import Path

from eventmatch.matching.parameters import DEFAULT, Parameters
from eventmatch.matching.profile import Profile
from eventmatch.matching.ranking import Reason, Suggestion, gather

COLUMNS = tuple(field.name for field in fields(Profile) if field.name != "group")
OUTPUT = ("id", "suggested_id", "rank", "score", "reasons")

_SAID = {"you_seek": "you seek", "you_offer": "you offer", "both": "both"}
_LONGEST_FIELD = 10_000_000

Told = tuple[str, tuple[str, ...], tuple[str, ...], float]
"""The four fields of a Reason."""


class UnreadableTable(ValueError):
    """A file cannot be read as a list of profiles; the message says where and why."""


def read_profiles(path: Path) -> list[Profile]:
    """Return the profiles of a CSV file, in its order.

    The first row names the columns, in any order and case; missing columns are empty, columns that
    we do not know are left alone. Without a column `id`, people are numbered from 1 by their rows.
    UTF-8, with or without a byte order mark, UTF-16 with one, or else Windows-1252; columns parted
    by comma, semicolon or tab.
    Raises: UnreadableTable.
    """
    rows = _rows(path)
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
    csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    line = 1
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise UnreadableTable(f"Line {line}: {error}.") from error
        if row is None:
            return
        if any(cell.strip() for cell in row):
            yield line, row
        line = reader.line_num + 1


def _decoded(path: Path) -> str:
    content = path.read_bytes()
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
            f"Line {line} of {path.name} is neither UTF-8 nor Windows-1252 text."
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
    if "id" not in columns:
        texts["id"] = str(number)
    if not texts.get("id"):
        raise UnreadableTable(f"Line {line}, column id: it is empty.")
    return Profile(**texts)


def write_suggestions(path: Path, lists: Iterable[tuple[str, Sequence[Suggestion]]]) -> int:
    """Write suggestions, one a row, and return how many; see OUTPUT for the columns."""
    return _write(
        path,
        (
            (person, one.other_id, one.rank, one.score, said(map(_told, one.reasons)))
            for person, shown in lists
            for one in shown
        ),
    )


def run_suggest(
    input: Path,
    output: Path,
    *,
    top: int,
    cap: int | None = None,
    seed: int = 0,
    parameters: Parameters = DEFAULT,
) -> int:
    """Read profiles, write suggestions sorted by id and rank, and return how many.

    The output depends on the profiles and the seed, not on the order of the rows.
    Raises: UnreadableTable; ValueError when top or cap is below 1.
    """
    with _without_garbage_collection():
        return _suggest(input, output, top=top, cap=cap, seed=seed, parameters=parameters)


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


def _suggest(
    input: Path, output: Path, *, top: int, cap: int | None, seed: int, parameters: Parameters
) -> int:
    crowd = gather(read_profiles(input), seed=seed, parameters=parameters)
    ids = [profile.id for profile in crowd.profiles]
    # Said at once, the reasons of a large event take a tenth of the memory.
    lists = {
        ids[person]: [(ids[other], score, said(reasons)) for other, score, reasons in found]
        for person, found in crowd.lists(limit=top, cap=cap)
    }
    return _write(
        output,
        (
            (person, other, rank, score, reasons)
            for person in sorted(lists)
            for rank, (other, score, reasons) in enumerate(lists[person], start=1)
        ),
    )


def _write(path: Path, rows: Iterable[tuple[str, str, int, float, str]]) -> int:
    written = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(OUTPUT)
        for person, other, rank, score, reasons in rows:
            writer.writerow((person, other, rank, f"{score:.9f}", reasons))
            written += 1
    return written


def _told(reason: Reason) -> Told:
    return reason.kind, reason.mine, reason.theirs, reason.share


def said(reasons: Iterable[Told]) -> str:
    """Return the named words by direction.

    For example `you seek: Rehabilitationsmedizin ~ rehabilitative; both: Pflege`.
    """
    by_kind: dict[str, str] = {}
    for kind, mine, theirs, _ in reasons:
        if mine:
            before = f"{by_kind[kind]}, " if kind in by_kind else f"{_SAID[kind]}: "
            by_kind[kind] = before + _link(mine, theirs)
    return "; ".join(by_kind.values())


@lru_cache(maxsize=100_000)
def _link(mine: tuple[str, ...], theirs: tuple[str, ...]) -> str:
    one, other = " ".join(mine), " ".join(theirs)
    return one if one.casefold() == other.casefold() else f"{one} ~ {other}"
