"""Backups of the whole instance: made while people work, and put back by one command."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import upgrade
from sqlalchemy import func, inspect, select

from eventmatch import clock
from eventmatch.codes import fingerprint
from eventmatch.config import setting
from eventmatch.db import db
from eventmatch.errors import Refusal
from eventmatch.events.models import Event
from eventmatch.operation import databases
from eventmatch.operation.archive import (
    DATABASE,
    KEY,
    BadBackup,
    Manifest,
    hash_of,
    opened,
    stamp,
    write_archive,
)
from eventmatch.people.models import Person
from eventmatch.privacy.actions import repeat_deletions
from eventmatch.registration.models import Registration
from eventmatch.web.health import MIGRATIONS

_SUFFIX = ".backup"
_PREFIX = "eventmatch-"
_BEFORE = "before-restore-"
_WORKING = ".backup-"
_DAY_SECONDS = 24 * 3600


class DoesNotFit(Refusal):
    """The backup is whole, but not for this instance."""

    code = "does_not_fit"
    message = "This does not fit here. Nothing was changed."


def make_backup(place: Path, *, keep: int | None = None) -> tuple[Path, Manifest]:
    """Write a backup, read it again, and return where it is; what is there is replaced only then.

    Into a folder it goes under the name of the moment. Of such, the latest `keep` stay.
    """
    if not _is_filled():
        raise DoesNotFit({"database": ["There is nothing in it yet."]})
    target = place / f"{_PREFIX}{stamp(clock.now())}{_SUFFIX}" if place.is_dir() else place
    with _folder(target.parent) as folder:
        dumped = folder / DATABASE
        databases.dump(dumped)
        files = {DATABASE: dumped}
        if _is_own_key():
            files[KEY] = folder / KEY
            shutil.copy(_key_file(), files[KEY])
        manifest = Manifest(
            made_at=clock.now().isoformat(),
            database=db.engine.dialect.name,
            revision=_revision(),
            key_print=_key_print(setting("SECRET_KEY")),
            rows=_rows(),
            files={name: hash_of(path) for name, path in files.items()},
        )
        write_archive(target, manifest, files)
    if keep is not None and place.is_dir():
        for old in sorted(place.glob(f"{_PREFIX}*{_SUFFIX}"))[:-keep]:
            old.unlink()
    return target, manifest


def restore_backup(path: Path) -> tuple[Manifest, Path | None, bool]:
    """Put a backup in the place of what is there, wholly or not at all.

    Returns its manifest, where what was there is kept now (None if there was nothing), and
    whether the secret key is another one from now on. Old backups are migrated.

    Raises: BadBackup, DoesNotFit when it does not fit this instance; then nothing has changed.
    """
    with _folder(setting("INSTANCE")) as folder, opened(path, folder) as (manifest, files):
        _refuse_what_does_not_fit(manifest, has_key=KEY in files)
        databases.check(files[DATABASE])
        safety = _kept_before() if _is_filled() else None
        databases.load(files[DATABASE])
        gets_key = manifest.key_print != _key_print(setting("SECRET_KEY"))
        if gets_key:
            files[KEY].replace(_key_file())
    upgrade()
    databases.leave_numbers_out()
    repeat_deletions()
    db.session.commit()
    return manifest, safety, gets_key


def _refuse_what_does_not_fit(manifest: Manifest, *, has_key: bool) -> None:
    own = db.engine.dialect.name
    if manifest.database != own:
        sentence = f"The backup is of {manifest.database}, and this instance uses {own}."
        raise DoesNotFit({"database": [sentence]})
    known = {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    if manifest.revision is None or manifest.revision not in known:
        raise BadBackup({"revision": ["A newer eventmatch made it. Install that one first."]})
    is_other_key = manifest.key_print != _key_print(setting("SECRET_KEY"))
    if is_other_key and (not has_key or not _is_own_key()):
        sentence = (
            "The backup was made with another key: its badges and tickets would be unknown. "
            "Set EVENTMATCH_SECRET_KEY to that key, or unset it if the backup brings its own."
        )
        raise DoesNotFit({"secret_key": [sentence]})


def _is_filled() -> bool:
    return inspect(db.engine).has_table("event")


def _kept_before() -> Path:
    path, _manifest = make_backup(setting("INSTANCE") / f"{_BEFORE}{stamp(clock.now())}{_SUFFIX}")
    return path


def _is_own_key() -> bool:
    """Tell whether our key is that of the instance's file, which may be replaced."""
    return _key_file().exists() and _key_file().read_text().strip() == setting("SECRET_KEY")


def _key_file() -> Path:
    path: Path = setting("INSTANCE") / "secret_key"
    return path


def _key_print(key: str) -> str:
    return fingerprint(key, "backup")


def _revision() -> str | None:
    return MigrationContext.configure(db.session.connection()).get_current_revision()


def _rows() -> dict[str, int]:
    counts = {
        table.__tablename__: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in (Event, Registration, Person)
    }
    db.session.rollback()
    return counts


@contextmanager
def _folder(parent: Path) -> Iterator[Path]:
    """Give a folder on the same disk that only we may read, for the time of the work.

    What an earlier one left that was killed is deleted after a day: it holds everybody's data.
    """
    for left in parent.glob(f"{_WORKING}*"):
        if left.stat().st_mtime < clock.now().timestamp() - _DAY_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=_WORKING, dir=parent) as name:
        yield Path(name)
