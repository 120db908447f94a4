"""Speed-networking rounds: who sits with whom in each, so that the right people meet, once."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eventmatch.matching.parameters import DEFAULT, Parameters
from eventmatch.matching.profile import Profile
from eventmatch.matching.ranking import gather

if TYPE_CHECKING:
    from eventmatch.matching.crowd import Crowd
    from eventmatch.matching.exclusions import Closed
    from eventmatch.rounds.seating import Earlier, Seated, Wanted

SMALLEST_TABLE, LARGEST_TABLE = 2, 8
MOST_ROUNDS = 30
MOST_IN_PAIRS = 10_000  # beyond, a round takes minutes
MOST_AT_TABLES = 3000  # beyond, everybody's score with everybody fills the memory
_FEW = 1000  # up to so many, pairs are chosen among all that there are


class NoPlan(Exception):
    """These people cannot be seated; `code` is for programs, the text for the command line."""

    code = "no_plan"


class TooFewPeople(NoPlan):
    """A meeting needs two."""

    code = "too_few_people"

    def __str__(self) -> str:
        """Return it as a sentence."""
        return "It takes at least two people to meet."


class TooManyPeople(NoPlan):
    """Nobody could plan this at once."""

    code = "too_many_people"

    def __str__(self) -> str:
        """Return it as a sentence."""
        return (
            f"Rounds can be planned for up to {MOST_IN_PAIRS:,} people in pairs,"
            f" and for up to {MOST_AT_TABLES:,} at larger tables."
        )


class NobodyCanMeet(NoPlan):
    """All are apart from each other."""

    code = "nobody_can_meet"

    def __str__(self) -> str:
        """Return it as a sentence."""
        return (
            "No two of these people can be seated together: they all work for the same company,"
            " share a mail domain, or are kept apart."
        )


@dataclass(frozen=True, slots=True)
class Seating:
    """One round, in ids: the people of each table, and who pauses."""

    tables: tuple[tuple[str, ...], ...]
    pausing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figures:
    """How good a plan is, earlier rounds included.

    `repeats` counts pairs that meet more than once. `share` is the part of an upper bound on all
    scores that the new rounds reach; for tables that bound is generous, for nobody can choose each
    neighbour freely.
    """

    people: int
    repeats: int
    least_pauses: int
    most_pauses: int
    share: float


@dataclass(frozen=True, slots=True)
class Plan:
    """The rounds to come, and how good they are."""

    rounds: tuple[Seating, ...]
    figures: Figures


def plan(
    profiles: Sequence[Profile],
    *,
    rounds: int,
    table_size: int,
    excluded: Collection[frozenset[str]] = (),
    closed: "Closed" = (),
    earlier: Sequence[Seating] = (),
    seed: int = 0,
    parameters: Parameters = DEFAULT,
    on_progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Plan:
    """Plan so many rounds, after the `earlier` ones, for the people who are here now.

    Colleagues, the `excluded` pairs of ids, and two groups of which one is `closed` to the other
    never share a table. Then, in this order: as many people as can sit somewhere, nobody meets
    somebody twice, who pauses changes, and people sit with those whom they fit best. Where the
    number is odd, tables of two let somebody pause; larger ones are filled as evenly as can be, and
    none has more people than `table_size`. The answer depends on the profiles, the earlier rounds
    and the seed, not on the order of the profiles.
    Raises: TooFewPeople, TooManyPeople, NobodyCanMeet; SameIdTwice; ValueError for sizes that no
    plan has.
    """
    _check(len(profiles), rounds=rounds, table_size=table_size)
    crowd = gather(profiles, seed=seed, parameters=parameters)
    ids = [profile.id for profile in crowd.profiles]
    position = {one: place for place, one in enumerate(ids)}
    from eventmatch.rounds.seating import Wanted

    seated = _seated(
        crowd,
        Wanted(rounds=rounds, table_size=table_size, seed=seed),
        excluded,
        closed,
        earlier=[_here(seating, position) for seating in earlier],
        on_progress=on_progress,
    )
    return Plan(
        tuple(_named(tables, ids) for tables in seated.rounds),
        Figures(len(ids), seated.repeats, seated.least_pauses, seated.most_pauses, seated.share),
    )


def _check(people: int, *, rounds: int, table_size: int) -> None:
    if not 1 <= rounds <= MOST_ROUNDS:
        raise ValueError(f"There are 1 to {MOST_ROUNDS} rounds, not {rounds}.")
    if not SMALLEST_TABLE <= table_size <= LARGEST_TABLE:
        raise ValueError(f"A table has 2 to {LARGEST_TABLE} people, not {table_size}.")
    if people < 2:
        raise TooFewPeople
    if people > (MOST_IN_PAIRS if table_size == 2 else MOST_AT_TABLES):
        raise TooManyPeople


def _seated(
    crowd: "Crowd",
    wanted: "Wanted",
    excluded: Collection[frozenset[str]],
    closed: "Closed",
    *,
    earlier: "Sequence[Earlier]",
    on_progress: Callable[[int, int], None],
) -> "Seated":
    """Return the tables, looking at all pairs of people where they are few enough."""
    from eventmatch.rounds.many import pair_everybody
    from eventmatch.rounds.seating import seat_everybody

    if wanted.table_size == 2 and len(crowd.profiles) > _FEW:
        seated = pair_everybody(
            crowd,
            wanted,
            excluded=excluded,
            closed=closed,
            earlier=earlier,
            on_progress=on_progress,
        )
    else:
        score, apart = crowd.compared(excluded, closed)
        if apart.all():
            raise NobodyCanMeet
        seated = seat_everybody(
            score.astype(float), apart, wanted, earlier=earlier, on_progress=on_progress
        )
    if not any(seated.rounds):
        raise NobodyCanMeet
    return seated


def _here(seating: Seating, position: dict[str, int]) -> tuple[list[list[int]], list[int]]:
    """Return the tables and who paused, of those who are still here, by position."""
    tables = [[position[one] for one in table if one in position] for table in seating.tables]
    return tables, [position[one] for one in seating.pausing if one in position]


def _named(tables: list[list[int]], ids: Sequence[str]) -> Seating:
    seated = {person for table in tables for person in table}
    return Seating(
        tuple(tuple(ids[person] for person in table) for table in tables),
        tuple(one for person, one in enumerate(ids) if person not in seated),
    )
