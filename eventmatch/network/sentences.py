"""One prepared sentence to write to somebody whom one has met."""

from collections.abc import Collection

from eventmatch.i18n import _

_PLANS = (
    "send_info",
    "meet_again",
    "follow_up",
)  # what one meant to do counts first, in this order


def prepared_sentence(
    *,
    first_name: str,
    event: str,
    chips: Collection[str] = (),
    kind: str = "",
    topic: str = "",
) -> str:
    """Return the sentence, in the language of who writes.

    `chips` are what the writer meant to do; `kind` and `topic` are why the two fit, as the
    matching says: `you_seek`, `you_offer` or `both`, and the words to begin with.
    """
    plan = next((one for one in _PLANS if one in chips), "")
    greeting = _(
        "Hello %(name)s, it was good to meet you at %(event)s.", name=first_name, event=event
    )
    return f"{greeting} {_about(plan, kind if topic else '', topic)}"


def _about(plan: str, kind: str, topic: str) -> str:
    if plan == "send_info":
        if topic:
            return _("As promised, here is what I told you about “%(topic)s”.", topic=topic)
        return _("As promised, here is what I told you about.")
    if plan == "meet_again":
        if topic:
            return _("Shall we meet again and go on about “%(topic)s”?", topic=topic)
        return _("Shall we meet again soon?")
    return _from_match(kind, topic)


def _from_match(kind: str, topic: str) -> str:
    if kind == "you_seek":
        return _(
            "You spoke of “%(topic)s”, which I am looking for. When may I call you?", topic=topic
        )
    if kind == "you_offer":
        return _("You are looking for “%(topic)s”. I can help; when shall we talk?", topic=topic)
    if kind == "both":
        return _("We both care about “%(topic)s”. Shall we go on with it?", topic=topic)
    return _("I would like to stay in touch. When shall we talk?")
