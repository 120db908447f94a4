import re
from datetime import UTC, datetime

import pytest

from eventmatch.db import db
from eventmatch.events.actions import create_token
from eventmatch.events.models import ApiToken, Event, EventState, Membership, Role, Scope
from eventmatch.events.queries import find_event, get_event
from tests.conftest import a_browser
from tests.factories import a_registration, an_account, an_event, organiser_browser

NEW = {
    "title": "Messe für Brot & Käse",
    "place": "Alte Schlosserei, Offenbach",
    "description": "Ein Tag.",
    "starts_at": "2027-03-11T09:00",
    "ends_at": "2027-03-11T18:00",
    "timezone": "Europe/Berlin",
    "capacity": "120",
    "languages": ["de", "en"],
    "accent": "#B4233C",
}


@pytest.fixture
def owner(app):
    return an_account()


@pytest.fixture
def organiser(app, owner):
    return organiser_browser(app, owner)


def with_role(event: Event, role: Role):
    account = an_account()
    db.session.add(Membership(event_id=event.id, account_id=account.id, role=role))
    db.session.commit()
    return account


# --- my events


def test_without_an_event_the_page_says_how_to_make_one(organiser):
    page = organiser.get("/organise")

    assert "No event yet" in page.text
    assert "/organise/events/new" in page.text


def test_my_events_show_state_and_seats_and_nobody_elses(organiser, owner):
    event = an_event(owner, title="Bread Fair", capacity=7)
    an_event(an_account(), title="Cheese Fair")
    a_registration(event)

    page = organiser.get("/organise")

    assert "Bread Fair" in page.text
    assert "1 / 7" in page.text
    assert "Live" in page.text
    assert "Cheese Fair" not in page.text


def test_a_steward_sees_the_event_but_no_way_into_it(app):
    event = an_event(title="Bread Fair")
    organiser = organiser_browser(app, with_role(event, Role.STEWARD))

    page = organiser.get("/organise")

    assert "Bread Fair" in page.text
    assert f'href="/organise/events/{event.slug}"' not in page.text


# --- creating


def test_a_new_event_is_a_draft_with_moments_in_its_own_zone(organiser, owner):
    answer = organiser.post("/organise/events/new", data=NEW | {"timezone": "America/New_York"})

    event = get_event("messe-fuer-brot-und-kaese")
    assert answer.status_code == 303
    assert answer.location == "/organise/events/messe-fuer-brot-und-kaese"
    assert event.state is EventState.DRAFT
    assert event.starts_at == datetime(2027, 3, 11, 14, 0, tzinfo=UTC)
    assert event.doors_open_at is None
    assert event.accent == "#b4233c"
    assert event.languages == ["de", "en"]
    assert "Messe für Brot &amp; Käse" in organiser.get("/organise").text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": ""}, "Please give the event a title."),
        ({"ends_at": "2027-03-11T09:00"}, "The end must be after the start."),
        ({"starts_at": "tomorrow"}, "Not a valid datetime value."),
        ({"capacity": "0"}, "from 1 to 100000"),
        ({"capacity": "100001"}, "from 1 to 100000"),
        ({"capacity": "many"}, "Not a valid integer value."),
        ({"timezone": "Mars/Olympus"}, "Not a valid choice."),
        ({"languages": []}, "at least one language"),
        ({"languages": ["tlh"]}, "not a valid choice"),
        ({"accent": "red"}, "Please choose a colour."),
        (
            {"doors_open_at": "2027-03-11T09:00", "doors_close_at": "2027-03-11T08:00"},
            "The doors must close after they open.",
        ),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_the_rest_stays_as_typed(
    organiser, wrong, sentence
):
    answer = organiser.post("/organise/events/new", data=NEW | wrong)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Alte Schlosserei, Offenbach" in answer.text
    assert db.session.query(Event).count() == 0
    for name in ("starts_at", "capacity"):
        assert f'value="{(NEW | wrong)[name]}"' in answer.text


def test_another_event_like_one_begins_with_all_but_its_dates(organiser, owner):
    model = an_event(
        owner, title="Holztage", place="Halle 3", capacity=77, accent="#123456", may_return=False,
        languages=["de"], state=EventState.CLOSED,
    )  # fmt: skip

    link = re.search(r'href="(/organise/events/new\?like=[^"]+)"', organiser.get("/organise").text)
    assert link
    page = organiser.get(link[1]).text

    for shown in ("Holztage", "Halle 3", "77", "#123456"):
        assert f'value="{shown}"' in page
    assert re.search(r'name="starts_at"[^>]*value=""', page)
    assert re.search(r'name="one_entry"[^>]*checked|checked[^>]*name="one_entry"', page)
    assert model.is_closed


def test_nobody_makes_an_event_like_another_peoples(organiser):
    other = an_event(an_account())

    assert organiser.get(f"/organise/events/new?like={other.slug}").status_code == 404


def test_one_language_is_enough_for_the_browser_and_for_us(organiser):
    boxes = re.findall(
        r'<input[^>]*name="languages"[^>]*>', organiser.get("/organise/events/new").text
    )

    assert len(boxes) == 2
    assert not [box for box in boxes if "required" in box]
    assert (
        organiser.post("/organise/events/new", data=NEW | {"languages": ["de"]}).status_code == 303
    )


def test_an_event_called_new_does_not_hide_the_form_for_new_events(organiser):
    organiser.post("/organise/events/new", data=NEW | {"title": "New"})

    assert find_event("new") is None
    assert find_event("new-2") is not None


def test_the_form_offers_every_zone_with_europe_first_and_berlin_chosen(organiser):
    page = organiser.get("/organise/events/new")

    assert '<option selected value="Europe/Berlin">Berlin</option>' in page.text
    assert 'value="America/Argentina/Buenos_Aires">Argentina, Buenos Aires' in page.text
    assert page.text.index('label="Europe"') < page.text.index('label="Africa"')


# --- settings


def settings_of(event: Event, **changed: object) -> dict[str, object]:
    return NEW | {"title": event.title, "capacity": str(event.capacity)} | changed


def test_settings_show_what_is_set_in_the_events_own_zone(organiser, owner):
    event = an_event(
        owner,
        starts_at=datetime(2027, 3, 11, 8, 0, tzinfo=UTC),
        ends_at=datetime(2027, 3, 11, 17, 0, tzinfo=UTC),
    )

    page = organiser.get(f"/organise/events/{event.slug}/settings")

    assert 'value="2027-03-11T09:00"' in page.text
    assert 'value="2027-03-11T18:00"' in page.text
    assert f'value="{event.title}"' in page.text


def test_saving_what_is_shown_changes_nothing(organiser, owner):
    organiser.post("/organise/events/new", data=NEW)
    event = get_event("messe-fuer-brot-und-kaese")
    before = (event.title, event.starts_at, event.ends_at, event.capacity, event.accent)

    answer = organiser.post(f"/organise/events/{event.slug}/settings", data=NEW)

    db.session.expire_all()
    assert answer.status_code == 303
    assert (event.title, event.starts_at, event.ends_at, event.capacity, event.accent) == before


def test_fewer_seats_than_are_taken_are_refused_and_stay_as_typed(organiser, owner):
    event = an_event(owner, capacity=5)
    for _number in range(3):
        a_registration(event)
    settings = settings_of(event, capacity="2", place="A new place")

    answer = organiser.post(f"/organise/events/{event.slug}/settings", data=settings)

    assert answer.status_code == 422
    assert "3 seats are already taken." in answer.text
    assert 'value="2"' in answer.text
    assert 'value="A new place"' in answer.text
    db.session.expire_all()
    assert event.capacity == 5


def test_a_closed_event_keeps_its_settings(organiser, owner):
    event = an_event(owner, state=EventState.CLOSED)

    answer = organiser.post(
        f"/organise/events/{event.slug}/settings", data=settings_of(event, title="Another")
    )

    assert answer.status_code == 422
    db.session.expire_all()
    assert event.title != "Another"


def test_opening_sign_up_turns_a_draft_into_an_open_event_once(organiser, owner):
    event = an_event(owner, state=EventState.DRAFT)
    guest = organiser.application.test_client()

    before = guest.get(f"/e/{event.slug}")
    first = organiser.post(f"/organise/events/{event.slug}/opening")
    second = organiser.post(f"/organise/events/{event.slug}/opening")

    assert before.status_code == 404
    assert first.status_code == second.status_code == 303
    db.session.expire_all()
    assert event.state is EventState.OPEN
    assert guest.get(f"/e/{event.slug}").status_code == 200


# --- colour


def test_the_colour_of_a_public_event_is_kept_by_browsers_for_a_year(client):
    event = an_event(accent="#b4233c")

    answer = client.get(f"/e/{event.slug}/accent.css?v=b4233c")

    assert answer.mimetype == "text/css"
    assert answer.text == ":root{--accent-source:#b4233c}"
    assert "max-age=31536000" in answer.headers["Cache-Control"]
    assert "no-store" not in answer.headers["Cache-Control"]


def test_another_version_of_the_colour_is_not_kept(client):
    event = an_event(accent="#b4233c")

    answer = client.get(f"/e/{event.slug}/accent.css?v=000000")

    assert answer.headers["Cache-Control"] == "no-store"


def test_a_drafts_colour_shows_only_those_who_prepare_it_that_it_exists(organiser, owner, client):
    event = an_event(owner, state=EventState.DRAFT)

    assert organiser.get(f"/e/{event.slug}/accent.css").status_code == 200
    assert client.get(f"/e/{event.slug}/accent.css").status_code == 404
    assert client.get("/e/no-such-event/accent.css").status_code == 404


# --- tokens


def test_a_token_is_shown_once_and_works_until_it_is_revoked(app, organiser, owner):
    event = an_event(owner)
    address = f"/organise/events/{event.slug}/tokens"

    made = organiser.post(address, data={"label": "Scanner", "scope": "read"})
    token = made.text.split('copy-field__value"')[1].split('value="')[1].split('"')[0]
    api = {"Authorization": f"Bearer {token}"}
    listed = a_browser(app).get(f"/api/v1/events/{event.slug}/registrations", headers=api)
    row = db.session.query(ApiToken).one()
    revoked = organiser.post(f"{address}/{row.id}/revocation")

    assert made.status_code == 201
    assert listed.status_code == 200
    assert token not in organiser.get(address).text
    assert "Scanner" in organiser.get(address).text
    assert revoked.status_code == 303
    refused = a_browser(app).get(f"/api/v1/events/{event.slug}/registrations", headers=api)
    assert refused.status_code == 401


def test_a_token_needs_a_purpose(organiser, owner):
    event = an_event(owner)

    answer = organiser.post(f"/organise/events/{event.slug}/tokens", data={"scope": "read"})

    assert answer.status_code == 422
    assert db.session.query(ApiToken).count() == 0


def test_nobody_revokes_the_token_of_another_event(organiser, owner):
    mine, other = an_event(owner), an_event(an_account())
    row = ApiToken(event_id=other.id, scope="read", fingerprint="x" * 32)
    db.session.add(row)
    db.session.commit()

    answer = organiser.post(f"/organise/events/{mine.slug}/tokens/{row.id}/revocation")

    assert answer.status_code == 404
    db.session.expire_all()
    assert row.revoked_at is None


# --- who may come in

PAGES = ["", "/settings", "/tokens", "/closing", "/letters"]
ACTIONS = ["/settings", "/opening", "/tokens", "/tokens/1/revocation", "/closing"]


@pytest.mark.parametrize("page", PAGES)
def test_signed_out_people_are_sent_to_sign_in_and_back(client, page):
    event = an_event(an_account())

    answer = client.get(f"/organise/events/{event.slug}{page}")

    assert answer.status_code == 302
    assert answer.location.startswith("/account/sign-in?next=")
    assert page in answer.location


@pytest.mark.parametrize("page", PAGES)
def test_other_peoples_events_do_not_exist(organiser, page):
    event = an_event(an_account())

    answer = organiser.get(f"/organise/events/{event.slug}{page}")

    assert answer.status_code == 404
    assert event.title not in answer.text


@pytest.mark.parametrize("action", ACTIONS)
def test_nobody_changes_other_peoples_events(organiser, action):
    event = an_event(an_account(), state=EventState.DRAFT)

    assert organiser.post(f"/organise/events/{event.slug}{action}").status_code == 404
    db.session.expire_all()
    assert event.state is EventState.DRAFT


@pytest.mark.parametrize("role", [Role.DOOR_LEAD, Role.STEWARD])
@pytest.mark.parametrize("page", PAGES)
def test_those_at_the_door_do_not_organise(app, page, role):
    event = an_event(an_account())
    organiser = organiser_browser(app, with_role(event, role))

    assert organiser.get(f"/organise/events/{event.slug}{page}").status_code == 403


def test_a_manager_organises(app):
    event = an_event(an_account())
    organiser = organiser_browser(app, with_role(event, Role.MANAGER))

    assert organiser.get(f"/organise/events/{event.slug}/settings").status_code == 200


@pytest.mark.parametrize("page", ["/organise", "/organise/events/new", "/organise/invitations"])
def test_the_pages_speak_german(app, owner, page):
    german = organiser_browser(app, owner, language="de")

    answer = german.get(page)

    assert answer.status_code == 200
    assert '<html lang="de"' in answer.text


@pytest.mark.parametrize("accent", ["#0a6e5c\n", "#0a6e5c\r\n", "\n#0a6e5c", "#0a6e5"])
def test_a_colour_is_a_colour_and_nothing_more(organiser, accent):
    answer = organiser.post("/organise/events/new", data=NEW | {"accent": accent})

    assert answer.status_code == 422
    assert "Please choose a colour." in answer.text


def test_a_title_that_cannot_be_seen_is_none(organiser):
    answer = organiser.post("/organise/events/new", data=NEW | {"title": "\u200b\u200b"})

    assert answer.status_code == 422
    assert "Please give the event a title." in answer.text


def test_doors_open_before_the_event_ends(organiser):
    late = NEW | {"doors_open_at": NEW["ends_at"]}

    answer = organiser.post("/organise/events/new", data=late)

    assert answer.status_code == 422
    assert "The doors must open before the event ends." in answer.text


def test_a_token_for_reading_reads_what_its_label_says(app, owner, client):
    event = an_event(owner)
    token = create_token(event, Scope.READ, secret=app.config["SECRET_KEY"])
    db.session.commit()

    for what in ("registrations", "scans", "suggestions"):
        answer = client.get(
            f"/api/v1/events/{event.slug}/{what}", headers={"Authorization": f"Bearer {token}"}
        )
        assert answer.status_code == 200, what
