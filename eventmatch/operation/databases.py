"""Copying a whole database into a file and back, while it is in use.

SQLite copies within one transaction: `VACUUM INTO` on the way out, which leaves no free pages with
what was deleted, and the online backup API on the way in, which is undone when it is cut short.
PostgreSQL has programs for both, `pg_dump` and `psql`, of which the second runs in one transaction.
"""

import os
import subprocess
from pathlib import Path
from typing import Any

from sqlalchemy import URL, text

from eventmatch.db import db, sqlite_module
from eventmatch.errors import Refusal, Unavailable
from eventmatch.operation.archive import BadBackup

_WAIT_SECONDS = 60
# Numbers that programs and devices have seen since the backup must not be given again.
_NUMBERS_LEFT_OUT = 1_000_000

_EMPTY = """
SET lock_timeout = '60s';
DO $$ DECLARE found record; BEGIN
  FOR found IN SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
      WHERE schemaname = current_schema() LOOP
    EXECUTE 'DROP TABLE ' || found.name || ' CASCADE';
  END LOOP;
  FOR found IN SELECT oid::regprocedure AS name FROM pg_proc
      WHERE pronamespace = current_schema()::regnamespace AND NOT EXISTS
        (SELECT 1 FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e') LOOP
    EXECUTE 'DROP FUNCTION ' || found.name;
  END LOOP;
END $$;
"""


class NoProgram(Refusal):
    """A program of PostgreSQL is missing, or refused."""

    code = "no_program"
    message = "PostgreSQL's own program could not do it."


def dump(target: Path) -> None:
    """Copy the database, as it is at one moment, into the file."""
    if _is_sqlite():
        source = _connect(_path())
        try:
            source.execute("VACUUM INTO ?", [str(target)])
        except sqlite_module().OperationalError as problem:
            raise Unavailable({"database": [str(problem)]}) from None
        finally:
            source.close()
        check(target)
    else:
        options = ("--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
        _run("pg_dump", *options, f"--dbname={_address()}")


def check(dumped: Path) -> None:
    """Raise BadBackup unless the file is a database that can be read to its end."""
    if not _is_sqlite():
        _run("pg_restore", f"--file={os.devnull}", str(dumped))
        return
    module = sqlite_module()
    connection = _connect(dumped)
    try:
        answers = [row[0] for row in connection.execute("PRAGMA integrity_check(1)")]
        orphans = connection.execute("PRAGMA foreign_key_check").fetchall()
    except module.DatabaseError as problem:
        raise BadBackup({"database": [str(problem)]}) from None
    finally:
        connection.close()
    if answers != ["ok"] or orphans:
        raise BadBackup({"database": answers if answers != ["ok"] else ["Rows point to nothing."]})


def load(dumped: Path) -> None:
    """Put what was dumped in the place of the database, wholly or not at all."""
    db.session.remove()
    db.engine.dispose()
    if _is_sqlite():
        _load_sqlite(dumped)
    else:
        _load_postgresql(dumped)


def leave_numbers_out() -> None:
    """Let rows that come now have higher numbers than any that were given since the backup."""
    if _is_sqlite():
        if db.session.scalar(text("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'")):
            statement = "UPDATE sqlite_sequence SET seq = seq + :more"
            db.session.execute(text(statement), {"more": _NUMBERS_LEFT_OUT})
    else:
        statement = (
            "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, "
            "coalesce(last_value, 0) + :more) FROM pg_sequences "
            "WHERE schemaname = current_schema()"
        )
        db.session.execute(text(statement), {"more": _NUMBERS_LEFT_OUT})
    db.session.commit()


def _load_sqlite(dumped: Path) -> None:
    module = sqlite_module()
    source, target = _connect(dumped), _connect(_path())
    try:
        source.backup(target)
        target.execute("PRAGMA journal_mode=WAL")
        # What was there before is not to linger in the log.
        target.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except module.OperationalError as problem:
        raise Unavailable({"database": [str(problem)]}) from None
    finally:
        target.close()
        source.close()


def _load_postgresql(dumped: Path) -> None:
    script = dumped.with_name("script.sql")
    _run("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(dumped))
    options = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
    _run("psql", *options, "-c", _EMPTY, "-f", str(script), f"--dbname={_address()}")


def _connect(path: Path) -> Any:
    connection = sqlite_module().connect(path, timeout=_WAIT_SECONDS, isolation_level=None)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA secure_delete=ON")
    connection.execute("PRAGMA trusted_schema=OFF")
    return connection


def _run(program: str, *options: str) -> None:
    """Run one of PostgreSQL's programs; the password goes by the environment, which nobody sees."""
    password = db.engine.url.password
    environment = os.environ | ({"PGPASSWORD": str(password)} if password else {})
    command = [program, *options]
    try:
        done = subprocess.run(  # noqa: S603
            command, env=environment, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        hint = "It is not installed here. On Debian: apt install postgresql-client"
        raise NoProgram({program: [hint]}) from None
    if done.returncode:
        raise NoProgram({program: [done.stderr.strip()[-500:] or f"status {done.returncode}"]})


def _is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def _path() -> Path:
    return Path(str(db.engine.url.database))


def _address() -> str:
    url = URL.create("postgresql").set(
        username=db.engine.url.username, host=db.engine.url.host, port=db.engine.url.port,
        database=db.engine.url.database, query=db.engine.url.query,
    )  # fmt: skip
    return url.render_as_string(hide_password=False)
