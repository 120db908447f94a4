"""Every setting is told to the operator."""

import re
from pathlib import Path

import pytest

from eventmatch.config import ROOT, SETTINGS, BadSetting, read_settings

ROW = re.compile(r"^\| `EVENTMATCH_(\w+)` \| (.+?) \| (.+?) \|$", re.MULTILINE)


def told() -> list[tuple[str, str, str]]:
    return ROW.findall((ROOT / "README.md").read_text())


def test_the_readme_tells_every_setting_its_default_and_its_meaning():
    defaults = [
        (s.name, f"`{s.default}`" if s.default != "" else "none", s.meaning) for s in SETTINGS
    ]

    assert told() == defaults


def test_every_setting_that_the_code_reads_is_on_the_list():
    code = "\n".join(path.read_text() for path in (ROOT / "eventmatch").rglob("*.py"))

    read = set(re.findall(r"EVENTMATCH_([A-Z_]+)\"", code))

    assert read <= {setting.name for setting in SETTINGS}


def test_a_short_key_is_refused(tmp_path: Path):
    with pytest.raises(BadSetting, match="EVENTMATCH_SECRET_KEY"):
        read_settings({"EVENTMATCH_INSTANCE": str(tmp_path), "EVENTMATCH_SECRET_KEY": "short"})


def test_a_number_that_is_none_is_refused(tmp_path: Path):
    with pytest.raises(BadSetting, match="EVENTMATCH_PROXIES"):
        read_settings({"EVENTMATCH_INSTANCE": str(tmp_path), "EVENTMATCH_PROXIES": "many"})


def test_the_first_start_makes_a_key_that_only_the_owner_reads(tmp_path: Path):
    environment = {"EVENTMATCH_INSTANCE": str(tmp_path)}

    first = read_settings(environment)["SECRET_KEY"]

    assert len(first) >= 32
    assert read_settings(environment)["SECRET_KEY"] == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0
