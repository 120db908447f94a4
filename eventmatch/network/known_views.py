"""Pages on which a person brings the people they know already, and forgets them again."""

from collections import Counter
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from werkzeug.datastructures import FileStorage

from eventmatch.db import db
from eventmatch.errors import Invalid
from eventmatch.i18n import _, _l, _n
from eventmatch.network.acquainting import become_contacts
from eventmatch.network.known_people import Source, Verdict, read_known_people
from eventmatch.paging import read_cursor
from eventmatch.people.access import signed_in_person, whose_requests
from eventmatch.people.forms import AddressFileForm, TakeInForm
from eventmatch.people.imports import Line, forget_acquaintance, forget_list, keep_list, take_in
from eventmatch.people.models import Person
from eventmatch.people.queries import (
    acquaintances_page,
    get_list,
    known_addresses,
    lists_of,
)
from eventmatch.web.cleaning import cleaned
from eventmatch.web.limits import limiter
from eventmatch.web.requests import takes_files

bp = Blueprint("known", __name__)

_MOST_SHOWN = 200  # lines of a preview

SOURCES: dict[str, LazyString] = {
    Source.VCARD.value: _l("vCards"),
    Source.LINKEDIN.value: _l("LinkedIn"),
    Source.GOOGLE.value: _l("Google Contacts"),
    Source.OUTLOOK.value: _l("Outlook"),
    Source.OTHER.value: _l("CSV file"),
}
VERDICTS: dict[str, LazyString] = {
    Verdict.NEW.value: _l("new"),
    Verdict.KNOWN.value: _l("on your list already"),
    Verdict.AGAIN.value: _l("twice in this file"),
    Verdict.OWN.value: _l("that is you"),
    Verdict.NO_ADDRESS.value: _l("without a mail address"),
    Verdict.BAD_ADDRESS.value: _l("not a mail address"),
    Verdict.UNREADABLE.value: _l("cannot be read"),
}


@bp.get("/network/known")
def show_known() -> str:
    """Show whom the person has brought, and where to choose a file."""
    return _page(signed_in_person(), AddressFileForm())


def _page(person: Person, form: AddressFileForm) -> str:
    return render_template(
        "network/known.html",
        form=form,
        lists=lists_of(person),
        page=acquaintances_page(person, after=read_cursor(request.args.get("cursor"))),
        sources=SOURCES,
    )


@bp.post("/network/known")
@limiter.limit("20/hour", key_func=whose_requests)
@takes_files
def create_list() -> ResponseReturnValue:
    """Read a file, and show what is in it; nobody is taken in yet."""
    person = signed_in_person()
    form = AddressFileForm()
    if not form.validate_on_submit():
        return _page(person, form), 422
    file: FileStorage = form.file.data
    known = known_addresses(person)
    db.session.commit()  # reading a long file takes seconds, which nobody else shall wait
    try:
        read = read_known_people(file.read(), own_address=person.email, known=known)
    except Invalid as refusal:
        form.file.errors = [*form.file.errors, *refusal.fields["file"]]
        return _page(person, form), 422
    lines = [
        Line(
            found.line,
            found.name,
            found.email,
            found.verdict.value,
            is_wanted=found.verdict in {Verdict.NEW, Verdict.KNOWN},
        )
        for found in read.found
    ]
    kept = keep_list(
        person, filename=cleaned(file.filename or ""), source=read.source.value, lines=lines
    )
    db.session.commit()
    return redirect(url_for(".show_list", list_id=kept.id), 303)


@bp.get("/network/known/<uuid:list_id>")
def show_list(list_id: UUID) -> ResponseReturnValue:
    """Show what is in a file, with a verdict for each line."""
    kept = get_list(list_id, signed_in_person())
    if kept.taken_in_at is not None:
        return redirect(url_for(".show_known"), 303)
    return render_template(
        "network/known_list.html",
        kept=kept,
        form=TakeInForm(),
        lines=kept.found[:_MOST_SHOWN],
        counts=Counter(line["verdict"] for line in kept.found),
        verdicts=VERDICTS,
        sources=SOURCES,
    )


@bp.post("/network/known/<uuid:list_id>")
def take_list_in(list_id: UUID) -> ResponseReturnValue:
    """Note everybody on the list as known."""
    person = signed_in_person()
    wants_contacts = bool(TakeInForm().become_contacts.data)
    take_in(person, get_list(list_id, person), become_contacts=wants_contacts)
    count = become_contacts(person) if wants_contacts else 0
    db.session.commit()
    flash(_("Noted. Whoever is on this list is not suggested to you as new."), "success")
    if count:
        flash(
            _n(
                "%(num)d of those you brought has brought you, too: you are contacts now.",
                "%(num)d of those you brought have brought you, too: you are contacts now.",
                count,
            ),
            "success",
        )
    return redirect(url_for(".show_known"), 303)


@bp.post("/network/known/<uuid:list_id>/removal")
def remove_list(list_id: UUID) -> ResponseReturnValue:
    """Forget a list, and everybody whom it alone brought."""
    forget_list(get_list(list_id, signed_in_person()))
    db.session.commit()
    flash(_("The list is forgotten, and everybody whom only it brought."), "success")
    return redirect(url_for(".show_known"), 303)


@bp.post("/network/known/removal")
def remove_acquaintance() -> ResponseReturnValue:
    """Forget that the person knows somebody."""
    forget_acquaintance(signed_in_person(), cleaned(request.form.get("email", "")[:254]))
    db.session.commit()
    flash(_("Forgotten. You may be suggested to each other again."), "success")
    return redirect(url_for(".show_known"), 303)
