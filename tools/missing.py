"""Say what the tests will skip on this machine, and how to get it."""

import shutil
from pathlib import Path

WANTED = {
    "Chromium (browser tests)": (
        ("chromium", "chromium-browser", "google-chrome"),
        "Debian: apt install chromium · macOS: brew install --cask chromium",
    ),
    "pdftoppm (badges on paper)": (
        ("pdftoppm",),
        "Debian: apt install poppler-utils · macOS: brew install poppler",
    ),
    "PostgreSQL (the second database)": (
        ("initdb",),
        "Debian: apt install postgresql · macOS: brew install postgresql",
    ),
}

if __name__ == "__main__":
    for what, (commands, how) in WANTED.items():
        found = any(map(shutil.which, commands)) or (
            "initdb" in commands and any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        )
        if not found:
            print(f"skipped: {what}. {how}")
