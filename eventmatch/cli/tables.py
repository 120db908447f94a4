"""Commands on files alone, without any database."""

from pathlib import Path

import click

from eventmatch.cli.base import FILE, OUTPUT, written

_RULES = click.option(
    "--rules", type=FILE, help="A JSON file: which groups and pairs stay apart, as in the API."
)


@click.command()
@click.argument("input", type=FILE)
@click.option("--top", default=10, show_default=True, type=click.IntRange(1), help="Per person.")
@click.option("--output", required=True, type=OUTPUT)
@click.option("--cap", type=click.IntRange(1), help="How often one person is shown at most.")
@click.option("--seed", default=0, show_default=True)
@_RULES
def suggest(
    input: Path, top: int, output: Path, cap: int | None, seed: int, rules: Path | None
) -> None:
    """Suggest whom to meet to everybody in a CSV file, with reasons."""
    from eventmatch.matching.rules import NO_RULES, UnreadableRules, read_rules
    from eventmatch.matching.table import UnreadableTable, run_suggest

    try:
        ruled = read_rules(rules) if rules else NO_RULES
        with written(output):
            rows = run_suggest(input, output, top=top, cap=cap, seed=seed, ruled=ruled)
    except (UnreadableTable, UnreadableRules) as problem:
        raise click.ClickException(str(problem)) from None
    except OSError as problem:
        raise click.FileError(str(problem.filename or output), problem.strerror) from None
    click.echo(f"{rows} suggestions written to {output}.", err=True)


@click.command()
@click.argument("input", type=FILE)
@click.option("--rounds", "count", default=6, show_default=True, type=click.IntRange(1, 30))
@click.option(
    "--table-size", default=2, show_default=True, type=click.IntRange(2, 8), help="People a table."
)
@click.option("--output", required=True, type=OUTPUT)
@click.option("--seed", default=0, show_default=True)
@_RULES
def rounds(
    input: Path, count: int, table_size: int, output: Path, seed: int, rules: Path | None
) -> None:
    """Plan who sits with whom in speed-networking rounds, for everybody in a CSV file."""
    from eventmatch.matching.rules import NO_RULES, UnreadableRules, read_rules
    from eventmatch.matching.table import UnreadableTable
    from eventmatch.rounds.planning import NoPlan
    from eventmatch.rounds.table import run_rounds, said

    try:
        ruled = read_rules(rules) if rules else NO_RULES
        with written(output):
            plan = run_rounds(
                input, output, rounds=count, table_size=table_size, seed=seed, ruled=ruled
            )
    except (UnreadableTable, UnreadableRules, NoPlan) as problem:
        raise click.ClickException(str(problem)) from None
    click.echo(said(plan), err=True)
