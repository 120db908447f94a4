"""Numbers with which one can calculate as with fractions, although there are only so many.

Among the numbers below a prime that is what is left after dividing by it; for its powers numbers
are polynomials; for all others they are several such numbers side by side.
Source: R. Lidl and H. Niederreiter, "Finite Fields" (1997), chapter 2.
"""

from functools import reduce
from itertools import product

import numpy as np

from eventmatch.rounds.arrays import Counts


def arithmetic(size: int) -> tuple[Counts, Counts, int]:
    """Return the sums and the products of so many numbers, as tables, and a number of columns.

    Of that many first numbers any two differ by one that can be divided by.
    """
    fields = [_field(prime, power) for prime, power in _factors(size)]
    smallest = min(len(sums) for sums, _ in fields)
    sums, products = reduce(_side_by_side, fields)
    # In their several parts the first numbers are the same, so that they differ in each.
    first = [reduce(lambda one, field: one * len(field[0]) + n, fields, 0) for n in range(smallest)]
    order = [*first, *sorted({*range(size)} - {*first})]
    place = np.argsort(order)
    turned = np.ix_(order, order)
    return place[sums[turned]], place[products[turned]], smallest


def _factors(number: int) -> list[tuple[int, int]]:
    """Return the primes that make up the number, each with its power."""
    factors: dict[int, int] = {}
    prime = 2
    while number > 1:
        while number % prime == 0:
            factors[prime] = factors.get(prime, 0) + 1
            number //= prime
        prime += 1
    return list(factors.items())


def _field(prime: int, power: int) -> tuple[Counts, Counts]:
    """Return the tables of sums and products of `prime ** power` numbers."""
    digits = np.array(list(product(range(prime), repeat=power)))
    value = prime ** np.arange(power)[::-1]
    sums = (digits[:, None] + digits) % prime @ value
    for rest in digits:
        products = _products(digits, rest, prime) @ value
        if not np.any(products[1:, 1:] == 0):
            return sums, products
    raise AssertionError("There is a polynomial of every degree that cannot be divided.")


def _products(digits: Counts, rest: Counts, prime: int) -> Counts:
    """Return all products of polynomials, x to the power of their degree being `rest`."""
    size, power = digits.shape
    total = np.zeros((size, size, power), dtype=np.int64)
    for factor in range(power):
        total = _times_x(total, rest, prime) + digits[:, None, factor, None] * digits
    return total % prime


def _times_x(polynomials: Counts, rest: Counts, prime: int) -> Counts:
    moved = np.roll(polynomials, -1, axis=-1)
    leading = moved[..., -1:].copy()
    moved[..., -1] = 0
    return (moved + leading * rest) % prime


def _side_by_side(
    one: tuple[Counts, Counts], other: tuple[Counts, Counts]
) -> tuple[Counts, Counts]:
    sums, products = (
        np.kron(first * len(second), np.ones_like(second)) + np.kron(np.ones_like(first), second)
        for first, second in zip(one, other, strict=True)
    )
    return sums, products
