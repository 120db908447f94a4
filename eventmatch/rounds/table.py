"""`eventmatch rounds`: profiles from a CSV file, a seating plan into one."""

import csv
from pathlib import Path

from eventmatch.matching.rules import NO_RULES, RulesOfFile
from eventmatch.matching.table import read_profiles
from eventmatch.rounds.planning import Plan, plan

OUTPUT = ("round", "table", "id")


def run_rounds(
    input: Path,
    output: Path,
    *,
    rounds: int,
    table_size: int,
    seed: int = 0,
    ruled: RulesOfFile = NO_RULES,
) -> Plan:
    """Read profiles, write who sits where in each round, and return the plan.

    Who pauses has no row in that round. Raises: UnreadableTable, NoPlan.
    """
    planned = plan(
        read_profiles(input),
        rounds=rounds,
        table_size=table_size,
        seed=seed,
        excluded=ruled.apart,
        closed=ruled.rules.closed,
        parameters=ruled.rules.parameters,
    )
    with output.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(OUTPUT)
        for number, seating in enumerate(planned.rounds, start=1):
            for table, people in enumerate(seating.tables, start=1):
                writer.writerows((number, table, one) for one in sorted(people))
    return planned


def said(planned: Plan) -> str:
    """Return how good the plan is, in sentences for the one who ran the command."""
    figures = planned.figures
    number = len(planned.rounds)
    sentences = [f"{figures.people} people in {number} {'round' if number == 1 else 'rounds'}."]
    if figures.repeats:
        verb = "pair meets" if figures.repeats == 1 else "pairs meet"
        sentences.append(f"{figures.repeats} {verb} more than once.")
    else:
        sentences.append("Nobody meets twice.")
    if figures.most_pauses:
        sentences.append(f"Everybody pauses {_times(figures.least_pauses, figures.most_pauses)}.")
    sentences.append(f"{figures.share:.1%} of the upper bound.")
    return " ".join(sentences)


def _times(least: int, most: int) -> str:
    if least == most:
        return "once" if most == 1 else f"{most} times"
    return f"{least} to {most} times"
