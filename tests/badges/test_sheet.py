from dataclasses import replace
from io import BytesIO

import pikepdf
import pytest

from eventmatch.badges import sheet
from eventmatch.badges.sheet import Design, Face, Layout, draw_badges
from tests.badges.paper import codes_on, fonts_in, photograph, words_on

DESIGN = Design(
    event_title="Green Logistics Fair",
    accent="#0b6e6e",
    place="Hall 4, Dortmund",
    dates="14–15 March 2026",
)
LONG = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaftschaferswesch"
HARD_NAMES = [
    LONG,
    "W" * 80,
    "Maximilian-Alexander Freiherr von Hohenzollern-Sigmaringen",
    "Thiruvenkatanathan Li",
    '#panic("x") *b* $a$',
    "\\ #{ } <a> `c` // /* @b",
    "محمد بن عبد الله الأنصاري",
    "דוד בן־גוריון",
    "山田太郎",
    "Γιώργος Παπαδόπουλος",
    "Александра Константинопольская",
    "Nguyễn Thị Ánh Nguyệt",
    "Li 🎉👩‍💻",
    "\u200b",
    "e\u0301\u0302\u0303\u0304" * 30,
    "Jo",
]
SEPARATE = [Layout.A6, Layout.A7, Layout.CARD]
SHARED = [Layout.A4_FOUR, Layout.A4_EIGHT]
MILLIMETRE = 72 / 25.4


def a_face(name="Ada Lovelace", number=7, **changes):
    face = Face(
        name=name,
        first_name="",
        company="Analytical Engines",
        role="Programmer",
        url=f"HTTPS://EVENTMATCH.EXAMPLE.ORG/B/{number:026d}",
        short_code="7K2M-9QXT",
    )
    return replace(face, **changes)


def some_faces(count):
    return [a_face(number=number) for number in range(count)]


def pages_of(pdf):
    with pikepdf.open(BytesIO(pdf)) as document:
        return [
            (
                round(float(page.mediabox[2]) / MILLIMETRE),
                round(float(page.mediabox[3]) / MILLIMETRE),
            )
            for page in document.pages
        ]


@pytest.mark.parametrize(
    ("layout", "count", "pages", "size"),
    [
        (Layout.A6, 1, 2, (105, 148)),
        (Layout.A6, 5, 10, (105, 148)),
        (Layout.A7, 3, 6, (74, 105)),
        (Layout.CARD, 2, 4, (90, 54)),
        (Layout.LABEL, 2, 2, (100, 62)),
        (Layout.A4_FOUR, 1, 2, (210, 297)),
        (Layout.A4_FOUR, 4, 2, (210, 297)),
        (Layout.A4_FOUR, 5, 4, (210, 297)),
        (Layout.A4_EIGHT, 8, 2, (297, 210)),
        (Layout.A4_EIGHT, 9, 4, (297, 210)),
    ],
)
def test_a_badge_has_a_front_and_a_back(layout, count, pages, size):
    pdf = draw_badges(some_faces(count), DESIGN, layout=layout)

    assert pages_of(pdf) == [size] * pages


@pytest.mark.parametrize(("layout", "count", "pages"), [(Layout.A6, 5, 5), (Layout.A4_FOUR, 5, 2)])
def test_badges_may_be_printed_on_one_face_only(layout, count, pages):
    pdf = draw_badges(some_faces(count), DESIGN, layout=layout, both_faces=False)

    assert len(pages_of(pdf)) == pages


@pytest.mark.parametrize("layout", SEPARATE)
def test_a_single_badge_says_the_same_on_both_faces_whatever_the_name(layout):
    faces = [a_face(name, number) for number, name in enumerate(HARD_NAMES)]

    pages = photograph(draw_badges(faces, DESIGN, layout=layout))

    assert [codes_on(page) for page in pages] == [
        [face.url] for face in faces for _both_faces in range(2)
    ]


@pytest.mark.parametrize("layout", SHARED)
def test_every_code_on_a_shared_sheet_is_read(layout):
    faces = [a_face(name, number) for number, name in enumerate(HARD_NAMES)]

    pages = photograph(draw_badges(faces, DESIGN, layout=layout, both_faces=False))

    assert [code for page in pages for code in codes_on(page)] == [face.url for face in faces]


def test_a_back_lies_behind_its_own_front_when_the_sheet_is_turned_over():
    one, two, three, four, five = (face.url for face in some_faces(5))

    pages = photograph(draw_badges(some_faces(5), DESIGN, layout=Layout.A4_FOUR))

    fronts_and_backs = [codes_on(page) for page in pages]
    assert fronts_and_backs == [[one, two, three, four], [two, one, four, three], [five], [five]]
    half = pages[3].shape[1] // 2
    assert codes_on(pages[3][:, half:]) == [five]


def test_a_long_list_keeps_its_order_and_reports_its_progress(monkeypatch):
    monkeypatch.setattr(sheet, "CHUNK", 8)
    faces = some_faces(20)
    reports = []

    pdf = draw_badges(
        faces,
        DESIGN,
        layout=Layout.A4_FOUR,
        both_faces=False,
        on_progress=lambda done, total: reports.append((done, total)),
    )

    assert reports == [(8, 20), (16, 20), (20, 20)]
    assert [code for page in photograph(pdf) for code in codes_on(page)] == [f.url for f in faces]


def test_every_sheet_fills_whole_chunks():
    assert sheet.CHUNK % 4 == 0
    assert sheet.CHUNK % 8 == 0


def test_an_empty_list_is_refused():
    with pytest.raises(ValueError, match="no badge"):
        draw_badges([], DESIGN, layout=Layout.A6)


@pytest.mark.parametrize(
    ("name", "first_name"),
    [
        ("Jo Li", "Jo"),
        ("Maximilian-Alexander Freiherr von Hohenzollern", "Maximilian-Alexander"),
        ("Thiruvenkatanathan Li", "Thiruvenkatanathan"),
        ("Dr. Александра Ли", "Александра"),
        ("Ab " + LONG, "Ab"),
        (LONG[:60] + " Li", LONG[:60]),
        (LONG, LONG),
    ],
)
def test_the_first_name_is_largest_and_never_below_its_stated_height(name, first_name):
    words = words_on(draw_badges([a_face(name)], DESIGN, layout=Layout.A6))

    largest = max(word.size for word in words)
    large = [word.text for word in words if word.size == largest]
    assert "".join(large).replace("\xad", "") == first_name
    assert 20 <= largest <= 65


@pytest.mark.parametrize("name", ["Jo", *HARD_NAMES[:6]])
def test_the_whole_name_is_there_and_inside_the_margins(name):
    face = a_face(name, company=f"Company {LONG}", role=f"Role {LONG} {LONG}")

    words = words_on(draw_badges([face], DESIGN, layout=Layout.A6))

    printed = "".join(word.text for word in words).replace("\xad", "")
    for text in (name, face.company, face.role):
        assert "".join(text.split()) in printed
    assert min(word.left for word in words) > 8.5 * MILLIMETRE
    assert max(word.right for word in words) < (105 - 8.5) * MILLIMETRE


@pytest.mark.parametrize("name", HARD_NAMES)
def test_nothing_else_moves_when_a_name_is_hard(name):
    fixed = {"Green", "7K2M-9QXT", "Dortmund"}

    plain = words_on(draw_badges([a_face("Jo")], DESIGN, layout=Layout.A6))
    hard = words_on(draw_badges([a_face(name)], DESIGN, layout=Layout.A6))

    assert {word for word in plain if word.text in fixed} == {
        word for word in hard if word.text in fixed
    }


def test_what_a_guest_types_is_printed_as_typed():
    words = words_on(draw_badges([a_face('#panic("x") *b* $a$')], DESIGN, layout=Layout.A6))

    assert {'#panic("x")', "*b*", "$a$"} <= {word.text for word in words}


def test_line_breaks_and_control_signs_do_not_reach_the_paper():
    face = a_face("Ada\r\n\x00\x1b\ud800Lovelace", company="Analytical\nEngines")

    words = [word.text for word in words_on(draw_badges([face], DESIGN, layout=Layout.A6))]

    assert {"Ada", "Lovelace", "Analytical", "Engines"} <= set(words)


def test_arabic_starts_at_the_right():
    words = words_on(draw_badges([a_face("علي", company="", role="")], DESIGN, layout=Layout.A6))

    name = [word for word in words if word.size > 30]
    assert max(word.right for word in name) > 90 * MILLIMETRE


def test_a_name_of_its_own_choice_stands_first():
    face = a_face("Thomas Müller", first_name="Tom")

    words = words_on(draw_badges([face], DESIGN, layout=Layout.A6))

    assert max(words, key=lambda word: word.size).text == "Tom"
    assert {"Thomas", "Müller"} <= {word.text for word in words}


def test_the_file_is_named_after_the_event():
    pdf = draw_badges([a_face()], DESIGN, layout=Layout.A6)

    with pikepdf.open(BytesIO(pdf)) as document, document.open_metadata() as metadata:
        assert metadata["dc:title"] == "Green Logistics Fair"


def test_fonts_of_the_house_may_be_added(tmp_path, monkeypatch):
    ours = sheet.FONTS
    monkeypatch.setattr(sheet, "FONTS", tmp_path)

    without = draw_badges([a_face()], DESIGN, layout=Layout.A6)
    added = draw_badges([a_face()], DESIGN, layout=Layout.A6, extra_fonts=ours)

    assert "NotoSans-Bold" not in fonts_in(without)
    assert "NotoSans-Bold" in fonts_in(added)
