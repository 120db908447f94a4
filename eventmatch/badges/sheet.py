"""Badges laid out on paper: plain values in, a PDF out.

`sheet.typ` beside this file holds the design. The fonts lie in `fonts/`, put there by `make setup`;
fonts of the system are never used, so that a badge looks the same wherever it is printed.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import pikepdf
import typst

from eventmatch import qr
from eventmatch.badges.names import name_lines

_HERE = Path(__file__).parent
FONTS = _HERE / "fonts"

CHUNK = 240
"""Badges drawn in one go: more at a time would need more memory. Divisible by every sheet."""


# Where a line may break: after blanks and hyphens (but not in "A-7"), and around each Chinese,
# Japanese or Korean sign. The parts joined give the text again.
_EAST_ASIAN = r"\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_WORDS = re.compile(rf"[{_EAST_ASIAN}]\s*|(?:[^\s{_EAST_ASIAN}-]|-+(?=\d))+-*\s*|-+\s*")
_UNSHOWN = ("Cc", "Cs", "Cn", "Co")


class Layout(StrEnum):
    """How badges lie on paper. Unit of the sizes: millimetres, width by height.

    A6: one badge a page, 105 by 148.
    A7: one badge a page, 74 by 105.
    A4_FOUR: four A6 badges on 210 by 297, with marks where to cut.
    A4_EIGHT: eight A7 badges on 297 by 210, with marks where to cut.
    CARD: one badge a page, 90 by 54, like a business card lying on its side.
    LABEL: one badge a page, 100 by 62: 100 of a roll of labels that is 62 wide.
    """

    A6 = "a6"
    A7 = "a7"
    A4_FOUR = "a4-4"
    A4_EIGHT = "a4-8"
    CARD = "90x54"
    LABEL = "label-62"


class _Paper(NamedTuple):
    """A sheet and the grid of badges on it, in millimetres."""

    page_width: float
    page_height: float
    columns: int
    rows: int
    badge_width: float
    design: str = "tall"


_PAPERS = {
    Layout.A6: _Paper(105, 148, 1, 1, 105),
    Layout.A7: _Paper(74, 105, 1, 1, 74),
    Layout.A4_FOUR: _Paper(210, 297, 2, 2, 105),
    Layout.A4_EIGHT: _Paper(297, 210, 4, 2, 74),
    Layout.CARD: _Paper(90, 54, 1, 1, 90, design="wide"),
    Layout.LABEL: _Paper(100, 62, 1, 1, 100, design="wide"),
}


@dataclass(frozen=True, kw_only=True)
class Face:
    """What one person's badge says.

    `first_name` stands largest; left empty, it is taken from the name. `url` is what the QR code
    holds, in capitals to keep it small; `short_code` is printed under it as given.
    """

    name: str
    first_name: str
    company: str
    role: str
    url: str
    short_code: str


@dataclass(frozen=True, kw_only=True)
class Design:
    """What all badges of an event share. `accent` is a colour as `#rrggbb`; texts may be empty."""

    event_title: str
    accent: str
    place: str
    dates: str


def draw_badges(
    faces: Sequence[Face],
    design: Design,
    *,
    layout: Layout,
    both_faces: bool = True,
    extra_fonts: Path | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> bytes:
    """Return a PDF with the badges in the given order.

    Sizes: on A6 the first name is 20 to 65 pt high and the QR code 36 mm wide; on A7 14 to 45 pt
    and 25 mm; on the card 16 to 40 pt and 25 mm; on the label 18 to 44 pt and 28 mm. Long texts
    shrink, then wrap, then are divided with hyphens; nothing is cut and nothing else on the badge
    moves. Only a first name of more than some 60 letters becomes smaller than stated.
    Pages: one a sheet. With `both_faces` each sheet is followed by its back, mirrored left to
    right, so that printing on both sides along the long edge puts every back behind its front.
    `extra_fonts` is a folder with fonts for scripts that ours lack; `on_progress` hears how many
    badges are done, of how many.
    Raises: ValueError when there are no faces.
    """
    if not faces:
        raise ValueError("There is no badge to draw.")
    paper = _PAPERS[layout]
    mirrored = both_faces and paper.columns > 1
    has_back = both_faces and layout is not Layout.LABEL  # a label is stuck on something
    copies = 2 if has_back and not mirrored else 1  # alone on its page, a back is its front again
    with pikepdf.new() as document:
        for start in range(0, len(faces), CHUNK):
            chunk = faces[start : start + CHUNK]
            job = _job(chunk, design, paper, with_backs=mirrored)
            with pikepdf.open(BytesIO(_compile(job, extra_fonts))) as part:
                document.pages.extend(page for page in part.pages for _ in range(copies))
            if on_progress:
                on_progress(start + len(chunk), len(faces))
        with document.open_metadata() as metadata:
            metadata["dc:title"] = _clean(design.event_title)
        output = BytesIO()
        document.save(output, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return output.getvalue()


def draw_picture(
    face: Face, design: Design, *, layout: Layout = Layout.A6, extra_fonts: Path | None = None
) -> bytes:
    """Return a PNG of one badge, to look at on a screen. Unit: 144 dots an inch."""
    job = _job([face], design, _PAPERS[layout], with_backs=False)
    return _compile(job, extra_fonts, format="png", ppi=144)


def draw_for_page(
    face: Face, design: Design, *, layout: Layout, extra_fonts: Path | None = None
) -> bytes:
    """Return an SVG of one badge, for a page that the browser prints."""
    job = _job([face], design, _PAPERS[layout], with_backs=False)
    return _compile(job, extra_fonts, format="svg")


def _compile(job: dict[str, Any], extra_fonts: Path | None, **options: Any) -> bytes:
    drawn: bytes = typst.compile(
        _HERE / "sheet.typ",
        sys_inputs={"job": json.dumps(job)},
        font_paths=[FONTS] if extra_fonts is None else [FONTS, extra_fonts],
        ignore_system_fonts=True,
        pdf_tags=False,
        **options,
    )
    return drawn


def _job(
    faces: Sequence[Face], design: Design, paper: _Paper, *, with_backs: bool
) -> dict[str, Any]:
    """Return what `sheet.typ` is told: the paper, the design, each badge, and which lies where."""
    return {
        **paper._asdict(),
        "accent": design.accent,
        "title": _line(design.event_title),
        "place": _line(design.place),
        "dates": _line(design.dates),
        "faces": [_face(face) for face in faces],
        "sheets": list(_sheets(len(faces), paper, with_backs=with_backs)),
    }


def _sheets(count: int, paper: _Paper, *, with_backs: bool) -> Iterator[list[int | None]]:
    """Yield for every page which badge lies in each of its cells, row by row."""
    cells = paper.columns * paper.rows
    for first in range(0, count, cells):
        front = [index if index < count else None for index in range(first, first + cells)]
        yield front
        if with_backs:
            rows = [front[cell : cell + paper.columns] for cell in range(0, cells, paper.columns)]
            yield [index for row in rows for index in reversed(row)]


def _face(face: Face) -> dict[str, Any]:
    first, rest = name_lines(_clean(face.name), _clean(face.first_name))
    return {
        "first": _line(first),
        "rest": _line(rest),
        "company": _line(face.company),
        "role": _line(face.role),
        "short_code": face.short_code,
        "qr": qr.svg(face.url, quiet_zone=0),
    }


def _line(text: str) -> dict[str, Any]:
    """Return a text with what its setting depends on: where it may wrap, which way it runs."""
    clean = _clean(text)
    return {
        "text": clean,
        "words": _WORDS.findall(clean),
        "rtl": _runs_right_to_left(clean),
    }


def _clean(text: str) -> str:
    """Return the text on one line, without signs that no font shows."""
    composed = unicodedata.normalize("NFC", text)
    shown = (" " if sign.isspace() else sign for sign in composed)
    return " ".join("".join(s for s in shown if unicodedata.category(s) not in _UNSHOWN).split())


def _runs_right_to_left(text: str) -> bool:
    """Return whether the first letter with a direction is Hebrew, Arabic or alike (UAX 9, P2)."""
    directions = (unicodedata.bidirectional(sign) for sign in text)
    return next((d for d in directions if d in ("L", "R", "AL")), "L") != "L"
