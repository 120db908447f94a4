"""How well texts find whom they belong to, beside plain scikit-learn, and with other parameters."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import labelled
import numpy as np
from labelled import Pairs

from eventmatch.matching.parameters import DEFAULT, Parameters
from eventmatch.matching.table import read_profiles

Square = np.ndarray[Any, Any]
Similar = Callable[[list[str], list[str]], Square]
Measure = Callable[[Similar], float]

TRIED: dict[str, Sequence[float]] = {
    "gram_share": (0.0, 0.2, 0.3, 0.4, 0.5, 0.6),
    "pair_weight": (0.0, 0.25, 0.5, 1.0),
    "rarity": (0.75, 1.0, 1.25, 1.5, 2.0),
    "gram_words": (15, 30, 60, 120),
}


def by_default(left: list[str], right: list[str]) -> Square:
    """Return plain scikit-learn's similarities."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    rows = TfidfVectorizer().fit_transform([*left, *right])
    similar: Square = (rows[: len(left)] @ rows[len(left) :].T).toarray()
    return similar


def by_space(parameters: Parameters) -> Similar:
    """Return how we compare texts."""
    from eventmatch.matching.space import Space

    def similarities(left: list[str], right: list[str]) -> Square:
        rows = Space([*left, *right], parameters).learnt.matrix
        similar: Square = (rows[: len(left)] @ rows[len(left) :].T).toarray()
        return similar

    return similarities


def of_pairs(pairs: Pairs) -> Measure:
    """Return the measure of how far up each text finds its partner, from both sides."""

    def measure(similarities: Similar) -> float:
        found = similarities([one for one, _ in pairs], [other for _, other in pairs])
        ranks = [
            (scores > own).sum(axis=1) + ((scores == own).sum(axis=1) + 1) / 2
            for scores in (found, found.T)
            for own in [np.diag(scores)[:, None]]
        ]
        return float(np.mean(1 / np.concatenate(ranks)))

    return measure


def of_biographies(seed: int) -> Measure:
    """Return the measure of how far up a biography finds the first of its own subject."""
    texts, subjects = labelled.biographies(seed=seed)
    same = np.equal.outer(subjects, subjects) & ~np.eye(len(texts), dtype=bool)

    def measure(similarities: Similar) -> float:
        found = similarities(texts, texts)
        np.fill_diagonal(found, -1)
        best = np.where(same, found, -1).max(axis=1)[:, None]
        ahead = (found > best).sum(axis=1)
        ties = ((found == best) & ~same).sum(axis=1) / 2  # by chance half of them come first
        return float(np.mean(1 / (1 + ahead + ties)))

    return measure


def measures(files: Sequence[Path]) -> dict[str, Measure]:
    """Return the measures on our own texts, and on fields of one person in the files."""
    found = {
        "who should meet (biographies)": of_biographies(seed=1),
        "offers and what is sought": of_pairs(
            labelled.among_small_talk(labelled.pairs("offers_and_seeks"), seed=1)
        ),
        "German compound and phrase": of_pairs(labelled.pairs("compounds")),
        "compounds, easily confused": of_pairs(labelled.compounds_put_together()),
        "German and English": of_pairs(labelled.pairs("two_languages")),
    }
    for file in files:
        profiles = read_profiles(file)
        found[f"{file.stem}: offers and interests"] = of_pairs(
            [(one.offers, one.interests) for one in profiles if one.offers and one.interests]
        )
        found[f"{file.stem}: halves of a text"] = of_pairs(
            [
                (" ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :]))
                for words in (one.interests.split() for one in profiles)
                if len(words) >= 16
            ]
        )
    return found


def print_quality(files: Sequence[Path]) -> None:
    """Print how well partners are found, beside plain scikit-learn."""
    print("Who belongs together (MRR)                     scikit-learn   ours  ratio")
    for name, measure in measures(files).items():
        base, found = measure(by_default), measure(by_space(DEFAULT))
        print(f"{name[:46]:46} {base:12.3f} {found:6.3f} {found / max(base, 1e-9):6.2f}")


def print_experiment(files: Sequence[Path]) -> None:
    """Print the mean over all measures for other parameters, one changed at a time."""
    print("\nOther parameters (mean MRR over all of these)")
    found = measures(files)
    for name, values in TRIED.items():
        for value in values:
            changed = by_space(replace(DEFAULT, **{name: value}))  # type: ignore[arg-type]
            mean = np.mean([measure(changed) for measure in found.values()])
            mark = " (ours)" if getattr(DEFAULT, name) == value else ""
            print(f"{name:12} {value:7} {mean:.4f}{mark}")
