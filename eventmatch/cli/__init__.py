"""The command line: parse, act, commit, say.

Only the commands that need the app import it, so that the others start at once.
"""

import click

from eventmatch.cli.accounts import account, token
from eventmatch.cli.events import event_group
from eventmatch.cli.operation import backup, doctor, restore
from eventmatch.cli.serving import demo, migrate, run, worker
from eventmatch.cli.tables import rounds, suggest


@click.group()
def main() -> None:
    """Run eventmatch: badges, door, matching and contacts for fairs and meetings."""


for _command in (
    run,
    worker,
    migrate,
    demo,
    suggest,
    rounds,
    event_group,
    account,
    token,
    doctor,
    backup,
    restore,
):
    main.add_command(_command)
