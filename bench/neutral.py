"""Whether the time of an answer tells who is known: each form with a known and with a new address.

    .venv/bin/python bench/neutral.py [--rounds 40]

Prints the medians in milliseconds and how far they are apart. Known and new take turns, so that
both meet the same machine.
"""

import argparse
import os
import statistics
import tempfile
import time


def main() -> None:
    """Make the demo fair, fill each form, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as instance:
        os.environ.update(EVENTMATCH_INSTANCE=instance, EVENTMATCH_LOG_LEVEL="ERROR")
        measure(rounds)


def measure(rounds: int) -> None:
    """Print a row for each form."""
    from flask_migrate import upgrade
    from sqlalchemy import select

    from eventmatch.app import create_app
    from eventmatch.db import db
    from eventmatch.demo.seed import ORGANISER, SLUG, ensure_demo
    from eventmatch.registration.models import Registration
    from eventmatch.web.limits import limiter

    app = create_app()
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        upgrade()
        ensure_demo()
        guest = db.session.scalars(select(Registration.email).limit(1)).one()
        db.session.remove()
    limiter.enabled = False

    def milliseconds(path: str, address: str) -> float:
        began = time.perf_counter()
        app.test_client().post(path, data={"name": "Ada", "email": address, "language": "en"})
        return (time.perf_counter() - began) * 1000

    forms = [
        ("registering", f"/e/{SLUG}", guest),
        ("opening one's network", "/sign-in", guest),
        ("a new password", "/account/reset", ORGANISER),
    ]
    print("| form | known, ms | new, ms | apart, ms |\n| --- | --- | --- | --- |")
    for name, path, known in forms:
        milliseconds(path, known)
        times = [
            (milliseconds(path, known), milliseconds(path, f"new{number}@example.org"))
            for number in range(rounds)
        ]
        of_known, of_new = map(statistics.median, zip(*times, strict=True))
        print(f"| {name} | {of_known:.1f} | {of_new:.1f} | {abs(of_known - of_new):.1f} |")


if __name__ == "__main__":
    main()
