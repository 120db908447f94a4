"""The processes of one server: started together, and stopped together."""

import os
import signal
from collections.abc import Iterator

import pytest
from flask import Flask

from eventmatch import serving


class Process:
    """A process that ends by itself when a signal comes to all."""

    started: list[str] = []
    are_alive = True

    def __init__(self, *, name: str, **_rest) -> None:
        self.name, self.exitcode = name, 0

    def start(self) -> None:
        self.started.append(self.name)

    def is_alive(self) -> bool:
        return self.are_alive

    def terminate(self) -> None:
        pass

    def join(self) -> None:
        pass


@pytest.fixture
def fork(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Process]]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    monkeypatch.setattr(Process, "started", [])
    monkeypatch.setattr(serving._fork, "Process", Process)
    yield Process
    for number, handler in before.items():
        signal.signal(number, handler)


def test_a_worker_that_ends_by_the_signal_to_all_is_not_started_again(
    app: Flask, fork: type[Process], monkeypatch: pytest.MonkeyPatch
):
    def press_ctrl_c(_seconds: float) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        monkeypatch.setattr(fork, "are_alive", False)

    monkeypatch.setattr("eventmatch.serving.time.sleep", press_ctrl_c)
    serving.serve(app, bind="127.0.0.1:0", workers=1, threads=1)

    assert fork.started == ["web", "worker"]
