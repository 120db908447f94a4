"""Our style sheets and scripts on their way to the browser.

They run as written, without a build. So that browsers may keep them for a year, the address of
every static file holds a hash of all of them; and since some thirty small style sheets would be
thirty requests, pages get them as one.
"""

import hashlib
import re
from functools import cache
from pathlib import Path

from flask import Flask, Response

STATIC = Path(__file__).parents[1] / "static"

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_IMPORT = re.compile(r'@import url\("(?P<file>[^"]+)"\) layer\((?P<layer>\w+)\);')
_BLANKS = re.compile(r"\s*\n\s*")


@cache
def static_url_path() -> str:
    """Return where static files are served: the address changes when one of them does."""
    content = hashlib.sha256()
    for file in sorted(STATIC.rglob("*")):
        if file.is_file() and not file.name.startswith("."):
            content.update(file.relative_to(STATIC).as_posix().encode() + b"\0")
            content.update(file.read_bytes())
    return f"/static/{content.hexdigest()[:12]}"


def bundled(entry: Path) -> str:
    """Return a style sheet with the files it imports, each in its layer, without comments.

    Addresses in imported files must be relative to the entry's folder.
    """

    def imported(found: re.Match[str]) -> str:
        text = (entry.parent / found["file"]).read_text(encoding="utf-8")
        return f"@layer {found['layer']} {{\n{text}\n}}"

    text = _IMPORT.sub(imported, _COMMENT.sub("", entry.read_text(encoding="utf-8")))
    return _BLANKS.sub("\n", _COMMENT.sub("", text)).strip()


def init_assets(app: Flask) -> None:
    """Serve all style sheets as one; while debugging, as they are at that moment."""
    entry = STATIC / "css" / "app.css"
    kept = None if app.config["DEBUG"] else bundled(entry)

    def show_styles() -> Response:
        response = Response(kept or bundled(entry), mimetype="text/css")
        response.headers["Cache-Control"] = (
            "public, max-age=31536000, immutable" if kept else "no-cache"
        )
        return response

    app.add_url_rule(f"{app.static_url_path}/css/bundle.css", "styles", show_styles)
