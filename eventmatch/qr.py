"""QR codes: a text in, a picture out.

Links in capitals are stored five and a half bits a sign instead of eight, which leaves room for
stronger repair at the same size: such a code still reads with a quarter of it scratched.
"""

import struct
import zlib
from itertools import groupby

from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.main import QRCode
from qrcode.util import ALPHA_NUM, MODE_8BIT_BYTE, MODE_ALPHA_NUM, QRData

QUIET_ZONE = 4
"""White modules around the code, which the standard asks for. Unit: modules."""


def is_alphanumeric(text: str) -> bool:
    """Return whether the text fits the small alphabet: capitals, digits, space and ``$%*+-./:``."""
    return text.isascii() and all(sign in ALPHA_NUM for sign in text.encode())


def matrix(text: str) -> list[list[bool]]:
    """Return the modules row by row, True where dark, without the quiet zone.

    Repair: level Q (25 %) when the text is alphanumeric, else M (15 %).
    """
    small = is_alphanumeric(text)
    code = QRCode(
        error_correction=ERROR_CORRECT_Q if small else ERROR_CORRECT_M,
        border=0,
        mask_pattern=2,  # trying all eight takes most of the time, and scanners do not mind
    )
    code.add_data(QRData(text, mode=MODE_ALPHA_NUM if small else MODE_8BIT_BYTE))
    return [[bool(module) for module in row] for row in code.get_matrix()]


def svg(text: str, *, quiet_zone: int = QUIET_ZONE) -> str:
    """Return the code as an SVG element, one unit per module, black on white in any theme.

    Without a quiet zone the caller leaves four modules of white around it. The dark modules are
    one path, because a thousand squares print twenty times slower. The element has no name of its
    own: the page that inlines it says what it is.
    """
    rows = matrix(text)
    side = len(rows) + 2 * quiet_zone
    path = "".join(
        f"M{start + quiet_zone} {y}h{length}v1h-{length}z"
        for y, row in enumerate(rows, quiet_zone)
        for start, length in _dark_runs(row)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"'
        ' shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d="{path}"/></svg>'
    )


def png(text: str, *, module_px: int = 8) -> bytes:
    """Return the code as a black and white PNG, quiet zone included, for letters."""
    rows = matrix(text)
    width = len(rows) + 2 * QUIET_ZONE
    side = width * module_px
    beside = [False] * QUIET_ZONE
    above = [[False] * width] * QUIET_ZONE
    padded = [*above, *(beside + row + beside for row in rows), *above]
    scanlines = b"".join(_scanline(row, module_px=module_px) * module_px for row in padded)
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)  # one bit of grey for each pixel
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(scanlines, 9))
        + _chunk(b"IEND", b"")
    )


def _dark_runs(row: list[bool]) -> list[tuple[int, int]]:
    """Return start and length of each unbroken stretch of dark modules."""
    runs = []
    x = 0
    for dark, modules in groupby(row):
        length = len(list(modules))
        if dark:
            runs.append((x, length))
        x += length
    return runs


def _scanline(row: list[bool], *, module_px: int) -> bytes:
    """Return one line of pixels, eight to a byte and white to the end, behind its filter byte."""
    bits = "".join(("0" if dark else "1") * module_px for dark in row)
    whole = -(-len(bits) // 8)
    return b"\x00" + int(bits.ljust(whole * 8, "1"), 2).to_bytes(whole, "big")


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check
