from pathlib import Path

import numpy as np
import pytest
import typst
import zxingcpp

from eventmatch import qr
from tests.badges.paper import codes_on, photograph

BADGE_LINK = "HTTPS://EM.EXAMPLE.ORG/B/7ZQK2M9XTA4C6E8GHJKN"
LONG_BADGE_LINK = "HTTPS://EVENTMATCH.EXAMPLE.ORG/B/7ZQK2M9XTA4C6E8GHJKNPRSVWY"
TICKET_LINK = "https://eventmatch.example.org/t/7ZQK2M9XTA4C6E8GHJKNPRSVWY"


@pytest.mark.parametrize(
    ("text", "alphanumeric"),
    [(BADGE_LINK, True), ("A-7 $%*+./:", True), (TICKET_LINK, False), ("ÄPFEL", False)],
)
def test_only_capitals_digits_and_a_few_signs_are_alphanumeric(text, alphanumeric):
    assert qr.is_alphanumeric(text) is alphanumeric


@pytest.mark.parametrize(
    ("link", "version"), [(BADGE_LINK, 3), (LONG_BADGE_LINK, 4), (TICKET_LINK, 4)]
)
def test_a_link_makes_a_small_code(link, version):
    rows = qr.matrix(link)

    assert {len(rows), *(len(row) for row in rows)} == {17 + 4 * version}


def test_a_link_in_capitals_leaves_room_for_stronger_repair(tmp_path: Path):
    in_capitals = _read(qr.png(LONG_BADGE_LINK), "png", tmp_path)
    as_written = _read(qr.png(TICKET_LINK), "png", tmp_path)

    assert (in_capitals.ec_level, as_written.ec_level) == ("Q", "M")


@pytest.mark.parametrize("text", [BADGE_LINK, LONG_BADGE_LINK, TICKET_LINK, "Zoë · 山田 🎉", "7"])
@pytest.mark.parametrize("kind", ["svg", "png"])
def test_a_scanner_reads_back_what_was_written(kind, text, tmp_path: Path):
    picture = qr.svg(text).encode() if kind == "svg" else qr.png(text)

    assert _read(picture, kind, tmp_path).text == text


def test_white_surrounds_the_code_on_every_side():
    text = BADGE_LINK
    side = len(qr.matrix(text)) + 8

    drawing = qr.svg(text)

    assert f'viewBox="0 0 {side} {side}"' in drawing
    assert f'fill="#fff" d="M0 0h{side}v{side}H0z"' in drawing
    assert 'd="M4 4h7v1h-7z' in drawing


def test_a_picture_without_quiet_zone_starts_with_the_code():
    side = len(qr.matrix(BADGE_LINK))

    drawing = qr.svg(BADGE_LINK, quiet_zone=0)

    assert f'viewBox="0 0 {side} {side}"' in drawing
    assert 'd="M0 0h7v1h-7z' in drawing


def test_a_scratched_badge_is_still_read(tmp_path: Path):
    page = _page(qr.svg(LONG_BADGE_LINK).encode(), "svg", tmp_path)
    height, width = page.shape
    page[height * 6 // 10 : height * 8 // 10, width * 4 // 10 : width * 7 // 10] = 255

    assert codes_on(page) == [LONG_BADGE_LINK]


def test_a_letters_picture_has_the_size_asked_for():
    side = len(qr.matrix(BADGE_LINK)) + 8

    picture = qr.png(BADGE_LINK, module_px=5)

    assert picture[16:24] == (side * 5).to_bytes(4, "big") * 2


def _page(picture: bytes, kind: str, folder: Path) -> np.ndarray:
    """Return the picture as a printed page shows it: typst and poppler know nothing of ours."""
    (folder / f"code.{kind}").write_bytes(picture)
    source = f'#set page(width: 60mm, height: 60mm, margin: 0mm)\n#image("code.{kind}")'
    (folder / "page.typ").write_text(source)
    pdf = typst.compile(folder / "page.typ", ignore_system_fonts=True)
    (page,) = photograph(pdf)
    return page


def _read(picture: bytes, kind: str, folder: Path) -> zxingcpp.Barcode:
    (code,) = zxingcpp.read_barcodes(_page(picture, kind, folder))
    return code
