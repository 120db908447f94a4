"""Matching against plain scikit-learn: quality, evenness, time and memory in one run.

python bench/matching.py PEOPLE.csv [MORE.csv …] [--people 10000] [--top 10] [--experiment]

The files are in the format of `eventmatch suggest`. The larger event is made up from their rows,
each field from another person. Plain scikit-learn is `TfidfVectorizer()` as it comes over all texts
of a person, `cosine_similarity` and `argsort`. Everything is seeded; only the times change from run
to run.
"""

import argparse
import csv
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from eventmatch.matching.mending import Shares
from eventmatch.matching.parameters import DEFAULT, Parameters
from eventmatch.matching.profile import Profile
from eventmatch.matching.ranking import gather, suggest, suggest_for
from eventmatch.matching.table import COLUMNS, read_profiles, run_suggest

COMPOUNDS = """
Rehabilitationsmedizin = rehabilitative Medizin
Datenjournalismus = Journalismus mit Daten
Verkehrsplanung = Planung des Verkehrs
Umweltbildung = Bildung für die Umwelt
Softwareentwicklung = Entwicklung von Software
Klimaforschung = Erforschung des Klimas
Energieberatung = Beratung zu Energie
Wasserversorgung = Versorgung mit Wasser
Kinderheilkunde = Heilkunde für Kinder
Waldbrandbekämpfung = Bekämpfung von Waldbränden
Steuerrecht = Recht der Steuern
Schulsozialarbeit = soziale Arbeit an Schulen
Lebensmittelsicherheit = sichere Lebensmittel
Holzbau = Bauen mit Holz
Bodenschutz = Schutz der Böden
Musiktherapie = therapeutische Musik
Sportpsychologie = Psychologie im Sport
Luftfahrtindustrie = Industrie der Luftfahrt
Produktgestaltung = Gestaltung von Produkten
Pflanzenzüchtung = Züchtung von Pflanzen
Gebäudesanierung = Sanierung von Gebäuden
Personalentwicklung = Entwicklung des Personals
Kundenbetreuung = Betreuung von Kunden
Qualitätskontrolle = Kontrolle der Qualität
Arbeitssicherheit = Sicherheit bei der Arbeit
Finanzplanung = finanzielle Planung
Industriedesign = industrielles Design
Tiermedizin = Medizin für Tiere
Sprachförderung = Förderung der Sprache
Hochwasserschutz = Schutz vor Hochwasser
Denkmalpflege = Pflege von Denkmälern
Rechtsberatung = rechtliche Beratung
Altenpflege = Pflege alter Menschen
Medienpädagogik = pädagogische Arbeit mit Medien
Maschinensteuerung = Steuerung von Maschinen
Buchgestaltung = Gestaltung von Büchern
Wirtschaftsprüfung = Prüfung der Wirtschaft
Kulturvermittlung = Vermittlung von Kultur
Batterieforschung = Erforschung von Batterien
Solartechnik = solare Technik
Bibliotheksverwaltung = Verwaltung einer Bibliothek
Chemieunterricht = Unterricht in Chemie
Landschaftsarchitektur = Architektur der Landschaft
"""

LANGUAGES = """
KI in der Medizin = artificial intelligence for medicine
Vertrieb von Maschinen = sales of machines
Lieferkette und Logistik = supply chain and logistics
Datenschutz im Verein = privacy in clubs
Forschung zu Wasserstoff = hydrogen research
Pflege im Krankenhaus = nursing in hospitals
Beratung im Einkauf = procurement consulting
Landwirtschaft und Klimaschutz = agriculture and climate protection
Übersetzung und Sprache = translation and language
Finanzierung durch Wagniskapital = venture capital funding
"""

Pairs = Sequence[tuple[str, str]]
Similar = Callable[[list[str], list[str]], np.ndarray[Any, Any]]


def people_like(files: Sequence[Path], people: int, path: Path) -> None:
    """Write an event of the given size, each field cut from a random row of the files."""
    known = [profile for file in files for profile in read_profiles(file)]
    chance = random.Random(1)
    longest = {"interests": 10, "offers": 6, "seeks": 6, "role": 4, "tags": 4}
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS)
        writer.writeheader()
        for number in range(people):
            row = {"id": f"P{number:06}", "company": f"Company {chance.randrange(people // 4 + 1)}"}
            for field, words in longest.items():
                text = getattr(chance.choice(known), field).split()
                start = chance.randrange(max(1, len(text) - words + 1))
                row[field] = " ".join(text[start : start + words])
            writer.writerow(row)


def plain(people: Path, output: Path, top: int) -> None:
    """Do what one writes in ten lines with scikit-learn."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.metrics.pairwise import cosine_similarity

    with people.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    texts = [" ".join(row[name] for name in COLUMNS[4:9]) for row in rows]
    score = cosine_similarity(TfidfVectorizer().fit_transform(texts))
    np.fill_diagonal(score, -1)
    best = np.argsort(-score, axis=1)[:, :top]
    with output.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for one, shown in enumerate(best):
            writer.writerows(
                (rows[one]["id"], rows[other]["id"], rank, score[one, other])
                for rank, other in enumerate(shown, start=1)
            )


def ours(people: Path, output: Path, top: int) -> None:
    """Do what `eventmatch suggest` does."""
    run_suggest(people, output, top=top)


def ours_capped(people: Path, output: Path, top: int) -> None:
    """Do what `eventmatch suggest --cap` does."""
    run_suggest(people, output, top=top, cap=top + 2)


WAYS = {"plain": plain, "ours": ours, "capped": ours_capped}


def measured(way: str, people: Path, top: int) -> tuple[float, float]:
    """Return seconds and gigabytes of a whole command, from starting Python to the written file."""
    command = [sys.executable, __file__, str(people), "--way", way, "--top", str(top)]
    started = time.perf_counter()
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return time.perf_counter() - started, float(said)


def run_alone(way: str, people: Path, top: int) -> None:
    """Do the work of one command and print the memory it took."""
    WAYS[way](people, people.with_suffix(".out"), top)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6)


def speed(files: Sequence[Path], people: int, top: int) -> None:
    """Print time and memory beside plain scikit-learn's, best of two runs each."""
    print(f"\nTop {top} of {people} people   seconds  ratio    GB  ratio")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        people_like(files, people, path)
        runs = {way: min(measured(way, path, top) for _ in range(2)) for way in WAYS}
    base = runs["plain"]
    for name, (seconds, size) in runs.items():
        print(
            f"{name:24} {seconds:9.2f} {seconds / base[0]:6.2f} {size:5.2f} {size / base[1]:6.2f}"
        )


def by_default(left: list[str], right: list[str]) -> np.ndarray[Any, Any]:
    """Return plain scikit-learn's similarities."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    rows = TfidfVectorizer().fit_transform([*left, *right])
    similar: np.ndarray[Any, Any] = (rows[: len(left)] @ rows[len(left) :].T).toarray()
    return similar


def by_space(parameters: Parameters) -> Similar:
    """Return how we compare texts."""
    from eventmatch.matching.space import Space

    def similarities(left: list[str], right: list[str]) -> np.ndarray[Any, Any]:
        rows = Space([*left, *right], parameters).learnt.matrix
        similar: np.ndarray[Any, Any] = (rows[: len(left)] @ rows[len(left) :].T).toarray()
        return similar

    return similarities


def mean_reciprocal_rank(pairs: Pairs, similarities: Similar) -> float:
    """Return how far up each text finds its partner among all partners, from both sides."""
    found = similarities([one for one, _ in pairs], [other for _, other in pairs])
    ranks = [
        (scores > own).sum(axis=1) + ((scores == own).sum(axis=1) + 1) / 2
        for scores in (found, found.T)
        for own in [np.diag(scores)[:, None]]
    ]
    return float(np.mean(1 / np.concatenate(ranks)))


def labelled(files: Sequence[Path]) -> dict[str, Pairs]:
    """Return texts that belong together: ours, and fields of one person in the files."""
    sets: dict[str, Pairs] = {
        "German compound and phrase": written(COMPOUNDS),
        "German and English": written(LANGUAGES),
    }
    for file in files:
        profiles = read_profiles(file)
        sets[f"{file.stem}: offers and interests"] = [
            (one.offers, one.interests) for one in profiles if one.offers and one.interests
        ]
        sets[f"{file.stem}: halves of a text"] = [
            (" ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :]))
            for words in (one.interests.split() for one in profiles)
            if len(words) >= 16
        ]
    return sets


def written(lines: str) -> Pairs:
    """Return the pairs of a list above."""
    sides = (line.split(" = ") for line in lines.strip().splitlines())
    return [(one, other) for one, other in sides]


def quality(sets: dict[str, Pairs]) -> None:
    """Print how well partners are found, beside plain scikit-learn."""
    print("\nWho belongs together (MRR)                     scikit-learn   ours  ratio")
    for name, pairs in sets.items():
        base, found = (mean_reciprocal_rank(pairs, by) for by in (by_default, by_space(DEFAULT)))
        print(f"{name[:46]:46} {base:12.3f} {found:6.3f} {found / max(base, 1e-9):6.2f}")


def experiment(sets: dict[str, Pairs]) -> None:
    """Print the mean over all sets for other parameters, one changed at a time."""
    print("\nOther parameters (mean MRR over all sets)")
    tried: dict[str, Sequence[float]] = {
        "gram_share": (0.0, 0.2, 0.3, 0.4, 0.5, 0.6),
        "pair_weight": (0.0, 0.25, 0.5, 1.0),
        "rarity": (0.75, 1.0, 1.25, 1.5, 2.0),
        "gram_words": (15, 30, 60, 120),
    }
    for name, values in tried.items():
        for value in values:
            changed = replace(DEFAULT, **{name: value})  # type: ignore[arg-type]
            mean = np.mean(
                [mean_reciprocal_rank(pairs, by_space(changed)) for pairs in sets.values()]
            )
            mark = " (ours)" if getattr(DEFAULT, name) == value else ""
            print(f"{name:12} {value:7} {mean:.4f}{mark}")


def evenness(files: Sequence[Path], *, people: int = 400, limit: int = 5, cap: int = 8) -> None:
    """Print how even attention is, and how much of the best possible total the lists keep."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        people_like(files, people, path)
        profiles = read_profiles(path)
    free, capped = suggest(profiles, limit=people), suggest(profiles, limit=limit, cap=cap)
    score = {(one, shown.other_id): shown.score for one in free for shown in free[one]}
    total = sum(shown.score for others in capped.values() for shown in others)
    shares = Shares.under(cap, limit=limit, evenness=DEFAULT.evenness)
    best = best_possible(score, shares.length, 0, cap)
    best_even = best_possible(score, shares.length, shares.least, shares.even)
    uncapped = sum(shown.score for others in free.values() for shown in others[:limit])
    seen = exposure(capped, profiles)
    seen_uncapped = exposure({one: others[:limit] for one, others in free.items()}, profiles)
    print(f"\n{people} people, {limit} each, cap {cap}")
    print(f"of the best possible under the cap      {total / best:.4f}")
    print(f"of the best possible as even as this    {total / best_even:.4f}")
    print(f"of everybody's own best, without a cap  {total / uncapped:.4f}")
    print(f"shown at least, at most                 {min(seen)}, {max(seen)}")
    print(f"  without a cap                         {min(seen_uncapped)}, {max(seen_uncapped)}")
    print(f"Gini                                    {gini(seen):.3f}")
    print(f"  without a cap                         {gini(seen_uncapped):.3f}")
    print(f"lists that are short                    {sum(len(x) < limit for x in capped.values())}")


def exposure(lists: dict[str, Any], profiles: Sequence[Profile]) -> list[int]:
    """Return how often each person is shown."""
    count = dict.fromkeys((profile.id for profile in profiles), 0)
    for others in lists.values():
        for shown in others:
            count[shown.other_id] += 1
    return list(count.values())


def gini(values: Sequence[int]) -> float:
    """Return 0 when all are shown equally often, towards 1 when one is shown alone."""
    ordered = np.sort(values)
    weight = 2 * np.arange(1, len(ordered) + 1) - len(ordered) - 1
    return float(weight @ ordered / (len(ordered) * ordered.sum()))


def best_possible(score: dict[tuple[str, str], float], length: int, least: int, most: int) -> float:
    """Return the largest total that lists under these shares can have (a linear programme)."""
    import scipy.sparse as sp
    from scipy.optimize import linprog

    position = {name: number for number, name in enumerate(sorted({one for one, _ in score}))}
    one = [position[pair[0]] for pair in score]
    other = [position[pair[1]] for pair in score]
    ones, number = np.ones(len(one)), np.arange(len(one))
    shape = len(position), len(one)
    lists = sp.csr_array((ones, (one, number)), shape=shape)
    shown = sp.csr_array((ones, (other, number)), shape=shape)
    solved = linprog(
        -np.array(list(score.values())),
        A_ub=sp.vstack([lists, shown, -shown]),
        b_ub=np.repeat([length, most, -least], len(position)),
        bounds=(0, 1),
    )
    return float(-solved.fun)


def late_guest(files: Sequence[Path], people: int, top: int) -> None:
    """Print how long the list of one late guest takes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        people_like(files, people + 20, path)
        profiles = read_profiles(path)
    crowd = gather(profiles[:people])
    times = []
    for late in profiles[people:]:
        started = time.perf_counter()
        suggest_for(late, crowd, limit=top)
        times.append(time.perf_counter() - started)
    print(f"\nA late guest among {people}: {1000 * float(np.median(times)):.0f} ms")


def main() -> None:
    """Run everything."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("files", nargs="+", type=Path)
    options.add_argument("--people", type=int, default=10_000)
    options.add_argument("--top", type=int, default=10)
    options.add_argument("--experiment", action="store_true", help="also try other parameters")
    options.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.way:
        run_alone(asked.way, asked.files[0], asked.top)
        return
    sets = labelled(asked.files)
    quality(sets)
    if asked.experiment:
        experiment(sets)
    evenness(asked.files)
    late_guest(asked.files, asked.people, asked.top)
    speed(asked.files, asked.people, asked.top)


if __name__ == "__main__":
    main()
