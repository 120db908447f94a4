"""Pages of an event's organiser: rules of matching, and what other rules would do."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventmatch.db import db
from eventmatch.errors import Invalid
from eventmatch.events.access import organised_event
from eventmatch.events.models import Event
from eventmatch.i18n import _
from eventmatch.matching.blueprint import bp
from eventmatch.matching.figures import coverage_of
from eventmatch.matching.forms import PairForm, RulesForm
from eventmatch.matching.material import rules_of
from eventmatch.matching.queries import find_run
from eventmatch.matching.rules import MOST_GROUPS, Rules
from eventmatch.matching.ruling import (
    find_guest,
    forget_trial,
    keep_apart,
    kept_apart,
    let_meet,
    set_rules,
    trial_of,
    try_rules,
)
from eventmatch.registration.groups import group_sizes
from eventmatch.registration.queries import get_registration

_RULES = "/organise/events/<slug>/matching/rules"


@bp.get(_RULES)
def show_rules(slug: str) -> str:
    """Show the rules that hold, or the ones that are tried out, and what they would do."""
    return _page(organised_event(slug))


def _page(event: Event, *, form: RulesForm | None = None, pair_form: PairForm | None = None) -> str:
    rules, trial = rules_of(event), trial_of(event)
    shown = trial.rules if trial else rules
    if form is None:
        form = RulesForm(
            formdata=None,
            apart_by_company=shown.apart_by_company,
            apart_by_domain=shown.apart_by_domain,
            shown_at_most=shown.shown_at_most,
        )
    sizes = group_sizes(event)
    return render_template(
        "matching/rules.html",
        event=event,
        form=form,
        pair_form=pair_form or PairForm(formdata=None),
        sizes=sizes,
        groups=_groups(sizes, shown),
        closed=form.rules().closed if form.is_submitted() and form.groups.data else shown.closed,
        trial=trial,
        is_changed=trial is not None and trial.rules != rules,
        run=find_run(event),
        coverage=coverage_of(event),
        pairs=kept_apart(event),
    )


def _groups(sizes: dict[str, int], rules: Rules) -> list[str]:
    """Return the groups that the matrix shows: the largest, and who is named by a rule."""
    ruled = {label for pair in rules.closed for label in pair}
    largest = sorted(sizes, key=lambda label: (label not in ruled, -sizes[label], label))
    return sorted([*largest, *sorted(ruled - {*sizes})][:MOST_GROUPS])


@bp.post(_RULES)
def change_rules(slug: str) -> ResponseReturnValue:
    """Let rules hold, or find out first what they would do."""
    event = organised_event(slug)
    form = RulesForm()
    if not form.validate_on_submit():
        return _page(event, form=form), 422
    if "try" in request.form:
        try_rules(event, form.rules())
    else:
        set_rules(event, form.rules())
        flash(_("The rules hold. The lists are being made anew."), "success")
    db.session.commit()
    return _to_rules(event)


def _to_rules(event: Event) -> ResponseReturnValue:
    return redirect(url_for("matching.show_rules", slug=event.slug), 303)


@bp.post(f"{_RULES}/trial/removal")
def remove_trial(slug: str) -> ResponseReturnValue:
    """Go back to the rules that hold."""
    event = organised_event(slug)
    forget_trial(event)
    db.session.commit()
    return _to_rules(event)


@bp.post(f"{_RULES}/pairs")
def create_pair(slug: str) -> ResponseReturnValue:
    """Keep two guests apart."""
    event = organised_event(slug)
    form = PairForm()
    if not form.validate_on_submit():
        return _page(event, pair_form=form), 422
    try:
        one = find_guest(event, form.one.data, field="one")
        other = find_guest(event, form.other.data, field="other")
        keep_apart(event, one, other)
    except Invalid as refusal:
        for name, sentences in refusal.fields.items():
            form[name].errors = [*form[name].errors, *sentences]
        return _page(event, pair_form=form), 422
    db.session.commit()
    flash(
        _(
            "%(name)s and %(other)s are kept apart from now on.",
            name=one.name,
            other=other.name,
        ),
        "success",
    )
    return _to_rules(event)


@bp.post(f"{_RULES}/pairs/<uuid:one_uid>/<uuid:other_uid>/removal")
def remove_pair(slug: str, one_uid: UUID, other_uid: UUID) -> ResponseReturnValue:
    """Keep two guests apart no more."""
    event = organised_event(slug)
    let_meet(event, get_registration(one_uid, event), get_registration(other_uid, event))
    db.session.commit()
    flash(_("The two may be suggested to each other again."), "success")
    return _to_rules(event)
