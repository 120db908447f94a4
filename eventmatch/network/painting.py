"""A drawing as a picture of dots, for whatever shows no drawings.

typst, which prints the badges, paints it, with the badges' fonts: every script comes out alike.
"""

from pathlib import Path

import typst

from eventmatch.badges.sheet import FONTS

_SHEET = Path(__file__).with_suffix(".typ")


def painted(svg: str, *, extra_fonts: Path | None = None) -> bytes:
    """Return the drawing as PNG, 2400 dots wide."""
    png: bytes = typst.compile(
        _SHEET,
        sys_inputs={"drawing": svg},
        font_paths=[FONTS] if extra_fonts is None else [FONTS, extra_fonts],
        ignore_system_fonts=True,
        format="png",
        ppi=144.0,
    )
    return png
