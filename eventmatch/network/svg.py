"""Texts and numbers as SVG wants them."""

import re
from xml.sax.saxutils import escape, quoteattr

_NO_XML = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def initials(name: str) -> str:
    """Return the first signs of the first and the last word."""
    words = _plain(name).split()
    words = [word for word in words if word[0].isalnum()] or words
    if not words:
        return ""
    return words[0][0].upper() + (words[-1][0].upper() if len(words) > 1 else "")


def shortened(text: str, most: int) -> str:
    """Return the text on one line, with so many signs at most."""
    line = " ".join(_plain(text).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def text_of(text: str) -> str:
    """Return the text as it stands between two tags."""
    return escape(_plain(text))


def attribute(text: str) -> str:
    """Return the text as the value of an attribute, with its quotation marks."""
    return quoteattr(_plain(text))


def short(value: float) -> str:
    """Return a number as short as it may be written."""
    return f"{value + 0.0:.1f}".removesuffix(".0")


def point(spot: tuple[float, float]) -> str:
    """Return a spot as paths name it."""
    return f"{short(spot[0])} {short(spot[1])}"


def disc(kind: str, spot: tuple[float, float], radius: float, **looks: str | float) -> str:
    """Return a circle of this class; in the names of its looks a low line is a hyphen."""
    drawn = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in looks.items())
    x, y = spot
    middle = f' cx="{short(x)}" cy="{short(y)}"' if x or y else ""
    return f'<circle class="{kind}"{middle} r="{short(radius)}"{drawn}/>'


def _plain(text: str) -> str:
    """Return the text without signs that XML does not know."""
    return _NO_XML.sub(" ", text)
