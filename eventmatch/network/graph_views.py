"""The picture of a person's network: on a page, with a table beside it, and as a file."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from eventmatch.badges.jobs import further_fonts
from eventmatch.badges.names import first_name_of
from eventmatch.i18n import _, _n
from eventmatch.network.drawing import drawn, group_class
from eventmatch.network.friends import Friend
from eventmatch.network.graph import Graph, graph_of
from eventmatch.network.painting import painted
from eventmatch.network.picture import Group, Node, Picture, Words, circles
from eventmatch.network.queries import ContactView
from eventmatch.people.access import signed_in_person, whose_requests
from eventmatch.web.filters import local_day
from eventmatch.web.limits import limiter

bp = Blueprint("graph", __name__)

LEAST_IN_CIRCLE = 3  # two who know each other are no circle yet
MOST_DRAWN = 1500  # people, those met last
MOST_GROUPS = 12  # of more the titles could not be read
MOST_FRIENDS = 60  # contacts of contacts, those first whom most may introduce


@bp.get("/network/picture")
def show_picture() -> str:
    """Show the network as a picture, and the same as a table."""
    graph = _graph()
    groups = _groups(graph)
    picture = _picture(graph, groups)
    friends = [(friend, graph.contacts[door].card.name) for friend, door in graph.friends]
    return render_template(
        "network/picture.html",
        picture=drawn(picture, _words(), with_links=True) if graph.contacts else "",
        groups=groups,
        contacts=graph.contacts,
        known=_known(graph),
        connectors=graph.connectors,
        friends=friends,
        ties=" ".join(f"{one}-{other}" for one, other in graph.ties),
        by=_by(),
        most=MOST_DRAWN,
        group_class=group_class,
    )


@bp.get("/network/picture.svg")
def download_drawing() -> Response:
    """Send the picture as a drawing, which stays sharp at any size.

    Contacts of contacts are on the page alone: nobody takes home whom they have not met.
    """
    return _file(_drawing().encode(), "image/svg+xml", "svg")


@bp.get("/network/picture.png")
@limiter.limit("12/minute", key_func=whose_requests)
def download_painting() -> Response:
    """Send the picture as dots."""
    return _file(painted(_drawing(), extra_fonts=further_fonts()), "image/png", "png")


def _file(content: bytes, media_type: str, ending: str) -> Response:
    response = Response(content, mimetype=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="eventmatch.{ending}"'
    return response


def _drawing() -> str:
    graph = replace(_graph(), friends=[])
    return drawn(_picture(graph, _groups(graph)), _words(), with_links=False)


def _words() -> Words:
    return Words(title=_("My network"), me=_("Me"))


def _by() -> str:
    return "circle" if request.args.get("by") == "circle" else "event"


def _graph() -> Graph:
    """Return the network of whoever is signed in, or as much of it as can be looked at."""
    graph = graph_of(signed_in_person())
    return Graph(
        graph.contacts[:MOST_DRAWN],
        [(one, other) for one, other in graph.ties if other < MOST_DRAWN],
        {number for number in graph.connectors if number < MOST_DRAWN},
        [(friend, door) for friend, door in graph.friends if door < MOST_DRAWN][:MOST_FRIENDS],
    )


def _known(graph: Graph) -> Counter[int]:
    """Return how many others of the network each of its people knows, as far as may be seen."""
    return Counter(number for tie in graph.ties for number in tie)


def _groups(graph: Graph) -> list[Group]:
    """Return those who belong together, the small or old groups beyond the first few as one."""
    groups = _circles(graph) if _by() == "circle" else _events(graph)
    if len(groups) <= MOST_GROUPS:
        return groups
    rest = [number for group in groups[MOST_GROUPS - 1 :] for number in group.nodes]
    return [*groups[: MOST_GROUPS - 1], Group(_("Others"), _count(rest), rest)]


def _events(graph: Graph) -> list[Group]:
    """Return those who were last met at the same event, the latest event first."""
    known = _known(graph)
    by_event: dict[int, list[int]] = {}
    for number, view in enumerate(graph.contacts):
        by_event.setdefault(_event_of(view), []).append(number)
    return [
        _event_group(graph, sorted(members, key=lambda number: (-known[number], number)))
        for members in by_event.values()
    ]


_INTRODUCED, _BROUGHT = 0, -1  # in the place of an event


def _event_of(view: ContactView) -> int:
    if view.meetings:
        return view.meetings[0].event_id
    return _INTRODUCED if view.introduced_at else _BROUGHT


def _event_group(graph: Graph, members: Sequence[int]) -> Group:
    count = _count(members)
    meetings = graph.contacts[members[0]].meetings
    if not meetings:
        is_introduced = graph.contacts[members[0]].introduced_at is not None
        return Group(_("Introduced") if is_introduced else _("Known before"), count, members)
    day = local_day(meetings[0].starts_at, meetings[0].timezone)
    return Group(meetings[0].title, f"{day} · {len(members)}", members)


def _circles(graph: Graph) -> list[Group]:
    """Return those who know each other under the name of who knows most; the others at the end."""
    found = circles(len(graph.contacts), graph.ties)
    groups = [
        Group(
            _("Around %(name)s", name=graph.contacts[members[0]].card.name),
            _count(members),
            members,
        )
        for members in found
        if len(members) >= LEAST_IN_CIRCLE
    ]
    alone = [number for members in found if len(members) < LEAST_IN_CIRCLE for number in members]
    return [*groups, *([Group(_("Others"), _count(alone), alone)] if alone else [])]


def _count(members: Sequence[int]) -> str:
    return _n("%(num)d person", "%(num)d people", len(members))


def _picture(graph: Graph, groups: Iterable[Group]) -> Picture:
    return Picture(
        [
            _node(view, is_connector=number in graph.connectors)
            for number, view in enumerate(graph.contacts)
        ],
        list(groups),
        graph.ties,
        [(_friend(friend), door) for friend, door in graph.friends],
    )


def _node(view: ContactView, *, is_connector: bool) -> Node:
    card = view.card
    introduces = _("introduces people") if is_connector else ""
    return Node(
        name=card.name,
        first_name=view.first_name or first_name_of(card.name),
        line=" · ".join(filter(None, (card.role, card.company, introduces))),
        url=url_for("network.show_contact", uid=view.uid),
        is_connector=is_connector,
    )


def _friend(friend: Friend) -> Node:
    card = friend.card
    return Node(
        name=card.name,
        first_name=first_name_of(card.name),
        line=" · ".join(filter(None, (card.role, card.company))),
        url=url_for("warm_introductions.new_introduction", uid=friend.uid),
    )
