"""Every number that decides who is suggested to whom, in one place.

`bench/matching.py` repeats the experiments that chose them.
"""

from dataclasses import dataclass

from eventmatch.matching.synonyms import SYNONYMS


@dataclass(frozen=True, slots=True)
class Parameters:
    """How texts are compared, scores are put together and attention is shared."""

    common_weight: float = 1.0
    """w_c: what two people have in common (interests, tags, role)."""
    exchange_weight: float = 1.0
    """w_x: what one offers and the other seeks."""
    mutual_share: float = 0.2
    """How much of the exchange counts only if it goes both ways (the harmonic mean)."""

    rarity: float = 1.75
    """Exponent of the idf: above 1, rare words count for more than in plain TF-IDF."""
    pair_weight: float = 0.5
    """Pairs of neighbouring words beside single words."""
    gram_share: float = 0.4
    """Character n-grams in a short text; single words and pairs have the rest."""
    gram_words: int = 60
    """From this many words on a text has less and less need of n-grams."""
    synonyms: str = SYNONYMS
    """Groups of words that mean the same, one group a line."""

    evenness: float = 0.2
    """With a cap: by what part of the list one may be shown more or less often than others."""
    apart_by_company: bool = True
    """Whether people of one company, however it is spelled, are colleagues."""
    apart_by_domain: bool = True
    """Whether people of one mail domain are colleagues, unless it is a public mail provider."""


DEFAULT = Parameters()
