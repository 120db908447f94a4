"""A server's innermost loop in a process of its own, which ends as by a power cut.

    python -m tests.checkin.scan_until_killed EVENT BUG CODE …

It prints the id of each scan once that is stored, as an answer would, and kills itself after the
last. BUG is a bug that the test must see, or "none".
"""

import os
import signal
import sys
from uuid import uuid4

from sqlalchemy import Engine, event

from eventmatch.app import create_app
from eventmatch.checkin.actions import record_scan
from eventmatch.db import db
from eventmatch.events.models import Event
from tests.factories import SECRET


def main(event_id: int, bug: str, codes: list[str]) -> None:
    if bug == "synced later":
        event.listen(Engine, "connect", _sync_later)
    with create_app().app_context():
        fair = db.session.get_one(Event, event_id)
        for number, code in enumerate(codes, start=1):
            scan = record_scan(fair, scan_id=uuid4(), code=code, secret=SECRET)
            if bug != "answered first":
                db.session.commit()
            os.write(1, f"{scan.id}\n".encode())
            if number == len(codes):
                os.kill(os.getpid(), signal.SIGKILL)
            db.session.commit()


def _sync_later(connection, _record) -> None:
    connection.execute("PRAGMA synchronous=NORMAL")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3:])
