"""The third-party files are the ones we decided on."""

import hashlib
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LISTED = tomllib.loads((ROOT / "tools" / "vendored.toml").read_text(encoding="utf-8"))["package"]
FILES = [file for package in LISTED for file in package["files"]]
ICON = r'\b_?icon(?:=|\(|": )\s*["\']([a-z0-9-]+)["\']'
LOCKED = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: Path(file["to"]).name)
def test_each_vendored_file_is_exactly_the_listed_one(file):
    content = (ROOT / file["to"]).read_bytes()

    assert hashlib.sha256(content).hexdigest() == file["sha256"]


@pytest.mark.parametrize("package", LISTED, ids=lambda package: package["name"])
def test_the_list_names_the_locked_version_and_a_licence_text(package):
    locked = LOCKED[f"node_modules/{package['name']}"]

    assert locked["version"] == package["version"]
    assert package["licence"] in locked["license"]
    assert any("/licences/" in file["to"] for file in package["files"])


def test_nothing_lies_among_the_vendored_files_that_the_list_does_not_name():
    folders = [ROOT / "eventmatch" / "static" / "vendor", ROOT / "eventmatch" / "badges" / "fonts"]
    found = {path for folder in folders for path in folder.rglob("*") if path.is_file()}

    assert found - {folders[0] / ".stamp"} == {ROOT / file["to"] for file in FILES}


def test_the_lock_holds_hashes_and_no_download_addresses():
    packages = {name: locked for name, locked in LOCKED.items() if name}

    assert all("integrity" in locked for locked in packages.values())
    assert not any("resolved" in locked for locked in packages.values())


def test_every_package_is_asked_for_in_one_exact_version():
    asked = LOCKED[""]["dependencies"] | LOCKED[""]["devDependencies"]

    assert all(version[0].isdigit() for version in asked.values())
    assert asked["htmx.org"].startswith("2.")


def test_every_icon_that_a_page_shows_is_in_the_sprite():
    sprite = (ROOT / "eventmatch/static/vendor/icons.svg").read_text(encoding="utf-8")
    drawn = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    pages = (ROOT / "templates").rglob("*.html")
    shown = {name for page in pages for name in re.findall(ICON, page.read_text(encoding="utf-8"))}

    assert "check" in shown
    assert shown - drawn == set()


def test_fetching_again_finds_everything_in_place():
    run = subprocess.run(
        [sys.executable, "tools/vendor.py"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (run.returncode, run.stdout) == (0, "")
