"""One server on one machine: gunicorn and the background worker, started and stopped together."""

import logging
import multiprocessing
import signal
import threading
import time
from types import FrameType
from typing import Any

import structlog
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.config import Config
from gunicorn.glogging import Logger

from eventmatch import metrics
from eventmatch.db import db
from eventmatch.jobs import work

log = structlog.get_logger()

_STOPPING = (signal.SIGTERM, signal.SIGINT)
_fork = multiprocessing.get_context("fork")


_PAUSE_SECONDS = 0.2


class _Wish:
    """Whether this process was asked to stop, by a signal.

    The handler sets a plain value: signals may come twice at once, and one that waits for a lock
    inside a handler waits for itself.
    """

    def __init__(self) -> None:
        self.to_stop = False
        for number in _STOPPING:
            signal.signal(number, self._hear)

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        self.to_stop = True


class WebLog(Logger):  # type: ignore[misc]
    """What gunicorn logs, by the way that all logs go: it names whole addresses."""

    def setup(self, cfg: Config) -> None:
        """Leave writing and striking out to the root logger."""
        super().setup(cfg)
        for name in ("gunicorn.error", "gunicorn.access"):
            logger = logging.getLogger(name)
            logger.handlers, logger.propagate = [], True


class _Web(BaseApplication):  # type: ignore[misc]
    """gunicorn around an app that is already there."""

    def __init__(self, app: Flask, **options: Any) -> None:
        self._app, self._options = app, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._app


def serve(app: Flask, *, bind: str, workers: int, threads: int) -> None:
    """Serve until stopped. A worker that dies is started again; without the web all ends."""
    _forget_connections(app)
    metrics.forget_earlier()
    web = _fork.Process(target=_serve_web, args=(app, bind, workers, threads), name="web")
    worker = _fork.Process(target=work_until_stopped, args=(app,), name="worker")
    wish = _Wish()
    web.start()
    worker.start()
    while not wish.to_stop and web.is_alive():
        time.sleep(_PAUSE_SECONDS)
        # Asked in this order: a signal to all of us ends the worker, and is no death of its own.
        if not worker.is_alive() and not wish.to_stop:
            log.error("worker died, starting it again", exitcode=worker.exitcode)
            worker = _fork.Process(target=work_until_stopped, args=(app,), name="worker")
            worker.start()
    for process in (web, worker):
        process.terminate()
    for process in (web, worker):
        process.join()


def _serve_web(app: Flask, bind: str, workers: int, threads: int) -> None:
    for number in _STOPPING:
        signal.signal(number, signal.SIG_DFL)  # gunicorn sets its own
    _Web(
        app,
        bind=bind,
        workers=workers,
        threads=threads,
        worker_class="gthread",
        max_requests=20_000,
        max_requests_jitter=2_000,
        control_socket_disable=True,
        loglevel="warning",
        logger_class=WebLog,
        limit_request_line=4094,
    ).run()


def work_until_stopped(app: Flask) -> None:
    """Do the background work in this process until it is asked to stop."""
    wish, stop = _Wish(), threading.Event()
    thread = threading.Thread(target=work, args=(app, stop))
    thread.start()
    while not wish.to_stop and thread.is_alive():
        time.sleep(_PAUSE_SECONDS)
    stop.set()
    thread.join()


def _forget_connections(app: Flask) -> None:
    """Close the database's connections: none may be shared with a process that we start."""
    with app.app_context():
        db.engine.dispose()
