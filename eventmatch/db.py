"""The database: one base for all tables, and the promises that it keeps.

A request that only reads gets a transaction in which writing is an error; one that writes takes
SQLite's write lock at once, so that what it reads stays true until it commits.
"""

import enum
import fcntl
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Enum,
    MetaData,
    Pool,
    QueuePool,
    TypeDecorator,
    Uuid,
    event,
    inspect,
    make_url,
    update,
)
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_TIMEOUT_SECONDS = 5
_LOOK_EVERY_SECONDS = 0.0005
_TURN = "turn"

_reading: ContextVar[bool] = ContextVar("reading", default=False)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware when it comes in, UTC in the database, aware when it comes out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Write the moment in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment needs a time zone.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read it as UTC: SQLite forgets the zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _stored_by_value(kind: type[enum.Enum]) -> list[str]:
    return [str(member.value) for member in kind]


class Base(DeclarativeBase):
    """What all tables share: names for constraints, and how Python's types are stored."""

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={
            datetime: UtcDateTime,
            enum.Enum: Enum(
                enum.Enum, values_callable=_stored_by_value, native_enum=False, length=30
            ),
            uuid.UUID: Uuid,
            dict[str, Any]: JSON,
            list[Any]: JSON,
            list[str]: JSON,
        },
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


def engine_options(url: str) -> dict[str, Any]:
    """Return how to open the database at this address."""
    shared = {"hide_parameters": True}  # what guests wrote must not reach a log
    if make_url(url).get_backend_name() == "sqlite":
        return shared | {
            "module": sqlite_module(),
            "poolclass": QueuePool,
            "pool_size": 10,
            "connect_args": {"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
        }
    return shared | {
        "pool_pre_ping": True,
        "pool_size": 10,
        "connect_args": {"connect_timeout": 5},
    }


def sqlite_module() -> Any:
    """Return the SQLite to use.

    Before 3.51.3 a database in WAL mode can be damaged when it is reset, therefore our own
    copy goes first; the system's serves where no wheel fits the machine.
    """
    try:
        import pysqlite3
    except ImportError:
        import sqlite3

        return sqlite3
    return pysqlite3


@event.listens_for(Engine, "connect")
def _connect(connection: Any, _record: Any) -> None:
    if type(connection).__module__.split(".")[0] in {"sqlite3", "pysqlite3"}:
        _connect_sqlite(connection)
    else:
        _connect_postgresql(connection)


def _connect_sqlite(connection: Any) -> None:
    connection.isolation_level = None  # Python must not start transactions by itself
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_SECONDS * 1000}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "trusted_schema=OFF",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _connect_postgresql(connection: Any) -> None:
    with connection.cursor() as cursor:
        for setting in (
            "synchronous_commit = on",
            "lock_timeout = '5s'",
            "statement_timeout = '15s'",
            "idle_in_transaction_session_timeout = '30s'",
            "timezone = 'UTC'",
        ):
            cursor.execute(f"SET SESSION {setting}")
    connection.commit()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA query_only={int(_reading.get())}")
        if _reading.get():
            connection.exec_driver_sql("BEGIN")
        else:
            _begin_writing(connection)
    elif _reading.get():
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")


_queues: dict[str, threading.Lock] = defaultdict(threading.Lock)  # by file


def _begin_writing(connection: Connection) -> None:
    """Take SQLite's write lock in turn.

    SQLite itself lets those who wait sleep, up to a tenth of a second each time, and whoever
    happens to look first goes first: with many devices some would wait for seconds. Here a turn
    lasts until the connection is given back: the next thread of this process goes at once, and
    another process looks twice in a millisecond, which costs it far less than asking SQLite.
    """
    deadline = time.monotonic() + BUSY_TIMEOUT_SECONDS
    path = connection.engine.url.database
    info = connection.connection.record_info
    if path and info is not None and path != ":memory:" and _TURN not in info:
        queue = _queues[path]
        if queue.acquire(timeout=BUSY_TIMEOUT_SECONDS):
            info[_TURN] = queue, _turn_of_this_process(path, deadline)
    left = max(0, round((deadline - time.monotonic()) * 1000))
    raw: Any = connection.connection.driver_connection
    raw.execute(f"PRAGMA busy_timeout={left}")  # other programs may use the file, too
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _turn_of_this_process(path: str, deadline: float) -> IO[bytes]:
    """Return what is to be closed when the turn is over; also a process that is killed closes it.

    Whoever waited in vain goes on, and hears from SQLite itself.
    """
    file = Path(f"{path}-turn").open("ab")  # noqa: SIM115
    while time.monotonic() < deadline:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            time.sleep(_LOOK_EVERY_SECONDS)
    return file


@event.listens_for(Pool, "checkin")
def _end_turn(_connection: Any, record: ConnectionPoolEntry) -> None:
    turn = (record.record_info or {}).pop(_TURN, None)
    if turn is not None:
        queue, file = turn
        file.close()
        queue.release()


def set_reading(*, reading: bool) -> None:
    """Say whether the transactions that begin from now on, in this thread, only read."""
    _reading.set(reading)


@contextmanager
def only_reading() -> Iterator[None]:
    """Read in a transaction that cannot write, and end it: what follows holds no lock.

    It ends by a commit, since a rollback would make every row that was read be read again.
    """
    token = _reading.set(True)
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _reading.reset(token)


def hold(row: Model) -> None:
    """Keep others from changing this row until we commit, and read it afresh.

    It writes first: SELECT … FOR UPDATE does nothing on SQLite, while a write locks on both. What
    it writes is no key: for a key, SQLite would look through all rows that refer to it, which is
    every guest of an event.
    """
    mapper = inspect(type(row))
    key = mapper.primary_key[0]
    written = next(one for one in mapper.columns if not one.primary_key and not one.foreign_keys)
    identity = inspect(row).identity
    if identity is None:
        raise ValueError("Only a stored row can be held.")
    db.session.execute(
        update(type(row)).where(key == identity[0]).values({written.name: written}),
        execution_options={"synchronize_session": False},
    )
    db.session.refresh(row, attribute_names=[column.key for column in mapper.column_attrs])
