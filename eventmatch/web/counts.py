"""Where it is counted how often something was asked for: a small file for all processes of a house.

It lies beside the database, so that counting never waits for its writers, and is no loss when
it is gone.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

from limits.storage import Storage

_TABLE = """
    CREATE TABLE IF NOT EXISTS asked (
        key TEXT PRIMARY KEY, number INTEGER NOT NULL, until REAL NOT NULL
    ) WITHOUT ROWID
"""
_FORGET = "DELETE FROM asked WHERE until <= ?"
_COUNT = """
    INSERT INTO asked (key, number, until) VALUES (?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET number = number + excluded.number
    RETURNING number
"""


class FileOfCounts(Storage):
    """Counts in a SQLite file, named by `counts:///path`; a window begins with its first request.

    Each count opens the file anew: this costs a fraction of a millisecond, and no connection is
    ever shared between threads or taken along when a process forks.
    """

    STORAGE_SCHEME = ["counts"]

    def __init__(self, uri: str, **options: float | str | bool) -> None:
        self.path = uri.removeprefix("counts://")
        super().__init__(uri, wrap_exceptions=bool(options.get("wrap_exceptions")))

    @property
    def base_exceptions(self) -> type[Exception]:
        """Return what goes wrong with files."""
        return sqlite3.Error

    @contextmanager
    def _file(self) -> Iterator[sqlite3.Connection]:
        file = sqlite3.connect(self.path, timeout=5, isolation_level=None)
        try:
            file.execute("PRAGMA synchronous = OFF")  # a power cut may forgive a few requests
            file.execute("BEGIN IMMEDIATE")
            file.execute(_TABLE)
            file.execute(_FORGET, [time.time()])
            yield file
            file.execute("COMMIT")
        finally:
            file.close()

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count, and return how many it are in this window."""
        with self._file() as file:
            counted: int = file.execute(_COUNT, [key, amount, time.time() + expiry]).fetchone()[0]
        return counted

    def get(self, key: str) -> int:
        """Return how many it are in this window."""
        number, _until = self._kept(key)
        return number

    def get_expiry(self, key: str) -> float:
        """Return when the window ends; now, if there is none."""
        _number, until = self._kept(key)
        return until

    def _kept(self, key: str) -> tuple[int, float]:
        with self._file() as file:
            row = file.execute("SELECT number, until FROM asked WHERE key = ?", [key]).fetchone()
        return (row[0], row[1]) if row else (0, time.time())

    def check(self) -> bool:
        """Tell whether the file can be used."""
        try:
            with self._file():
                return True
        except sqlite3.Error:
            return False

    def reset(self) -> int:
        """Forget everything."""
        with self._file() as file:
            return file.execute("DELETE FROM asked").rowcount

    def clear(self, key: str) -> None:
        """Forget one count."""
        with self._file() as file:
            file.execute("DELETE FROM asked WHERE key = ?", [key])
