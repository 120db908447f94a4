"""The file of a backup: a ZIP of a manifest, the database and perhaps the secret key.

A ZIP, so that it can be opened by hand in ten years. What lies in it is checked by SHA-256, as
the manifest says.
"""

import hashlib
import json
import os
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from eventmatch.errors import Refusal

FORMAT = 1
DATABASE, KEY = "database", "secret_key"
_MANIFEST = "manifest.json"
_CHUNK = 1 << 20
_LARGEST_MANIFEST = 1 << 20
# What reading a strange file raises; the zip library says so to an unknown kind of compression.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, TypeError,
    NotImplementedError,
)  # fmt: skip


class BadBackup(Refusal):
    """The file is no backup, or not whole; nothing was touched."""

    code = "bad_backup"
    message = "This file is no whole backup. Nothing was changed."


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself."""

    made_at: str  # ISO 8601, UTC
    database: str  # "sqlite" or "postgresql"
    revision: str | None  # of the tables, as Alembic names it
    key_print: str  # a fingerprint of the key that codes are made with
    rows: dict[str, int]
    files: dict[str, str]  # name -> SHA-256
    format: int = FORMAT


def write_archive(path: Path, manifest: Manifest, files: dict[str, Path]) -> None:
    """Write a backup beside its place, and move it there once the disk has it."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                archive.writestr(_MANIFEST, json.dumps(asdict(manifest), indent=1))
                for name, source in files.items():
                    archive.write(source, name)
            target.flush()
            os.fsync(target.fileno())
        _check(part)
        part.replace(path)
        _sync_folder(path.parent)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def opened(path: Path, folder: Path) -> Iterator[tuple[Manifest, dict[str, Path]]]:
    """Unpack a backup into the folder, and give its manifest and the files by name.

    Raises: BadBackup when anything is missing, cut or changed.
    """
    with _archive(path) as (archive, manifest):
        files = {name: folder / name for name in manifest.files}
        for name, target in files.items():
            with archive.open(name) as source, target.open("wb") as copy:
                target.chmod(0o600)
                shutil.copyfileobj(source, copy, _CHUNK)
            if _hash(target.open("rb")) != manifest.files[name]:
                raise BadBackup({name: ["It is not what was put into it."]})
    yield manifest, files


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return _hash(path.open("rb"))


def stamp(moment: datetime) -> str:
    """Return the moment as it stands in the name of a file: `20270503T090000Z`."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _check(path: Path) -> None:
    with _archive(path) as (archive, manifest):
        for name, told in manifest.files.items():
            if _hash(archive.open(name)) != told:
                raise BadBackup({name: ["It was not written as it is."]})


@contextmanager
def _archive(path: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """Open it; whatever a file may contain becomes a sentence."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive, _manifest(archive)
    except _BROKEN as problem:
        raise BadBackup({path.name: [str(problem) or type(problem).__name__]}) from None


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    if archive.getinfo(_MANIFEST).file_size > _LARGEST_MANIFEST:
        raise ValueError("Its manifest is too large.")
    manifest = Manifest(**json.loads(archive.read(_MANIFEST)))
    if manifest.format != FORMAT:
        raise ValueError(f"Its format is {manifest.format}, and we know {FORMAT}.")
    if not {DATABASE} <= set(manifest.files) <= {DATABASE, KEY}:
        raise ValueError("It holds other files than a backup.")
    return manifest


def _hash(file: IO[bytes]) -> str:
    with file:
        return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def _sync_folder(folder: Path) -> None:
    """Let the new name survive a power cut, too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
