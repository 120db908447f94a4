import pytest

from eventmatch.badges.names import first_name_of, name_lines


@pytest.mark.parametrize(
    ("name", "first_name"),
    [
        ("Ada Lovelace", "Ada"),
        ("  Ada   Lovelace ", "Ada"),
        ("Prof. Dr. Ada Lovelace", "Ada"),
        ("Dipl.-Ing. (FH) Ada Lovelace", "Ada"),
        ("Dipl.-Ing.(FH) Ada Lovelace", "Ada"),
        ("Univ.-Prof. Dr.-Ing. habil. Ada Lovelace", "Ada"),
        ("Dr. h.c. Dr. rer. nat. Ada Lovelace", "Ada"),
        ("Dr.med.dent. Ada Lovelace", "Ada"),
        ("M.Sc. Ada Lovelace", "Ada"),
        ("Frau Dr Ada Lovelace", "Ada"),
        ("Mrs Lovelace", "Lovelace"),
        ("J. R. R. Tolkien", "J."),
        ("Jean-Luc Picard", "Jean-Luc"),
        ("Ing Mag", "Mag"),
        ("Dr.", "Dr."),
        ("山田太郎", "山田太郎"),
        ("山田 太郎", "山田 太郎"),
        ("김민수", "김민수"),
        ("Dr. 王小明", "Dr. 王小明"),
        ("محمد بن عبد الله", "محمد"),
        ("", ""),
    ],
)
def test_the_first_name_is_the_first_word_that_is_no_title(name, first_name):
    assert first_name_of(name) == first_name


@pytest.mark.parametrize(
    ("name", "first_name", "lines"),
    [
        ("Ada Lovelace", "Ada", ("Ada", "Lovelace")),
        ("Ada Lovelace", "", ("Ada", "Lovelace")),
        ("Dr. Ada Lovelace", "", ("Ada", "Dr. Lovelace")),
        ("Anna Maria de Jong", "Anna Maria", ("Anna Maria", "de Jong")),
        ("Nagy Anna", "Anna", ("Anna", "Nagy")),
        ("Thomas Müller", "Tom", ("Tom", "Thomas Müller")),
        ("Anna Annan", "Ann", ("Ann", "Anna Annan")),
        ("Ada", "", ("Ada", "")),
        ("", "Ada", ("Ada", "")),
    ],
)
def test_the_rest_of_the_name_stands_below(name, first_name, lines):
    assert name_lines(name, first_name) == lines
