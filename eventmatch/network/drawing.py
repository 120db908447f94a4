"""A network as a picture: SVG that a page shows and that stands alone as a file.

It carries colours of its own, for wherever it goes; on a page the style sheet has the last word.
"""

import math
from collections.abc import Iterable

from eventmatch.network.layout import FRIEND, ME, PERSON, Box, Flower, Layout, Spot, arranged
from eventmatch.network.picture import Group, Node, Picture, Words
from eventmatch.network.svg import attribute, disc, initials, point, short, shortened, text_of

DENSE = 120  # with more people names are shown only from near
_COLOURS = (  # soft, strong and dark
    ("#dbe6fb", "#7d9ee3", "#274690"),
    ("#d8efdf", "#6fb890", "#185537"),
    ("#fde3cf", "#e29c68", "#84430d"),
    ("#e9def8", "#a988d8", "#53318c"),
    ("#d1eef0", "#66b4ba", "#0f5259"),
    ("#fbdcdc", "#de8080", "#89222e"),
    ("#f7eabf", "#caa641", "#644b05"),
    ("#fadcee", "#d980b4", "#82215b"),
)
_INK, _QUIET, _PAPER, _ACCENT = "#171a21", "#555b68", "#fdfcfa", "#3450b5"
_FONT = (
    "Figtree, Noto Sans, Noto Sans Arabic, Noto Sans Hebrew, Noto Sans SC, Noto Emoji, sans-serif"
)
_LONGEST_TITLE, _LONGEST_NAME = 26, 11  # signs
_MARGIN = 10.0


def drawn(picture: Picture, words: Words, *, with_links: bool) -> str:
    """Return the picture as SVG; without links, and with a paper behind it, as a file."""
    return _Drawing(picture, with_links=with_links).svg(words)


def group_class(number: int) -> str:
    """Return the class that gives the group its colour."""
    return f"graph__group--{number % len(_COLOURS)}"


class _Drawing:
    """The picture while it is drawn: where everybody stands, and how large titles are."""

    def __init__(self, picture: Picture, *, with_links: bool) -> None:
        self.picture, self.with_links = picture, with_links
        self.layout, self.size = _laid_out(picture)
        self.spots: dict[int, tuple[int, Spot]] = {  # of each number, with its group
            number: (group, spot)
            for group, flower in enumerate(self.layout.flowers)
            for number, spot in zip(picture.groups[group].nodes, flower.people, strict=True)
        }

    def svg(self, words: Words) -> str:
        """Return all of it, from the back to the front."""
        left, top, right, bottom = self._box()
        x, y, width, height = map(short, (left, top, right - left, bottom - top))
        paper = f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{_PAPER}"/>'
        is_dense = len(self.picture.nodes) > DENSE
        parts = [
            "" if self.with_links else paper,
            *self._petals(),
            *self._ties(),
            *self._friends(),
            *self._people(),
            _me(words.me),
            *self._titles(),
        ]
        return (
            '<svg xmlns="http://www.w3.org/2000/svg"'
            f' class="graph__picture{" graph__picture--dense" if is_dense else ""}"'
            f' viewBox="{x} {y} {width} {height}" role="group" aria-label={attribute(words.title)}'
            f' font-family="{_FONT}" text-anchor="middle">'
            f"<title>{text_of(words.title)}</title>{''.join(parts)}</svg>\n"
        )

    def _box(self) -> Box:
        """Return left, top, right and bottom of all that is drawn."""
        left, top, right, bottom = self.layout.box
        for group, flower in zip(self.picture.groups, self.layout.flowers, strict=True):
            reach = _reach(group, self.size)
            left, right = min(left, flower.x - reach), max(right, flower.x + reach)
            if _is_below(flower):
                bottom = max(bottom, flower.y + flower.radius + 2.8 * self.size)
            else:
                top = min(top, flower.y - flower.radius - 2.8 * self.size)
        return left - _MARGIN, top - _MARGIN, right + _MARGIN, bottom + _MARGIN

    def _petals(self) -> Iterable[str]:
        """Yield a disc behind each group, and the stem that holds it."""
        for number, flower in enumerate(self.layout.flowers):
            soft, strong, _dark = _colours(number)
            yield f'<g class="{group_class(number)}">'
            distance = math.hypot(flower.x, flower.y)
            if distance:
                part = 1 - flower.radius / distance
                end = point((part * flower.x, part * flower.y))
                width = short(2 + math.log2(1 + len(flower.people)))
                yield (
                    f'<path class="graph__stem" d="M0 0L{end}"'
                    f' stroke="{strong}" stroke-opacity=".45" stroke-width="{width}"/>'
                )
            middle = (flower.x, flower.y)
            yield disc("graph__petal", middle, flower.radius, fill=soft, fill_opacity=0.55) + "</g>"

    def _ties(self) -> Iterable[str]:
        """Yield one path for the ties within each group, and one for those between groups."""
        opacity = round(max(0.18, min(0.75, 11 / math.sqrt(len(self.picture.ties) + 1))), 2)
        looks = f'fill="none" stroke-opacity="{opacity}"'
        within: dict[int, list[str]] = {}
        between: list[str] = []
        for one, other in self.picture.ties:
            (group, start), (other_group, end) = self.spots[one], self.spots[other]
            if group == other_group:
                flower = self.layout.flowers[group]
                bow = _bow(start, end, towards=(flower.x, flower.y), pull=0.15)
                within.setdefault(group, []).append(bow)
            else:
                between.append(_bow(start, end, towards=(0.0, 0.0), pull=0.6))
        for group, paths in sorted(within.items()):
            yield (
                f'<path class="graph__ties {group_class(group)}" d="{"".join(paths)}" {looks}'
                f' stroke="{_colours(group)[1]}" stroke-width="1.5"/>'
            )
        if between:
            yield (
                f'<path class="graph__bridges" d="{"".join(between)}" {looks}'
                f' stroke="{_QUIET}" stroke-width="1.2"/>'
            )

    def _people(self) -> Iterable[str]:
        """Yield everybody in the order of the groups, which is also the order of the keyboard."""
        shows_names = self.with_links or len(self.picture.nodes) <= DENSE
        for group_number, group in enumerate(self.picture.groups):
            for number in group.nodes:
                node, (_group, spot) = self.picture.nodes[number], self.spots[number]
                kinds = f"graph__person {group_class(group_number)}"
                yield self._opened(node, f"{_said(node)}. {group.title}", kinds, number)
                yield _face(node, spot, group_number)
                yield _name(node, spot) if shows_names else ""
                yield "</a>" if self.with_links else "</g>"

    def _friends(self) -> Iterable[str]:
        """Yield contacts of contacts: small and quiet, each tied to who may introduce them."""
        for number, spot in self.layout.friends.items():
            friend, through = self.picture.friends[number]
            group, start = self.spots[through]
            strong = _colours(group)[1]
            said = f"{_said(friend)} – {self.picture.nodes[through].name}"
            yield self._opened(friend, said, f"graph__friend {group_class(group)}")
            yield (
                f'<path class="graph__way" d="M{point(start)}L{point(spot)}" stroke="{strong}"'
                ' stroke-opacity=".6" stroke-dasharray="3 3"/>'
            )
            yield disc(
                "graph__dot", spot, FRIEND, fill=_PAPER, stroke=strong, stroke_dasharray="3 2"
            )
            yield "</a>" if self.with_links else "</g>"

    def _opened(self, node: Node, said: str, kinds: str, number: int | None = None) -> str:
        """Return the start of somebody: a link on a page, and who it is for all."""
        if not self.with_links:
            return f'<g class="{kinds}"><title>{text_of(said)}</title>'
        data = f' data-number="{number}"' if number is not None else ""
        url = attribute(node.url)
        return f'<a class="{kinds}" href={url}{data}><title>{text_of(said)}</title>'

    def _titles(self) -> Iterable[str]:
        """Yield the title of each group, on the side away from the middle."""
        size = self.size
        for number, group in enumerate(self.picture.groups):
            flower = self.layout.flowers[number]
            below = flower.y - flower.radius - 0.5 * size
            if _is_below(flower):
                below = flower.y + flower.radius + (2.3 if group.note else 1.2) * size
            above = below - (1.05 * size if group.note else 0)
            yield (
                f'<g class="graph__title {group_class(number)}" paint-order="stroke"'
                f' stroke="{_PAPER}" stroke-width="4" stroke-linejoin="round">'
                f'<text class="graph__heading" x="{short(flower.x)}" y="{short(above)}"'
                f' font-size="{short(size)}" font-weight="700" fill="{_colours(number)[2]}">'
                f"{text_of(shortened(group.title, _LONGEST_TITLE))}</text>"
                f'<text class="graph__note" x="{short(flower.x)}" y="{short(below)}"'
                f' font-size="{short(0.78 * size)}" fill="{_QUIET}">'
                f"{text_of(shortened(group.note, _LONGEST_TITLE))}</text></g>"
            )


def _laid_out(picture: Picture) -> tuple[Layout, float]:
    """Return the layout, and the size of titles that can be read in it."""
    sizes = [len(group.nodes) for group in picture.groups]
    place_of = {
        number: (group, at)
        for group, members in enumerate(picture.groups)
        for at, number in enumerate(members.nodes)
    }
    friends = {
        number: place_of[through] for number, (_friend, through) in enumerate(picture.friends)
    }
    left, top, right, bottom = arranged(sizes, friends=friends).box
    size = max(13.0, max(right - left, bottom - top) / 46)
    titles = [max(_reach(group, size), 2.5 * size) for group in picture.groups]
    return arranged(sizes, titles=titles, friends=friends), size


def _reach(group: Group, size: float) -> float:
    """Return about how far a group's title reaches to either side."""
    return 0.29 * size * min(max(len(group.title), len(group.note)), _LONGEST_TITLE)


def _is_below(flower: Flower) -> bool:
    """Tell whether the title stands below the flower, away from the middle."""
    return flower.y > 1


def _colours(group: int) -> tuple[str, str, str]:
    return _COLOURS[group % len(_COLOURS)]


def _bow(start: Spot, end: Spot, *, towards: Spot, pull: float) -> str:
    """Return a line between two spots that bends towards a third."""
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    x, y = (m + pull * (t - m) for m, t in zip(middle, towards, strict=True))
    return f"M{point(start)}Q{short(x)} {short(y)} {point(end)}"


# Everything of a person says itself where it is: a thousand groups that are shifted cost a browser
# much more than a thousand circles.


def _face(node: Node, spot: Spot, group: int) -> str:
    """Return a disc with the initials; a connector's has a ring."""
    x, y = spot
    _soft, strong, dark = _colours(group)
    ring = disc("graph__ring", spot, PERSON + 3.5, fill="none", stroke=dark, stroke_width=2)
    return (
        (ring if node.is_connector else "")
        + disc("graph__disc", spot, PERSON, fill=_PAPER, stroke=strong, stroke_width=1.5)
        + f'<text class="graph__initials" x="{short(x)}" y="{short(y + 4)}" font-size="11"'
        f' font-weight="700" fill="{dark}">'
        f"{text_of(initials(node.name))}</text>"
    )


def _name(node: Node, spot: Spot) -> str:
    x, y = spot[0], spot[1] + PERSON + (12.5 if node.is_connector else 8.5)
    shown = shortened(node.first_name or node.name, _LONGEST_NAME)
    return (
        f'<text class="graph__name" x="{short(x)}" y="{short(y)}" font-size="8.5" fill="{_INK}"'
        f' paint-order="stroke" stroke="{_PAPER}" stroke-width="2">{text_of(shown)}</text>'
    )


def _me(word: str) -> str:
    return (
        f'<g class="graph__me">{disc("graph__hub", (0, 0), ME, fill=_ACCENT)}'
        f'<text y="5" font-size="15" font-weight="700" fill="{_PAPER}">{text_of(word)}</text></g>'
    )


def _said(node: Node) -> str:
    return ", ".join(filter(None, (node.name, node.line)))
